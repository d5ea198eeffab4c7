import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { goldenRoot, readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import { decodePicture } from '../src/pictures/decode-picture.ts';
import { centreBox, resizeShortSide, shortSideFor, testTransform } from '../src/pictures/picture-transform.ts';
import { type Picture, resizeCrop } from '../src/pictures/pillow-resize.ts';

type TestCase = {
  readonly file: string;
  readonly decoded_rgb: TensorEntry;
  readonly resized_size: readonly [number, number];
  readonly crop_left: number;
  readonly crop_top: number;
  readonly crop_rgb: TensorEntry;
  readonly stored_mode: string;
  readonly source_size: readonly [number, number];
  readonly output_shape: readonly [number, number, number];
  readonly channel_mean_bgr: readonly [number, number, number];
  readonly channel_std_bgr: readonly [number, number, number];
  /** [channel of B G R, y, x, value] */
  readonly probes: readonly (readonly [number, number, number, number])[];
};
type TrainCase = {
  readonly file: string;
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly flip: boolean;
  readonly output_rgb: TensorEntry;
  readonly channel_mean_bgr: readonly [number, number, number];
};
type Manifest = {
  readonly mean_rgb: readonly [number, number, number];
  readonly test: readonly TestCase[];
  readonly train: readonly TrainCase[];
};

const golden = readGolden<Manifest>('preprocess');
const { test: testCases, train: trainCases, mean_rgb: meanRgb } = golden.manifest;
const IMAGE_SIZE = 227;
const square = { width: IMAGE_SIZE, height: IMAGE_SIZE };

function fileOf({ file }: { readonly file: string }): string {
  return path.join(goldenRoot(), 'preprocess', file);
}

/** Largest difference that the decoding of a file may have: decoders of JPEG differ, most where chroma is subsampled. */
async function decodeTolerance(golden_: { readonly file: string }): Promise<number> {
  const { format, channels, chromaSubsampling } = await sharp(fileOf(golden_)).metadata();
  if (format !== 'jpeg') return 0;
  return channels === 1 || chromaSubsampling.startsWith('4:4:4') ? 2 : 30;
}

/** Mean and standard deviation of each channel after the mean is subtracted, in the order B, G, R. */
function channelStatistics(pixels: Uint8Array): { means: number[]; deviations: number[] } {
  const count = pixels.length / 3;
  const statistics = [2, 1, 0].map((channel) => {
    let sum = 0;
    let squares = 0;
    for (let i = channel; i < pixels.length; i += 3) {
      sum += pixels[i] as number;
      squares += (pixels[i] as number) ** 2;
    }
    const mean = sum / count;
    return {
      mean: mean - (meanRgb[channel] as number),
      deviation: Math.sqrt(Math.max(0, squares / count - mean ** 2)),
    };
  });
  return { means: statistics.map(({ mean }) => mean), deviations: statistics.map(({ deviation }) => deviation) };
}

function expectWithin(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual[index] as number) - value)).toBeLessThanOrEqual(tolerance);
  }
}

function decoded({ decoded_rgb: entry }: TestCase): Picture {
  const [height, width] = entry.shape as [number, number];
  return { width, height, pixels: golden.uint8(entry) };
}

function testPixels(resized: Picture): Uint8Array {
  const pixels = new Uint8Array(IMAGE_SIZE * IMAGE_SIZE * 3);
  testTransform(pixels, resized, IMAGE_SIZE);
  return pixels;
}

function differences(actual: Uint8Array, expected: Uint8Array): { largest: number; mean: number; equal: number } {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  let sum = 0;
  let equal = 0;
  for (let i = 0; i < actual.length; i += 1) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    largest = Math.max(largest, difference);
    sum += difference;
    if (difference === 0) equal += 1;
  }
  return { largest, mean: sum / actual.length, equal: equal / actual.length };
}

describe.each(testCases)('the test transform of $file', (golden_) => {
  test('resizes and crops the decoded picture exactly as Pillow does', () => {
    const resized = resizeShortSide(decoded(golden_), shortSideFor(IMAGE_SIZE));
    expect([resized.width, resized.height]).toEqual(golden_.resized_size);
    const box = centreBox(resized, IMAGE_SIZE);
    expect([box.left, box.top]).toEqual([golden_.crop_left, golden_.crop_top]);
    const { largest, equal } = differences(testPixels(resized), golden.uint8(golden_.crop_rgb));
    expect(largest).toBeLessThanOrEqual(1);
    expect(equal).toBeGreaterThanOrEqual(0.99);
  });

  test('decodes the file as Pillow does, but for JPEG rounding and chroma', async () => {
    const picture = await decodePicture(readFileSync(fileOf(golden_)));
    expect([picture.width, picture.height]).toEqual(golden_.source_size);
    const { largest, mean } = differences(picture.pixels, golden.uint8(golden_.decoded_rgb));
    expect(mean).toBeLessThanOrEqual(1);
    expect(largest).toBeLessThanOrEqual(await decodeTolerance(golden_));
  });

  test('gives the values that the network of the reference sees, from file to crop', async () => {
    const resized = resizeShortSide(await decodePicture(readFileSync(fileOf(golden_))), shortSideFor(IMAGE_SIZE));
    const pixels = testPixels(resized);
    expect([3, pixels.length / 3 / IMAGE_SIZE, IMAGE_SIZE]).toEqual(golden_.output_shape);
    const { means, deviations } = channelStatistics(pixels);
    expectWithin(means, golden_.channel_mean_bgr, 0.5);
    expectWithin(deviations, golden_.channel_std_bgr, 0.5);
    const tolerance = Math.max(1, await decodeTolerance(golden_));
    for (const [channel, y, x, value] of golden_.probes) {
      const rgb = 2 - channel;
      const actual = (pixels[(y * IMAGE_SIZE + x) * 3 + rgb] as number) - (meanRgb[rgb] as number);
      expect(Math.abs(actual - value)).toBeLessThanOrEqual(tolerance + 1e-3);
    }
  });
});

test.each(trainCases)('the training transform of $file with crop $width x $height is exact', (golden_) => {
  const source = testCases.find(({ file }) => file === golden_.file) as TestCase;
  const resized = resizeShortSide(decoded(source), shortSideFor(IMAGE_SIZE));
  const { pixels } = resizeCrop(resized, golden_, { ...square, isMirrored: golden_.flip });
  const { largest, equal } = differences(pixels, golden.uint8(golden_.output_rgb));
  expect(largest).toBeLessThanOrEqual(1);
  expect(equal).toBeGreaterThanOrEqual(0.99);
});

test.each(trainCases)(
  'the training transform of the file $file with crop $width x $height has its means',
  async (golden_) => {
    const resized = resizeShortSide(await decodePicture(readFileSync(fileOf(golden_))), shortSideFor(IMAGE_SIZE));
    const { pixels } = resizeCrop(resized, golden_, { ...square, isMirrored: golden_.flip });
    expectWithin(channelStatistics(pixels).means, golden_.channel_mean_bgr, 0.5);
  },
);
