import { expect, test } from 'vitest';
import { counterRandom } from '../src/counter-random.ts';
import { type Box, type Picture, resizeCrop } from '../src/pictures/pillow-resize.ts';

/** One axis of Pillow's ImagingResample for 8-bit pictures, value by value, with its clip. */
function naiveAxis(values: readonly number[], outputSize: number): number[] {
  const scale = values.length / outputSize;
  const support = Math.max(scale, 1);
  return Array.from({ length: outputSize }, (_, output) => {
    const centre = (output + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(values.length, Math.trunc(centre + support + 0.5));
    const raw = values.slice(start, end).map((_value, tap) => {
      return Math.max(0, 1 - Math.abs((tap + start - centre + 0.5) * (1 / support)));
    });
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    const fixed = raw.map((weight) => Math.trunc(0.5 + weight * (1 / total) * 2 ** 22));
    const sum = fixed.reduce((so, weight, tap) => so + weight * (values[start + tap] as number), 2 ** 21);
    return Math.max(0, Math.min(255, Math.floor(sum / 2 ** 22)));
  });
}

function naiveResize({ width: sourceWidth, pixels }: Picture, box: Box, width: number, height: number): Uint8Array {
  const result = new Uint8Array(width * height * 3);
  for (let channel = 0; channel < 3; channel += 1) {
    const rows = Array.from({ length: box.height }, (_, row) => {
      const line = Array.from({ length: box.width }, (_x, x) => {
        return pixels[((box.top + row) * sourceWidth + box.left + x) * 3 + channel] as number;
      });
      return width === box.width ? line : naiveAxis(line, width);
    });
    for (let x = 0; x < width; x += 1) {
      const line = rows.map((row) => row[x] as number);
      const column = height === box.height ? line : naiveAxis(line, height);
      for (const [y, value] of column.entries()) result[(y * width + x) * 3 + channel] = value;
    }
  }
  return result;
}

const sizes = Array.from({ length: 120 }, (_, sample) => sample);

test.each(sizes)('a crop of random size, number %i, is resized as the naive loop does it', (sample) => {
  const { integer } = counterRandom(11, 'crop', 0, sample);
  const width = 1 + integer(60);
  const height = 1 + integer(60);
  // Every third picture is white: there a clip would show.
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => (sample % 3 === 0 ? 255 : integer(256)));
  const left = integer(width);
  const top = integer(height);
  const box = { left, top, width: 1 + integer(width - left), height: 1 + integer(height - top) };
  const outputWidth = 1 + integer(70);
  const outputHeight = 1 + integer(70);
  const resized = resizeCrop({ width, height, pixels }, box, { width: outputWidth, height: outputHeight });
  expect(Buffer.compare(resized.pixels, naiveResize({ width, height, pixels }, box, outputWidth, outputHeight))).toBe(
    0,
  );
});

function noise(width: number, height: number): Picture {
  const { integer } = counterRandom(12, 'crop', width, height);
  return { width, height, pixels: Uint8Array.from({ length: width * height * 3 }, () => integer(256)) };
}

// What one turn of the passes takes is a mebibyte: 350,000 pixels of the source, and of the result.
test.each([
  ['source', 1_500, 700, 90, 40],
  ['result', 40, 50, 900, 800],
  ['width of the source', 400_000, 3, 60, 5],
])('a %s larger than a turn of the passes is resized in strips', (_what, width, height, outputWidth, outputHeight) => {
  const picture = noise(width, height);
  const whole = { left: 0, top: 0, width, height };
  const { pixels } = resizeCrop(picture, whole, { width: outputWidth, height: outputHeight });
  expect(Buffer.compare(pixels, naiveResize(picture, whole, outputWidth, outputHeight))).toBe(0);
});

test.each([
  [30, 20, 17, 23],
  [30, 20, 30, 23],
  [30, 20, 30, 20],
])(
  '%i x %i to %i x %i, mirrored, is the same with each row from right to left',
  (width, height, outputWidth, outputHeight) => {
    const picture = noise(width, height);
    const whole = { left: 0, top: 0, width, height };
    const target = { width: outputWidth, height: outputHeight };
    const { pixels } = resizeCrop(picture, whole, target);
    const mirrored = resizeCrop(picture, whole, { ...target, isMirrored: true });
    for (let at = 0; at < pixels.length; at += 3) {
      const column = (at / 3) % outputWidth;
      const from = at + (outputWidth - 1 - 2 * column) * 3;
      expect([...mirrored.pixels.subarray(at, at + 3)]).toEqual([...pixels.subarray(from, from + 3)]);
    }
  },
);
