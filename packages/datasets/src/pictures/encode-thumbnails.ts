import sharp from 'sharp';

/** Side of a thumbnail, px: enough to tell what is on it, 1 to 2 kB each. */
const SIDE = 72;
const QUALITY = 72;
const ENCODED_AT_ONCE = 4;

/** RGB bytes [count or more, size, size, 3] as `count` small WebP files. */
export async function encodeThumbnails(pixels: Uint8Array, count: number, size: number): Promise<Uint8Array[]> {
  const imageBytes = size * size * 3;
  const files = Array.from({ length: count }, () => new Uint8Array(0));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const position = next;
      next += 1;
      const image = pixels.subarray(position * imageBytes, (position + 1) * imageBytes);
      files[position] = await sharp(image, { raw: { width: size, height: size, channels: 3 } })
        .resize({ width: SIDE, height: SIDE, withoutEnlargement: true })
        .webp({ quality: QUALITY, effort: 2 })
        .toBuffer();
    }
  };
  await Promise.all(Array.from({ length: ENCODED_AT_ONCE }, work));
  return files;
}
