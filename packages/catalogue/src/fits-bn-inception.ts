/**
 * Whether BN-Inception takes square pictures of this side. Its strided convolutions round down and its pools round up, so
 * blocks 3c and 4e can put their branches together only where their input has an even side (golden README, bninception).
 *
 * The side there is floor(ceil(size / 2) / 4) after the stem, which has to be a multiple of 4: sizes from 32k - 1 to
 * 32k + 6, with 227 = 32 x 7 + 3 among them.
 */
export function fitsBnInception(imageSize: number): boolean {
  const afterStem = Math.floor(Math.ceil(imageSize / 2) / 4);
  return afterStem > 0 && afterStem % 4 === 0;
}

/** The sizes around one that does not fit. */
export function bnInceptionSizesNear(imageSize: number): readonly number[] {
  const below = Array.from({ length: 32 }, (_, away) => imageSize - away).find(fitsBnInception);
  const above = Array.from({ length: 32 }, (_, away) => imageSize + away).find(fitsBnInception);
  return [below, above].filter((size) => size !== undefined);
}
