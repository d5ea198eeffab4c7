/** Draws points with a chance in proportion to their weights: the point at a share, 0..1, of the total weight. */
export function pointAt(weights: Float64Array): (share: number) => number {
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i += 1) {
    total += weights[i] as number;
    sums[i] = total;
  }
  return (share) => {
    if (total === 0) return Math.floor(share * weights.length);
    const target = share * total;
    let low = 0;
    let high = weights.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
