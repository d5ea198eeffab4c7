/**
 * P(|T| <= t) of Student's t at t = sqrt(degrees) tan(angle): the finite series for whole degrees of freedom,
 * Abramowitz and Stegun 26.7.3 (odd) and 26.7.4 (even).
 */
function probabilityWithin(angle: number, degrees: number): number {
  const cosine = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 2 : 1; k <= degrees - 3; k += 2) {
    term *= (k / (k + 1)) * cosine ** 2;
    sum += term;
  }
  const series = Math.sin(angle) * sum;
  return isOdd ? (2 / Math.PI) * (angle + series) : series;
}

/**
 * The t below which Student's t lies with this probability.
 * @param probability between 0.5 and 1
 * @param degrees of freedom, a whole number from 1 on
 */
export function studentTQuantile(probability: number, degrees: number): number {
  const within = 2 * probability - 1;
  let [low, high] = [0, Math.PI / 2];
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, degrees) < within) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2);
}
