import { philox } from './philox.ts';

/** What a draw is for. Draws of different purposes never share a number. */
export type RandomPurpose = 'batch-classes' | 'batch-images' | 'crop' | 'flip' | 'shapes' | 'folds';

/** Numbers that enter the generator: they are part of what a seed means, so never change one. */
const purposeNumbers: Readonly<Record<RandomPurpose, number>> = {
  'batch-classes': 1,
  'batch-images': 2,
  crop: 3,
  flip: 4,
  shapes: 5,
  folds: 6,
};

/** Draws of one place, in a fixed order. */
export type Draws = {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  readonly unit: () => number;
  /** Uniform in [low, high). */
  readonly between: (low: number, high: number) => number;
  /** Uniform integer in 0 .. count - 1. */
  readonly integer: (count: number) => number;
};

/**
 * The draws that belong to (seed, purpose, step, sample). Two calls with the same arguments give the same draws,
 * whatever else was drawn, in whatever order and in whichever thread: there is no generator state to save or to share.
 */
export function counterRandom(seed: number, purpose: RandomPurpose, step: number, sample: number): Draws {
  const key = [seed >>> 0, purposeNumbers[purpose]] as const;
  let block = 0;
  let words: readonly number[] = [];
  let used = 0;
  const unit = (): number => {
    if (used === words.length) {
      words = philox([block, sample, step, 0], key);
      block += 1;
      used = 0;
    }
    const word = words[used] as number;
    used += 1;
    return word / 2 ** 32;
  };
  return {
    unit,
    between: (low, high) => low + (high - low) * unit(),
    integer: (count) => Math.floor(unit() * count),
  };
}
