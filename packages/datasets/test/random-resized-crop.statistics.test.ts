import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { counterRandom } from '../src/counter-random.ts';
import { randomResizedCrop } from '../src/pictures/random-resized-crop.ts';

type Statistics = {
  readonly samples: number;
  readonly area_fraction: { readonly mean: number; readonly std: number };
  readonly log_aspect_w_over_h: { readonly mean: number; readonly std: number };
  readonly top_fraction_of_slack_mean: number;
  readonly left_fraction_of_slack_mean: number;
};

const { random_resized_crop: golden } = JSON.parse(
  readFileSync(path.join(goldenRoot(), 'samplers', 'properties.json'), 'utf8'),
) as { random_resized_crop: Record<string, Statistics> };

function meanAndStd(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}

describe.each(Object.entries(golden))('crops of a %s picture', (size, expected) => {
  const [width, height] = size.split('x').map(Number) as [number, number];
  const boxes = Array.from({ length: expected.samples }, (_, sample) =>
    randomResizedCrop(width, height, counterRandom(11, 'crop', 0, sample)),
  );

  test('lie inside the picture', () => {
    for (const { left, top, width: boxWidth, height: boxHeight } of boxes) {
      expect(left >= 0 && top >= 0 && left + boxWidth <= width && top + boxHeight <= height).toBe(true);
    }
  });

  test('have the measured area, aspect ratio and position', () => {
    const area = meanAndStd(boxes.map((box) => (box.width * box.height) / (width * height)));
    const aspect = meanAndStd(boxes.map((box) => Math.log(box.width / box.height)));
    const fraction = (start: number, slack: number): number[] => (slack > 0 ? [start / slack] : []);
    const top = meanAndStd(boxes.flatMap((box) => fraction(box.top, height - box.height)));
    const left = meanAndStd(boxes.flatMap((box) => fraction(box.left, width - box.width)));
    expect(Math.abs(area.mean - expected.area_fraction.mean)).toBeLessThan(0.01);
    expect(Math.abs(area.std - expected.area_fraction.std)).toBeLessThan(0.01);
    expect(Math.abs(aspect.mean - expected.log_aspect_w_over_h.mean)).toBeLessThan(0.01);
    expect(Math.abs(aspect.std - expected.log_aspect_w_over_h.std)).toBeLessThan(0.01);
    expect(Math.abs(top.mean - expected.top_fraction_of_slack_mean)).toBeLessThan(0.01);
    expect(Math.abs(left.mean - expected.left_fraction_of_slack_mean)).toBeLessThan(0.01);
  });
});
