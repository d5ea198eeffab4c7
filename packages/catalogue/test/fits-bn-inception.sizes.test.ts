import { describe, expect, it } from 'vitest';
import { bnInceptionSizesNear, fitsBnInception } from '../src/fits-bn-inception.ts';

/** Strided convolution, kernel 3, padding 1: rounds down. */
const convolution = (side: number) => Math.floor((side - 1) / 2) + 1;
/** Max pool, kernel 3, no padding, ceil mode. */
const pool = (side: number) => Math.ceil((side - 3) / 2) + 1;

/** The network's layers one by one: stem, then blocks 3c and 4e, whose branches must agree. */
function branchesAgree(imageSize: number): boolean {
  let side = Math.floor((imageSize + 6 - 7) / 2) + 1; // conv1 7x7, stride 2, padding 3
  side = pool(pool(side));
  for (let block = 0; block < 2; block += 1) {
    if (side < 3 && side % 2 === 1) return false;
    if (convolution(side) !== pool(side)) return false;
    side = convolution(side);
  }
  return side > 0;
}

describe('fitsBnInception', () => {
  it('says of every size what the layers one by one say', () => {
    const wrong = Array.from({ length: 497 }, (_, at) => at + 16).filter(
      (size) => fitsBnInception(size) !== branchesAgree(size),
    );
    expect(wrong).toEqual([]);
  });

  it("takes the sizes of the golden data and the reference's 227", () => {
    expect([32, 64, 224, 227].every(fitsBnInception)).toBe(true);
    expect([16, 48, 90, 222, 231].some(fitsBnInception)).toBe(false);
  });

  it('names sizes that fit around one that does not', () => {
    expect(bnInceptionSizesNear(231)).toEqual([230, 255]);
    expect(bnInceptionSizesNear(16)).toEqual([31]);
  });
});
