import { timingMetrics, updateMetrics } from '@spherelab/config';
import { expect, test } from 'vitest';
import { stepScalarNames } from '../src/train-step.ts';

test('metrics of an update are what a step gives, its rate, and what is told of the window', () => {
  const ofStep = stepScalarNames.filter((name) => name !== 'loss_total');
  expect([...updateMetrics].sort()).toEqual([...ofStep, 'lr', 'train_loss', ...timingMetrics].sort());
});
