import sharp, { type Sharp } from 'sharp';
import { hasPictureSignature, readSignature } from './picture-signature.ts';
import type { Picture } from './pillow-resize.ts';

// Threads decode side by side, so each decoder uses one; nothing is decoded twice, so a cache would only hold memory.
sharp.concurrency(1);
sharp.cache(false);

/** The largest picture of Cars196 has 42 million; a few hundred bytes of PNG can claim billions. */
const MAX_PIXELS = 64e6;

/** An embedded colour profile and the orientation tag are ignored, as Pillow does; a broken file is an error. */
const OPTIONS = { failOn: 'error', ignoreIcc: true, limitInputPixels: MAX_PIXELS } as const;

const NO_PICTURE = 'its content is no JPEG, PNG or WebP';

type Raw = { readonly data: Uint8Array; readonly width: number; readonly height: number; readonly channels: number };

async function rawPixels(pipeline: Sharp): Promise<Raw> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** Pillow's conversion of CMYK: (255 - k) - c (255 - k) / 255, rounded. */
function fromCmyk({ data, width, height }: Raw): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) {
    const white = 255 - (data[i * 4 + 3] as number);
    for (let channel = 0; channel < 3; channel += 1) {
      const product = (data[i * 4 + channel] as number) * white + 128;
      pixels[i * 3 + channel] = Math.max(0, white - (((product >> 8) + product) >> 8));
    }
  }
  return { width, height, pixels };
}

/** Pillow clips 16-bit grey at 255 instead of scaling it. */
async function fromGrey16(file: Uint8Array): Promise<Picture> {
  const pipeline = sharp(file, OPTIONS).toColourspace('grey16').raw({ depth: 'ushort' });
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
  const values = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  const pixels = new Uint8Array(info.width * info.height * 3);
  for (let i = 0; i < info.width * info.height; i += 1) {
    pixels.fill(Math.min(255, values[i * info.channels] as number), i * 3, i * 3 + 3);
  }
  return { width: info.width, height: info.height, pixels };
}

/** Keeps the first three channels: alpha is dropped without blending; grey is replicated. */
function firstThreeChannels({ data, width, height, channels }: Raw): Picture {
  if (channels === 3) return { width, height, pixels: data };
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      pixels[i * 3 + channel] = data[i * channels + (channels < 3 ? 0 : channel)] as number;
    }
  }
  return { width, height, pixels };
}

/** Size of the JPEG, PNG or WebP file at a path, from its header. Rejects for anything else. */
export async function readPictureHeader(path: string): Promise<{ readonly width: number; readonly height: number }> {
  if (!hasPictureSignature(await readSignature(path))) throw new Error(NO_PICTURE);
  const { width, height } = await sharp(path, OPTIONS).metadata();
  return { width, height };
}

/**
 * Decodes the bytes of a JPEG, PNG or WebP file to RGB as Pillow's `convert("RGB")` does: alpha dropped without blending,
 * palette expanded, grey replicated, CMYK converted, orientation tag ignored. Rejects for an unreadable file,
 * another format, and more than 64 million pixels.
 */
export async function decodePicture(file: Uint8Array): Promise<Picture> {
  if (!hasPictureSignature(file)) throw new Error(NO_PICTURE);
  const { space, depth } = await sharp(file, OPTIONS).metadata();
  if (space === 'grey16' && depth === 'ushort') return fromGrey16(file);
  if (space === 'cmyk') {
    return fromCmyk(await rawPixels(sharp(file, OPTIONS).pipelineColourspace('cmyk').toColourspace('cmyk')));
  }
  return firstThreeChannels(await rawPixels(sharp(file, OPTIONS).toColourspace('srgb')));
}

/** Version of the decoder, which is part of what a run depends on. */
export const libvipsVersion: string = sharp.versions.vips;

/** What decoded pixels follow from beside the file: sharp brings its own libvips and JPEG library. */
export const decoderVersion = `sharp-${sharp.versions.sharp ?? 'unknown'}-vips-${libvipsVersion}-${process.arch}`;
