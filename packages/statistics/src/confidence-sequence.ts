import { logWealthAbove } from './symmetry-wealth.ts';

/** What may be said after so many pairs, whenever one stops. */
export type SequencePoint = {
  readonly n: number;
  /** Of the differences so far. */
  readonly mean: number;
  /**
   * The effect lies within [low, high], at all n together, with probability 1 - alpha. -Infinity and Infinity while
   * nothing can be said. low > high where no effect makes the differences symmetric.
   */
  readonly low: number;
  readonly high: number;
  /** Against no effect, the most so far: it reaches 1 / alpha with probability alpha at most. */
  readonly evidence: number;
};

/** Evidence stays a number, however long a study is. */
const logOfLargest = 700;

/** Bounds are exact to this, on their safe side: a ten-thousandth of a point. */
const resolution = 1e-6;

/**
 * Judges an effect after each pair; one may look after each and stop when one likes. What is assumed is that a
 * difference minus the effect is as likely as its negative given the pairs before, which holds for no effect where the
 * arms are exchangeable: no normality, no bounds, ties do no harm (docs/adr/0012). With alpha 0.05, nothing is decided
 * before 6 pairs, whatever they are.
 * @param differences treatment minus baseline of each pair, in the order in which they came; in units of a rate
 * @param alpha probability of an error at any time, of both sides together; between 0 and 1
 * @throws RangeError for another alpha, or a difference that is no number
 */
export function confidenceSequence(differences: readonly number[], alpha: number): readonly SequencePoint[] {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha is ${alpha}; it must lie between 0 and 1`);
  const wrong = differences.findIndex((difference) => !Number.isFinite(difference));
  if (wrong !== -1) throw new RangeError(`differences[${wrong}] is ${differences[wrong]}; it must be finite`);
  const mirrored = differences.map((difference) => -difference);
  const threshold = Math.log(2 / alpha);
  const points: SequencePoint[] = [];
  let sum = 0;
  let [low, lowMirrored, logWealth] = [-Infinity, -Infinity, -Infinity];
  for (const [at, difference] of differences.entries()) {
    const n = at + 1;
    sum += difference;
    low = raisedBound(low, differences, n, threshold);
    lowMirrored = raisedBound(lowMirrored, mirrored, n, threshold);
    logWealth = Math.max(logWealth, logWealthAbove(0, differences, n), logWealthAbove(0, mirrored, n));
    const evidence = Math.exp(Math.min(logWealth, logOfLargest)) / 2;
    points.push({ n, mean: sum / n, low, high: -lowMirrored, evidence });
  }
  return points;
}

/** The largest effect whose wealth reaches the threshold after the first n differences, or the bound so far. */
function raisedBound(bound: number, differences: readonly number[], n: number, threshold: number): number {
  // Wealth at most doubles with each pair, and reaches that for no finite effect.
  if (n * Math.LN2 <= threshold) return bound;
  const excess = (effect: number) => logWealthAbove(effect, differences, n) - threshold;
  const largest = differences.slice(0, n).reduce((most, difference) => Math.max(most, difference), -Infinity);
  if (bound >= largest || (bound !== -Infinity && excess(bound) <= 0)) return bound;
  let low = bound;
  for (let step = 0.01; low === -Infinity; step *= 2) if (excess(largest - step) > 0) low = largest - step;
  return fallingRoot(excess, low, largest);
}

/** Where a falling function of known signs at the ends crosses 0, from the side where it is positive (Illinois method). */
function fallingRoot(value: (at: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [atLow, atHigh] = [value(low), value(high)];
  let last = 0;
  while (high - low > resolution) {
    const between = (low * atHigh - high * atLow) / (atHigh - atLow);
    const middle = Math.min(Math.max(between, low + resolution / 2), high - resolution / 2);
    const atMiddle = value(middle);
    if (atMiddle > 0) {
      [low, atLow] = [middle, atMiddle];
      if (last > 0) atHigh /= 2;
    } else {
      [high, atHigh] = [middle, atMiddle];
      if (last < 0) atLow /= 2;
    }
    last = Math.sign(atMiddle) || -1;
  }
  return low;
}
