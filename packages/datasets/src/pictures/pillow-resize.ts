/** RGB bytes, row-major [height, width, 3]. */
export type Picture = { readonly width: number; readonly height: number; readonly pixels: Uint8Array };

/** A part of a picture, in pixels. */
export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Pillow's fixed point for 8-bit pictures: 32 bits less 8 for the pixel and 2 for overflow. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

type Kernel = {
  /** Number of weights held for each output. */
  readonly taps: number;
  /** First input of each output. */
  readonly first: Int32Array;
  /** Number of inputs of each output, at most `taps`. */
  readonly count: Int32Array;
  readonly weights: Int32Array;
};

/** Bilinear weights whose support grows with the shrink factor (antialias), as Pillow's `precompute_coeffs`. */
function bilinearKernel(inputSize: number, outputSize: number): Kernel {
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
  return { taps, first, count, weights };
}

const kernels = new Map<number, Kernel>();
const MAX_KERNELS = 2_000;

/** Kernels are shared by size: random crops repeat the same few hundred sizes. */
function kernelFor(inputSize: number, outputSize: number): Kernel {
  const key = inputSize * 65_536 + outputSize;
  const known = kernels.get(key);
  if (known !== undefined) return known;
  const kernel = bilinearKernel(inputSize, outputSize);
  if (kernels.size >= MAX_KERNELS) kernels.clear();
  kernels.set(key, kernel);
  return kernel;
}

function clip(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return Math.max(0, Math.min(255, value));
}

function resizeRows(source: Picture, box: Box, width: number): Uint8Array {
  const { taps, first, count, weights } = kernelFor(box.width, width);
  const { pixels } = source;
  const result = new Uint8Array(box.height * width * 3);
  let at = 0;
  for (let row = 0; row < box.height; row += 1) {
    const rowStart = ((box.top + row) * source.width + box.left) * 3;
    for (let x = 0; x < width; x += 1) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = rowStart + (first[x] as number) * 3;
      const weightsStart = x * taps;
      const weightsEnd = weightsStart + (count[x] as number);
      for (let tap = weightsStart; tap < weightsEnd; tap += 1, from += 3) {
        const weight = weights[tap] as number;
        red += Math.imul(weight, pixels[from] as number);
        green += Math.imul(weight, pixels[from + 1] as number);
        blue += Math.imul(weight, pixels[from + 2] as number);
      }
      result[at] = clip(red);
      result[at + 1] = clip(green);
      result[at + 2] = clip(blue);
      at += 3;
    }
  }
  return result;
}

function resizeColumns(rows: Uint8Array, rowCount: number, width: number, height: number): Uint8Array {
  const { taps, first, count, weights } = kernelFor(rowCount, height);
  const stride = width * 3;
  const sums = new Int32Array(stride);
  const result = new Uint8Array(height * stride);
  for (let y = 0; y < height; y += 1) {
    sums.fill(HALF);
    for (let tap = 0; tap < (count[y] as number); tap += 1) {
      const weight = weights[y * taps + tap] as number;
      const from = ((first[y] as number) + tap) * stride;
      for (let i = 0; i < stride; i += 1) sums[i] = (sums[i] as number) + Math.imul(weight, rows[from + i] as number);
    }
    const to = y * stride;
    for (let i = 0; i < stride; i += 1) result[to + i] = clip(sums[i] as number);
  }
  return result;
}

/**
 * Crops `box` out of a picture and resizes it to width x height as Pillow's `resize(..., BILINEAR, box)` does on 8-bit
 * pictures with an integer box: antialiased, rows first, then columns, each rounded to 8 bits. A pass that would not
 * change the size is left out, as there.
 */
export function resizeCrop(source: Picture, box: Box, width: number, height: number): Picture {
  const rows = width === box.width ? cropPixels(source, box) : resizeRows(source, box, width);
  const pixels = height === box.height ? rows : resizeColumns(rows, box.height, width, height);
  return { width, height, pixels };
}

/** A copy of the part of a picture inside `box`. */
export function cropPixels(source: Picture, box: Box): Uint8Array {
  const result = new Uint8Array(box.width * box.height * 3);
  for (let row = 0; row < box.height; row += 1) {
    const from = ((box.top + row) * source.width + box.left) * 3;
    result.set(source.pixels.subarray(from, from + box.width * 3), row * box.width * 3);
  }
  return result;
}
