import { lossNames, lossRecord } from '@spherelab/catalogue';
import { resolveExperiment } from '@spherelab/config';
import { describe, expect, it } from 'vitest';
import { lossSettings } from '../../../test/loss-settings.ts';
import { stepRecipeOf } from '../src/step-recipe.ts';

describe.each(lossNames)('the recipe of a step with %s', (loss) => {
  it('has the constants that the tests of the losses hold', () => {
    const { config } = resolveExperiment({ dataset: 'shapes', loss }, null);
    expect(stepRecipeOf(config, 10).step.loss).toEqual(lossSettings[loss]);
  });

  it.each(Object.keys(lossRecord(loss).constants))('has the %s that was asked for', (field) => {
    const { config } = resolveExperiment({ dataset: 'shapes', loss, [field]: 0.75 }, null);
    expect(stepRecipeOf(config, 10).step.loss).toEqual({ ...lossSettings[loss], [field]: 0.75 });
  });
});
