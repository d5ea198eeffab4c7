import { type BilinearKernel, bilinearKernel, PRECISION_BITS } from './bilinear-kernel.ts';

/** RGB bytes, row-major [height, width, 3]. */
export type Picture = { readonly width: number; readonly height: number; readonly pixels: Uint8Array };

/** A part of a picture, in pixels. */
export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

const HALF = 1 << (PRECISION_BITS - 1);

// Pillow clips each sum to 0..255. Bilinear weights are never negative and add up to 1 but for rounding, which is far less
// than half a grey value, so no sum leaves that range and the shift alone gives the same.

function resizeRows(source: Picture, box: Box, width: number): Uint8Array {
  const kernel = bilinearKernel(box.width, width);
  return kernel.four === null ? manyTapRows(source, box, width, kernel) : fourTapRows(source, box, width, kernel.four);
}

type Four = NonNullable<BilinearKernel['four']>;

/** Half as long as the general loop; crops and nearly all resizes come here. Column by column: four weights for each. */
function fourTapRows({ pixels, width: sourceWidth }: Picture, box: Box, width: number, kernel: Four): Uint8Array {
  const { first, weights } = kernel;
  const stride = width * 3;
  const result = new Uint8Array(box.height * stride);
  for (let x = 0; x < width; x += 1) {
    const w0 = weights[x * 4] as number;
    const w1 = weights[x * 4 + 1] as number;
    const w2 = weights[x * 4 + 2] as number;
    const w3 = weights[x * 4 + 3] as number;
    let from = (box.top * sourceWidth + box.left + (first[x] as number)) * 3;
    let at = x * 3;
    for (let row = 0; row < box.height; row += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const sum =
          HALF +
          Math.imul(w0, pixels[from + channel] as number) +
          Math.imul(w1, pixels[from + channel + 3] as number) +
          Math.imul(w2, pixels[from + channel + 6] as number) +
          Math.imul(w3, pixels[from + channel + 9] as number);
        result[at + channel] = sum >> PRECISION_BITS;
      }
      at += stride;
      from += sourceWidth * 3;
    }
  }
  return result;
}

function manyTapRows(source: Picture, box: Box, width: number, kernel: BilinearKernel): Uint8Array {
  const { taps, first, count, weights } = kernel;
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
        red = (red + Math.imul(weight, pixels[from] as number)) | 0;
        green = (green + Math.imul(weight, pixels[from + 1] as number)) | 0;
        blue = (blue + Math.imul(weight, pixels[from + 2] as number)) | 0;
      }
      result[at] = red >> PRECISION_BITS;
      result[at + 1] = green >> PRECISION_BITS;
      result[at + 2] = blue >> PRECISION_BITS;
      at += 3;
    }
  }
  return result;
}

function resizeColumns(rows: Uint8Array, rowCount: number, width: number, height: number): Uint8Array {
  const kernel = bilinearKernel(rowCount, height);
  return kernel.four === null ? manyTapColumns(rows, width, height, kernel) : fourTapColumns(rows, width, kernel.four);
}

function fourTapColumns(rows: Uint8Array, width: number, { first, weights }: Four): Uint8Array {
  const stride = width * 3;
  const result = new Uint8Array(first.length * stride);
  for (let y = 0; y < first.length; y += 1) {
    const w0 = weights[y * 4] as number;
    const w1 = weights[y * 4 + 1] as number;
    const w2 = weights[y * 4 + 2] as number;
    const w3 = weights[y * 4 + 3] as number;
    let from = (first[y] as number) * stride;
    const end = (y + 1) * stride;
    for (let to = y * stride; to < end; to += 1, from += 1) {
      const sum =
        HALF +
        Math.imul(w0, rows[from] as number) +
        Math.imul(w1, rows[from + stride] as number) +
        Math.imul(w2, rows[from + stride * 2] as number) +
        Math.imul(w3, rows[from + stride * 3] as number);
      result[to] = sum >> PRECISION_BITS;
    }
  }
  return result;
}

function manyTapColumns(rows: Uint8Array, width: number, height: number, kernel: BilinearKernel): Uint8Array {
  const { taps, first, count, weights } = kernel;
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
    for (let i = 0; i < stride; i += 1) result[to + i] = (sums[i] as number) >> PRECISION_BITS;
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
