import sharp from 'sharp';
import type { Drawing } from './icon-set.ts';

/** px. Side of the square pictures. */
export const emojiSide = 96;

/**
 * A drawing as PNG: fitted into the square, centred, on white. The same drawing gives the same bytes under one version of sharp.
 * Rejects where it is no SVG.
 */
export async function renderDrawing({ body, width, height }: Drawing): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${emojiSide}" height="${emojiSide}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  return sharp(Buffer.from(svg))
    .flatten({ background: '#ffffff' })
    .removeAlpha()
    .toColourspace('srgb')
    .png({ compressionLevel: 6, adaptiveFiltering: false, palette: false })
    .toBuffer();
}
