// The two passes of Pillow's resize of 8-bit RGB, with the vector instructions that every processor of ten years has.
// AssemblyScript; scripts/generate-assembly.mjs compiles it into src/pictures/generated/resize-pixels.ts.
//
// A weight has 22 bits and a product of weight and pixel 30. Two weights at a time are multiplied with two pixels and added in
// one instruction on 16-bit numbers, so each weight comes in two halves of 11 bits, whose sums are put together exactly.
// `weights` holds, for each output and each pair of its inputs, four 16-bit numbers: both low halves, both high halves.
// What lies behind the last input of an output has weight 0 and may be anything that can be read.

/** Bits of the low half of a weight. */
const LOW_BITS = 11;
const PRECISION_BITS = 22;
const PAIR_BYTES: usize = 8;
const CHANNELS: usize = 3;
/** Outputs of one turn of the vertical pass. */
const VECTOR: usize = 16;

function addPair(sum: v128, pixels: v128, low: v128, high: v128): v128 {
  const highSum = i32x4.shl(i32x4.dot_i16x8_s(pixels, high), LOW_BITS);
  return i32x4.add(sum, i32x4.add(i32x4.dot_i16x8_s(pixels, low), highSum));
}

/**
 * From `height` rows of `sourceStride` bytes to rows of `width` pixels. `first` holds the first input pixel of each output
 * pixel; step is 3, or -3 where `target` starts at the last pixel of a row and the picture is mirrored.
 */
export function resizeRows(
  source: usize,
  sourceStride: usize,
  target: usize,
  step: isize,
  width: usize,
  height: usize,
  first: usize,
  weights: usize,
  pairs: usize,
): void {
  const half = i32x4.splat(1 << (PRECISION_BITS - 1));
  const zero = i32x4.splat(0);
  for (let row: usize = 0; row < height; row += 1) {
    let to = target + row * width * CHANNELS;
    let weight = weights;
    for (let x: usize = 0; x < width; x += 1) {
      let from = source + row * sourceStride + (load<u32>(first + x * 4) as usize) * CHANNELS;
      let sum = half;
      for (let pair: usize = 0; pair < pairs; pair += 1) {
        const two = v128.load64_zero(from);
        // Red, green and blue of the first pixel beside those of the second, as 16-bit numbers.
        const pixels = i8x16.shuffle(two, zero, 0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16, 16, 16, 16, 16);
        sum = addPair(sum, pixels, v128.load32_splat(weight), v128.load32_splat(weight + 4));
        from += 2 * CHANNELS;
        weight += PAIR_BYTES;
      }
      sum = i32x4.shr_s(sum, PRECISION_BITS);
      store<u8>(to, i32x4.extract_lane(sum, 0) as u8);
      store<u8>(to + 1, i32x4.extract_lane(sum, 1) as u8);
      store<u8>(to + 2, i32x4.extract_lane(sum, 2) as u8);
      to += step as usize;
    }
  }
}

/** From rows of `stride` bytes to `height` rows of as many; `first` holds the first input row of each output row. */
export function resizeColumns(
  source: usize,
  stride: usize,
  target: usize,
  height: usize,
  first: usize,
  weights: usize,
  pairs: usize,
): void {
  const half = i32x4.splat(1 << (PRECISION_BITS - 1));
  for (let y: usize = 0; y < height; y += 1) {
    const top = source + (load<u32>(first + y * 4) as usize) * stride;
    const to = target + y * stride;
    for (let at: usize = 0; at < stride; at += VECTOR) {
      let sum0 = half;
      let sum1 = half;
      let sum2 = half;
      let sum3 = half;
      let from = top + at;
      let weight = weights + y * pairs * PAIR_BYTES;
      for (let pair: usize = 0; pair < pairs; pair += 1) {
        const upper = v128.load(from);
        const lower = v128.load(from + stride);
        const low = v128.load32_splat(weight);
        const high = v128.load32_splat(weight + 4);
        const left = i8x16.shuffle(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const right = i8x16.shuffle(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        sum0 = addPair(sum0, i16x8.extend_low_i8x16_u(left), low, high);
        sum1 = addPair(sum1, i16x8.extend_high_i8x16_u(left), low, high);
        sum2 = addPair(sum2, i16x8.extend_low_i8x16_u(right), low, high);
        sum3 = addPair(sum3, i16x8.extend_high_i8x16_u(right), low, high);
        from += 2 * stride;
        weight += PAIR_BYTES;
      }
      const left = i16x8.narrow_i32x4_s(i32x4.shr_s(sum0, PRECISION_BITS), i32x4.shr_s(sum1, PRECISION_BITS));
      const right = i16x8.narrow_i32x4_s(i32x4.shr_s(sum2, PRECISION_BITS), i32x4.shr_s(sum3, PRECISION_BITS));
      v128.store(to + at, i8x16.narrow_i16x8_u(left, right));
    }
  }
}
