import type { Draws } from '../counter-random.ts';
import type { Box } from './pillow-resize.ts';

const AREA_RANGE = [0.16, 1] as const;
const ASPECT_RANGE = [3 / 4, 4 / 3] as const;
const TRIES = 10;

/**
 * The reference's crop (torchvision's RandomResizedCrop with scale 0.16..1): area uniform, aspect ratio log-uniform in
 * 3/4..4/3, ten tries; when none fits, the largest centred box within the aspect range.
 */
export function randomResizedCrop(width: number, height: number, draws: Draws): Box {
  const area = width * height;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const targetArea = area * draws.between(...AREA_RANGE);
    const aspect = Math.exp(draws.between(Math.log(ASPECT_RANGE[0]), Math.log(ASPECT_RANGE[1])));
    const boxWidth = Math.round(Math.sqrt(targetArea * aspect));
    const boxHeight = Math.round(Math.sqrt(targetArea / aspect));
    if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
      const top = draws.integer(height - boxHeight + 1);
      const left = draws.integer(width - boxWidth + 1);
      return { left, top, width: boxWidth, height: boxHeight };
    }
  }
  return centredBox(width, height);
}

function centredBox(width: number, height: number): Box {
  let boxWidth = width;
  let boxHeight = height;
  if (width / height < ASPECT_RANGE[0]) boxHeight = Math.min(height, Math.round(width / ASPECT_RANGE[0]));
  else if (width / height > ASPECT_RANGE[1]) boxWidth = Math.min(width, Math.round(height * ASPECT_RANGE[1]));
  const left = Math.floor((width - boxWidth) / 2);
  const top = Math.floor((height - boxHeight) / 2);
  return { left, top, width: boxWidth, height: boxHeight };
}
