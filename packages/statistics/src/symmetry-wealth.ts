/** Scales of the bets, each a quarter of the one before, in units of a rate: from 25.6 points of R@1 to a tenth of one. */
const scales = 5;
const largestScale = 0.256;

/** A product is taken into its logarithm before it leaves the range of a double. */
const largestProduct = 1e150;

/**
 * Logarithm of the wealth of a gambler who bets that the differences lie above an effect, after all of them:
 * the mean over the scales s of the product of 1 + tanh((x - effect) / s).
 * Where x - effect is as likely as effect - x given what came before, a factor's expectation is 1 (tanh is odd), so
 * wealth above c is ever seen with probability 1 / c at most (Ville). It falls with the effect.
 */
export function logWealthAbove(effect: number, differences: readonly number[], count = differences.length): number {
  const products = new Float64Array(scales).fill(1);
  const logs = new Float64Array(scales);
  for (let at = 0; at < count; at += 1) {
    // 1 + tanh(z) = 2 / (1 + exp(-2z)); for the next scale z is four times as large.
    let power = (-2 * ((differences[at] as number) - effect)) / largestScale;
    let exponential = Math.exp(power);
    for (let scale = 0; scale < scales; scale += 1) {
      if (exponential < largestProduct) {
        products[scale] = (products[scale] as number) * (1 + exponential);
        if ((products[scale] as number) > largestProduct) {
          logs[scale] = (logs[scale] as number) + Math.log(products[scale] as number);
          products[scale] = 1;
        }
      } else logs[scale] = (logs[scale] as number) + power;
      exponential = (exponential * exponential) ** 2;
      power *= 4;
    }
  }
  return count * Math.LN2 + logMeanOfInverses(products, logs);
}

/** log(mean over the scales of 1 / (product * exp(log))). */
function logMeanOfInverses(products: Float64Array, logs: Float64Array): number {
  const negative = logs.map((log, scale) => -log - Math.log(products[scale] as number));
  const largest = Math.max(...negative);
  return largest + Math.log(negative.reduce((sum, log) => sum + Math.exp(log - largest), 0) / scales);
}
