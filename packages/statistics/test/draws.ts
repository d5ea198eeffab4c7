import { seededRandom } from '../../../test/chaos/seeded-random.mjs';

export type Draws = {
  readonly uniform: () => number;
  readonly normal: () => number;
  readonly pick: <T>(list: readonly T[]) => T;
};

/** Draws that a seed decides; normal ones by Box and Muller. */
export function seededDraws(seed: number): Draws {
  const random = seededRandom(seed);
  const uniform = () => random.between(0, 1);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal, pick: (list) => random.pick([...list]) };
}
