import { growMemory, type InstanceMemory, webAssembly } from '@spherelab/host';
import { type BilinearKernel, bilinearKernel } from './bilinear-kernel.ts';
import { resizePixelsModule } from './generated/resize-pixels.ts';

/** RGB bytes, row-major [height, width, 3]. */
export type Picture = { readonly width: number; readonly height: number; readonly pixels: Uint8Array };

/** A part of a picture, in pixels. */
export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** What assembly/resize-pixels.ts exports; addresses, strides and counts are whole numbers, in bytes where they are of memory. */
type Passes = {
  readonly memory: InstanceMemory;
  readonly resizeRows: (
    source: number,
    sourceStride: number,
    target: number,
    step: number,
    width: number,
    height: number,
    first: number,
    weights: number,
    pairs: number,
  ) => void;
  readonly resizeColumns: (
    source: number,
    stride: number,
    target: number,
    height: number,
    first: number,
    weights: number,
    pairs: number,
  ) => void;
};

const passes = webAssembly<Passes>(resizePixelsModule)();

/** Most bytes of a picture that are in the memory of the passes at a time; larger ones come in strips. */
const STRIP_BYTES = 2 ** 20;
/** The passes read and write up to so many bytes behind what they are told of. */
const SLACK = 64;

/** Gives out parts of the memory of the passes; all are given back when the next picture comes. */
function takeParts(sizes: readonly number[]): number[] {
  let end = SLACK;
  const addresses = sizes.map((size) => {
    const address = end;
    end = Math.ceil((end + size + SLACK) / 16) * 16;
    return address;
  });
  growMemory(passes.memory, end);
  return addresses;
}

function put(address: number, values: Int32Array | Int16Array | Uint8Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  new Uint8Array(passes.memory.buffer, address, bytes.length).set(bytes);
}

const bytesOf = ({ first, weights }: BilinearKernel): [number, number] => [first.byteLength, weights.byteLength];

/** How a crop is resized. */
export type CropTarget = {
  readonly width: number;
  readonly height: number;
  /** Left to right. */
  readonly isMirrored?: boolean;
};

/**
 * Crops `box` out of a picture and resizes it as Pillow's `resize(..., BILINEAR, box)` does on 8-bit pictures with an integer
 * box: antialiased, rows first, then columns, each rounded to 8 bits. A pass that would not change the size changes no pixel,
 * so it does not matter that Pillow leaves it out; nor that Pillow clips each sum to 0..255: weights are never negative and add
 * up to 1 but for rounding, which is far less than half a grey value. `into` takes the RGB bytes [height, width, 3].
 */
export function resizeCropInto(
  into: Uint8Array,
  source: Picture,
  box: Box,
  { width, height, isMirrored = false }: CropTarget,
): void {
  const across = bilinearKernel(box.width, width);
  const down = bilinearKernel(box.height, height);
  const sourceStride = source.width * 3;
  const stride = width * 3;
  const rowsAtOnce = Math.max(1, Math.min(box.height, Math.floor(STRIP_BYTES / sourceStride)));
  const resultRowsAtOnce = Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / stride)));
  const [acrossFirst, acrossWeights, downFirst, downWeights, strip, rows, result] = takeParts([
    ...bytesOf(across),
    ...bytesOf(down),
    // The last pair of an output may reach beyond the last input: some pixels, some rows.
    rowsAtOnce * sourceStride + across.pairs * 6,
    (box.height + down.pairs * 2) * stride,
    resultRowsAtOnce * stride,
  ]) as [number, number, number, number, number, number, number];
  put(acrossFirst, across.first);
  put(acrossWeights, across.weights);
  put(downFirst, down.first);
  put(downWeights, down.weights);
  for (let row = 0; row < box.height; row += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, box.height - row);
    const from = (box.top + row) * sourceStride;
    put(strip, source.pixels.subarray(from, from + count * sourceStride));
    const to = rows + row * stride + (isMirrored ? stride - 3 : 0);
    const step = isMirrored ? -3 : 3;
    const first = strip + box.left * 3;
    passes.resizeRows(first, sourceStride, to, step, width, count, acrossFirst, acrossWeights, across.pairs);
  }
  for (let row = 0; row < height; row += resultRowsAtOnce) {
    const count = Math.min(resultRowsAtOnce, height - row);
    const weights = downWeights + row * down.pairs * 8;
    passes.resizeColumns(rows, stride, result, count, downFirst + row * 4, weights, down.pairs);
    into.set(new Uint8Array(passes.memory.buffer, result, count * stride), row * stride);
  }
}

/** The same as a picture of its own. */
export function resizeCrop(source: Picture, box: Box, target: CropTarget): Picture {
  const { width, height } = target;
  const pixels = new Uint8Array(width * height * 3);
  resizeCropInto(pixels, source, box, target);
  return { width, height, pixels };
}
