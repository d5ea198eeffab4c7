import { expect, test } from 'vitest';
import { dataListSha256 } from '../src/data-list-sha256.ts';
import { drawShape } from '../src/shapes/draw-shape.ts';
import { shapeClasses } from '../src/shapes/shape-class.ts';
import { shapesLists } from '../src/shapes/shapes-lists.ts';

function fingerprint(pixels: Uint8Array): number {
  return pixels.reduce((hash, value) => Math.imul(hash ^ value, 0x01000193) >>> 0, 0x811c9dc5);
}

test('there are 64 different classes of 30 images, the first half for training', () => {
  const { train, test: tested } = shapesLists();
  expect(new Set(shapeClasses.map(({ name }) => name.slice(3))).size).toBe(64);
  expect([train.length, tested.length]).toEqual([960, 960]);
  expect(Math.max(...train.map(({ label }) => label))).toBe(31);
  expect(Math.min(...tested.map(({ label }) => label))).toBe(32);
});

test('test classes are new combinations of outlines, textures and numbers that training has seen', () => {
  const [train, tested] = [shapeClasses.slice(0, 32), shapeClasses.slice(32)];
  for (const factor of ['texture', 'parts', 'hollow'] as const) {
    const seen = new Set<unknown>(train.map((shape) => shape[factor]));
    expect(tested.every((shape) => seen.has(shape[factor]))).toBe(true);
  }
});

test('an image is the same on every call, and unlike every other of its class', () => {
  const images = Array.from({ length: 30 }, (_, image) => fingerprint(drawShape(12, image, 48)));
  expect(new Set(images).size).toBe(30);
  expect(fingerprint(drawShape(12, 7, 48))).toBe(images[7]);
});

test('the drawing has not changed under its version name', () => {
  const pictures = [0, 21, 47, 63].map((classIndex) => fingerprint(drawShape(classIndex, 3, 72)));
  expect({ list: dataListSha256(shapesLists()), pictures }).toMatchSnapshot();
});

test('a picture of another size shows the same drawing', () => {
  const average = (pixels: Uint8Array): number => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  expect(Math.abs(average(drawShape(5, 1, 72)) - average(drawShape(5, 1, 144)))).toBeLessThan(2);
});

test('a class that does not exist is refused', () => {
  expect(() => drawShape(64, 0, 32)).toThrow('no class 64');
});
