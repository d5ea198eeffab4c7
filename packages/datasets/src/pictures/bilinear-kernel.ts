/** Pillow's fixed point for 8-bit pictures: 32 bits less 8 for the pixel and 2 for overflow. */
const PRECISION_BITS = 22;
/** Bits of the low half of a weight. */
const LOW_BITS = 11;

/** Weights of a resize along one axis. */
export type BilinearKernel = {
  /** How many pairs of neighbouring inputs each output is made of; those behind its last have weight 0. */
  readonly pairs: number;
  /** [outputs], first input of each. */
  readonly first: Int32Array;
  /** [outputs, pairs, 4]: low halves of the weights of a pair, then their high halves. */
  readonly weights: Int16Array;
};

/** Bilinear weights whose support grows with the shrink factor (antialias), as Pillow's `precompute_coeffs`. */
function makeKernel(inputSize: number, outputSize: number): BilinearKernel {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1);
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const centreOf = (output: number): number => (output + 0.5) * scale;
  for (let output = 0; output < outputSize; output += 1) {
    const start = Math.max(0, Math.trunc(centreOf(output) - support + 0.5));
    first[output] = start;
    count[output] = Math.min(inputSize, Math.trunc(centreOf(output) + support + 0.5)) - start;
  }
  const pairs = Math.ceil(count.reduce((most, inputs) => Math.max(most, inputs), 0) / 2);
  const weights = new Int16Array(outputSize * pairs * 4);
  const raw = new Float64Array(pairs * 2);
  for (let output = 0; output < outputSize; output += 1) {
    const inputs = count[output] as number;
    let sum = 0;
    for (let tap = 0; tap < inputs; tap += 1) {
      const distance = tap + (first[output] as number) - centreOf(output) + 0.5;
      const weight = Math.max(0, 1 - Math.abs(distance * (1 / support)));
      raw[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < inputs; tap += 1) {
      const weight = (raw[tap] as number) * (sum === 0 ? 1 : 1 / sum);
      const fixed = Math.trunc(0.5 + weight * (1 << PRECISION_BITS));
      const at = (output * pairs + (tap >> 1)) * 4 + (tap & 1);
      weights[at] = fixed & ((1 << LOW_BITS) - 1);
      weights[at + 2] = fixed >> LOW_BITS;
    }
  }
  return { pairs, first, weights };
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
