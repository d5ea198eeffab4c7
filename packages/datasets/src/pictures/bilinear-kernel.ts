/** Pillow's fixed point for 8-bit pictures: 32 bits less 8 for the pixel and 2 for overflow. */
export const PRECISION_BITS = 22;

/** Weights of a resize along one axis. */
export type BilinearKernel = {
  /** Number of weights held for each output. */
  readonly taps: number;
  /** First input of each output. */
  readonly first: Int32Array;
  /** Number of inputs of each output, at most `taps`. */
  readonly count: Int32Array;
  readonly weights: Int32Array;
  /** The same where no output has more than four inputs: four for each, those that were added with weight 0. */
  readonly four: { readonly first: Int32Array; readonly weights: Int32Array } | null;
};

/** Bilinear weights whose support grows with the shrink factor (antialias), as Pillow's `precompute_coeffs`. */
function makeKernel(inputSize: number, outputSize: number): BilinearKernel {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1);
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * taps);
  const raw = new Float64Array(taps);
  for (let output = 0; output < outputSize; output += 1) {
    const centre = (output + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const inputs = Math.min(inputSize, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < inputs; tap += 1) {
      const weight = Math.max(0, 1 - Math.abs((tap + start - centre + 0.5) * (1 / support)));
      raw[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < inputs; tap += 1) {
      const weight = (raw[tap] as number) * (sum === 0 ? 1 : 1 / sum);
      weights[output * taps + tap] = Math.trunc(0.5 + weight * (1 << PRECISION_BITS));
    }
    first[output] = start;
    count[output] = inputs;
  }
  return { taps, first, count, weights, four: fourTaps({ taps, first, count, weights }, inputSize) };
}

function fourTaps(kernel: Omit<BilinearKernel, 'four'>, inputSize: number): BilinearKernel['four'] {
  const { taps, first, count, weights } = kernel;
  if (count.some((inputs) => inputs > 4)) return null;
  // Moved to the left at the right border, so that four inputs are there.
  const fourFirst = first.map((start) => Math.min(start, Math.max(0, inputSize - 4)));
  const fourWeights = new Int32Array(first.length * 4);
  for (let output = 0; output < first.length; output += 1) {
    const shift = (first[output] as number) - (fourFirst[output] as number);
    const own = weights.subarray(output * taps, output * taps + (count[output] as number));
    fourWeights.set(own, output * 4 + shift);
  }
  return { first: fourFirst, weights: fourWeights };
}

const kernels = new Map<number, BilinearKernel>();
const MAX_KERNELS = 2_000;

/** Kernels are shared by size: random crops repeat the same few hundred sizes. */
export function bilinearKernel(inputSize: number, outputSize: number): BilinearKernel {
  const key = inputSize * 65_536 + outputSize;
  const known = kernels.get(key);
  if (known !== undefined) return known;
  const kernel = makeKernel(inputSize, outputSize);
  if (kernels.size >= MAX_KERNELS) kernels.clear();
  kernels.set(key, kernel);
  return kernel;
}
