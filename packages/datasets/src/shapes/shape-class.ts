import { counterRandom } from '../counter-random.ts';
import { type Outline, outlines } from './outline-distance.ts';

export const textures = ['plain', 'stripes', 'checks', 'dots', 'rings'] as const;
export type Texture = (typeof textures)[number];

/** What the images of a class have in common; everything else about them is left to chance. */
export type ShapeClass = {
  readonly name: string;
  readonly outline: Outline;
  readonly texture: Texture;
  /** 1 to 4 copies of the outline. */
  readonly parts: number;
  readonly hollow: boolean;
};

export const IMAGES_PER_CLASS = 30;
const CLASS_COUNT = 64;
/** Part of the data set's meaning, not of an experiment's seed. */
export const SHAPES_SEED = 0x5ec;

function allCombinations(): Omit<ShapeClass, 'name'>[] {
  return outlines.flatMap((outline) =>
    textures.flatMap((texture) =>
      [1, 2, 3, 4].flatMap((parts) => [false, true].map((hollow) => ({ outline, texture, parts, hollow }))),
    ),
  );
}

/**
 * 64 of the 320 combinations of factors in a fixed random order, so that test classes are new combinations of
 * outlines, textures and arrangements that training classes have too.
 */
export const shapeClasses: readonly ShapeClass[] = (() => {
  const combinations = allCombinations();
  const { integer } = counterRandom(SHAPES_SEED, 'shapes', 0, 0);
  return Array.from({ length: CLASS_COUNT }, (_, index) => {
    const [factors] = combinations.splice(integer(combinations.length), 1) as [Omit<ShapeClass, 'name'>];
    const number = String(index).padStart(2, '0');
    const hollow = factors.hollow ? '-hollow' : '';
    return { name: `${number}-${factors.outline}-${factors.texture}-x${factors.parts}${hollow}`, ...factors };
  });
})();
