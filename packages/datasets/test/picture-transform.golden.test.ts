import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenRoot, readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import { decodePicture } from '../src/pictures/decode-picture.ts';
import {
  centreBox,
  flipRows,
  resizeShortSide,
  shortSideFor,
  testTransform,
} from '../src/pictures/picture-transform.ts';
import { type Picture, resizeCrop } from '../src/pictures/pillow-resize.ts';

type TestCase = {
  readonly file: string;
  readonly decoded_rgb: TensorEntry;
  readonly resized_size: readonly [number, number];
  readonly crop_left: number;
  readonly crop_top: number;
  readonly crop_rgb: TensorEntry;
};
type TrainCase = {
  readonly file: string;
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly flip: boolean;
  readonly output_rgb: TensorEntry;
};

const golden = readGolden<{ readonly test: readonly TestCase[]; readonly train: readonly TrainCase[] }>('preprocess');
const { test: testCases, train: trainCases } = golden.manifest;
const IMAGE_SIZE = 227;

function decoded({ decoded_rgb: entry }: TestCase): Picture {
  const [height, width] = entry.shape as [number, number];
  return { width, height, pixels: golden.uint8(entry) };
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
    const { largest, equal } = differences(testTransform(resized, IMAGE_SIZE), golden.uint8(golden_.crop_rgb));
    expect(largest).toBeLessThanOrEqual(1);
    expect(equal).toBeGreaterThanOrEqual(0.99);
  });

  test('decodes the file as Pillow does, but for JPEG chroma', async () => {
    const picture = await decodePicture(path.join(goldenRoot(), 'preprocess', golden_.file));
    const { largest, mean } = differences(picture.pixels, golden.uint8(golden_.decoded_rgb));
    expect(mean).toBeLessThanOrEqual(1);
    expect(largest).toBeLessThanOrEqual(golden_.file.endsWith('.jpg') ? 30 : 0);
  });
});

test.each(trainCases)('the training transform of $file with crop $width x $height is exact', (golden_) => {
  const source = testCases.find(({ file }) => file === golden_.file) as TestCase;
  const resized = resizeShortSide(decoded(source), shortSideFor(IMAGE_SIZE));
  const { pixels } = resizeCrop(resized, golden_, IMAGE_SIZE, IMAGE_SIZE);
  if (golden_.flip) flipRows(pixels, IMAGE_SIZE);
  const { largest, equal } = differences(pixels, golden.uint8(golden_.output_rgb));
  expect(largest).toBeLessThanOrEqual(1);
  expect(equal).toBeGreaterThanOrEqual(0.99);
});
