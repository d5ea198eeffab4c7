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
  const resized = resizeCrop({ width, height, pixels }, box, outputWidth, outputHeight);
  expect(Buffer.compare(resized.pixels, naiveResize({ width, height, pixels }, box, outputWidth, outputHeight))).toBe(
    0,
  );
});
