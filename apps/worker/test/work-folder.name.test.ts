import { workFolderPrefix } from '@spherelab/host';
import { expect, it } from 'vitest';
import { workFolderPrefix as made } from '../src/run-experiment.ts';

it('work folders are made under the name by which those of dead workers are found', () => {
  expect(made).toBe(workFolderPrefix);
});
