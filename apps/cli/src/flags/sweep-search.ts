import type { Command } from 'commander';
import { collect } from './collect.ts';
import { readNumber } from './read-number.ts';
import { readSpace } from './study-arms.ts';

/** Flags of a sweep whose cells are drawn. */
export type SearchOptions = {
  readonly strategy?: string;
  readonly space: readonly string[];
  readonly samples?: string;
  readonly drawSeed?: string;
  readonly firstSteps?: string;
  readonly factor?: string;
  readonly metric?: string;
};

export function addSearchFlags(command: Command): Command {
  return command
    .option(
      '--strategy <name>',
      'grid: all combinations; random: draws; asha: draws, of which only the best are promoted to more steps',
    )
    .option('--space <field=low..high>', 'what is drawn, or a list: field=v1,v2; repeat for more', collect, [])
    .option('--samples <count>', 'how many are drawn')
    .option('--draw-seed <seed>', 'seed of the draws')
    .option('--first-steps <steps>', 'asha: steps of the first rung')
    .option(
      '--factor <count>',
      'asha: of so many at a rung, one is promoted to the next, which has so many times the steps',
    )
    .option('--metric <name>', 'asha: what chooses, on validation classes');
}

/** The fields of POST /sweeps that the flags stand for. */
export function searchFromFlags(options: SearchOptions): Record<string, unknown> {
  const { strategy, space, samples, drawSeed, firstSteps, factor, metric } = options;
  const halving = {
    ...(firstSteps === undefined ? {} : { first_steps: readNumber(firstSteps) }),
    ...(factor === undefined ? {} : { factor: readNumber(factor) }),
    ...(metric === undefined ? {} : { metric }),
  };
  return {
    ...(strategy === undefined ? {} : { strategy }),
    ...(space.length === 0 ? {} : { space: readSpace(space) }),
    ...(samples === undefined ? {} : { samples: readNumber(samples) }),
    ...(drawSeed === undefined ? {} : { draw_seed: readNumber(drawSeed) }),
    ...(Object.keys(halving).length === 0 ? {} : { halving }),
  };
}
