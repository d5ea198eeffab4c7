import { createHash } from 'node:crypto';
import type { ImageEntry } from '../image-list.ts';

/** Stands for the content of a picture that code draws; its path says all that it follows from. */
export const DRAWN = 'drawn';
/** Stands for the content of a listed image that could not be read. */
export const UNREADABLE = 'unreadable';

/** An image of a list by content. */
export type ManifestEntry = ImageEntry & {
  /** SHA-256 (hex) of the file's bytes, or DRAWN, or UNREADABLE. */
  readonly sha256: string;
};

/** What a run computes with: each image of its lists by name, class and content. */
export type Manifest = {
  readonly train: readonly ManifestEntry[];
  readonly test: readonly ManifestEntry[];
  readonly gallery: readonly ManifestEntry[] | null;
};

const PARTS = ['train', 'test', 'gallery'] as const;

/**
 * As text: for each part a line with its name and number of images, then one `path,label,sha256` line for each image.
 * Equal manifests give equal bytes, and their SHA-256 is `dataSha256` of the facts.
 */
export function encodeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const lines: string[] = [];
  for (const part of PARTS) {
    const list = manifest[part];
    if (list === null) continue;
    lines.push(`${part} ${list.length}\n`);
    for (const { path, label, sha256 } of list) lines.push(`${escapePath(path)},${label},${sha256}\n`);
  }
  return new TextEncoder().encode(lines.join(''));
}

/** The manifest of bytes that `encodeManifest` made. Throws Error for others. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  const lines = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).split('\n');
  if (lines.pop() !== '') throw new Error('a manifest ends with a line end');
  let at = 0;
  const partOf = (part: string): ManifestEntry[] => {
    const [name, count] = lines[at]?.split(' ') ?? [];
    if (name !== part || !/^\d+$/.test(count ?? '')) throw new Error(`line ${at + 1} of a manifest begins "${part}"`);
    const first = at + 1;
    at = first + Number(count);
    if (at > lines.length) throw new Error(`a manifest has ${Number(count)} images in "${part}"`);
    return lines.slice(first, at).map((line, index) => entryOf(line, first + index + 1));
  };
  const [train, test] = [partOf('train'), partOf('test')];
  const gallery = at < lines.length ? partOf('gallery') : null;
  if (at < lines.length) throw new Error(`a manifest ends before line ${at + 1}`);
  return { train, test, gallery };
}

/** SHA-256 (hex) of the manifest as text. */
export function manifestSha256(manifest: Manifest): string {
  return createHash('sha256').update(encodeManifest(manifest)).digest('hex');
}

function entryOf(line: string, number: number): ManifestEntry {
  const [, path, label, sha256] = /^(.*),(\d+),([a-z0-9]+)$/s.exec(line) ?? [];
  if (path === undefined || label === undefined || sha256 === undefined) {
    throw new Error(`line ${number} of a manifest has path, label and hash`);
  }
  return { path: unescapePath(path), label: Number(label), sha256 };
}

/** A name of a file may have line ends. */
function escapePath(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function unescapePath(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => ({ n: '\n', r: '\r' })[character] ?? character);
}
