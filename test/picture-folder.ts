import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

/**
 * Writes a small data set of PNG files: each class has a colour of its own, each image its own shade of it, so that there
 * is something to learn and nothing to wait for.
 */
export async function writePictureFolder(folder: string, classes: number, each: number, side: number): Promise<void> {
  for (let label = 0; label < classes; label += 1) {
    const name = `class-${String(label).padStart(2, '0')}`;
    await mkdir(path.join(folder, 'images', name), { recursive: true });
    for (let image = 0; image < each; image += 1) {
      const pixels = new Uint8Array(side * side * 3).map((_, at) => {
        const [pixel, channel] = [Math.floor(at / 3), at % 3];
        const base = 128 + 100 * Math.sin(label * 1.7 + channel * 2.1);
        const wave = 40 * Math.sin((pixel % side) * (0.2 + 0.05 * label) + image);
        return Math.max(0, Math.min(255, base + wave + 6 * Math.cos(image * 3 + channel)));
      });
      const file = path.join(folder, 'images', name, `${image}.png`);
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toFile(file);
    }
  }
}
