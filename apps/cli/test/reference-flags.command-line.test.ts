import { readFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalDatasetName } from '@spherelab/catalogue';
import { resolveExperiment } from '@spherelab/config';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { CliError } from '../src/cli-error.ts';
import { addExperimentFlags, requestFromFlags } from '../src/flags/experiment-flags.ts';
import { addReferenceFlags, notesOnReferenceFlags } from '../src/flags/reference-flags.ts';

type Recipe = { readonly dataset: string; readonly loss: string; readonly args: Readonly<Record<string, unknown>> };
type Reference = {
  readonly datasets: Record<string, Record<string, Record<string, Record<string, { readonly source: string }>>>>;
  readonly readme_recipes: readonly Recipe[];
};
const reference = JSON.parse(readFileSync(path.join(goldenRoot(), 'reference-defaults.json'), 'utf8')) as Reference;

function optionsOf(...line: readonly string[]): Record<string, unknown> {
  const command = addReferenceFlags(addExperimentFlags(new Command())).exitOverride();
  command.parse([...line], { from: 'user' });
  return command.opts();
}

describe("the reference's command line", () => {
  it('is taken flag by flag: every setting that its config.py has', () => {
    const settings = Object.entries(reference.datasets.CUB?.triplet?.default ?? {});
    const flags = settings.filter(([, { source }]) => source.startsWith('config.py')).map(([name]) => name);
    expect(flags.length).toBeGreaterThan(12);
    for (const flag of flags) expect(optionsOf(`--${flag}`, '0'), flag).toHaveProperty(flag, '0');
  });

  it("gives the README's settings for the README's commands, whether they are written out or left to the preset", () => {
    const commands = reference.readme_recipes.filter(({ args }) => 'lr' in args && !('need_bn' in args));
    expect(commands.length).toBeGreaterThan(2);
    for (const { dataset, loss, args } of commands) {
      const flags = Object.entries(args).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
      const written = requestFromFlags(optionsOf('--use_dataset', dataset, '--use_loss', loss, ...flags));
      const { sec_wei, l2reg_wei } = args;
      const weights = { ...(sec_wei ? { sec_wei } : {}), ...(l2reg_wei ? { l2reg_wei } : {}) };
      const preset = resolveExperiment({ dataset, loss, ...weights }, null).config;
      expect(resolveExperiment(written, null).config).toEqual(preset);
      expect(preset.dataset).toBe(canonicalDatasetName(dataset));
    }
  });

  it('notes in one line what has no effect here', () => {
    expect(notesOnReferenceFlags(optionsOf('--num_workers', '8', '--start_eval'))).toEqual([
      expect.stringContaining('--num_workers 8 has no effect'),
      expect.stringContaining('--start_eval has no effect'),
    ]);
    expect(notesOnReferenceFlags(optionsOf('--start_step', '0', '--use_simple_aug', 'false'))).toEqual([]);
    expect(notesOnReferenceFlags(optionsOf('--lr', '1'))).toEqual([]);
  });

  it.each([
    [['--start_step', '100'], 'schedule of learning rates'],
    [['--start_step'], 'only 0'],
    [['--use_simple_aug'], 'would change every number'],
    [['--use_simple_aug', 'true'], 'would change every number'],
  ])('refuses %j, which would change a number: %s', (line, reason) => {
    expect(() => notesOnReferenceFlags(optionsOf(...line))).toThrow(CliError);
    expect(() => notesOnReferenceFlags(optionsOf(...line))).toThrow(reason);
  });

  it('takes milestones under their old name', () => {
    expect(requestFromFlags(optionsOf('--step_milestones', '3000,6000'))).toEqual({ milestones: [3000, 6000] });
  });
});
