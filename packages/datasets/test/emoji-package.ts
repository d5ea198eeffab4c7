import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { PinnedPackage } from '../src/emoji/pinned-packages.ts';

type Icon = {
  readonly body: string;
  readonly width?: number;
  readonly height?: number;
  readonly hidden?: boolean;
};

/** icons.json of a made-up set. */
export type Icons = {
  readonly width?: number;
  readonly height?: number;
  readonly icons: Readonly<Record<string, Icon>>;
  readonly aliases?: Readonly<Record<string, { readonly parent: string }>>;
};

/** A package as npm gives one, with its pin. */
export function emojiPackage(designer: string, icons: Icons): { pinned: PinnedPackage; tarball: Buffer } {
  const info = {
    name: `Set of ${designer}`,
    author: { name: `Author of ${designer}`, url: `https://example.org/${designer}` },
    license: { title: 'CC BY 4.0', spdx: 'CC-BY-4.0', url: 'https://example.org/by' },
  };
  const tarball = gzipSync(
    Buffer.concat([
      // Longer than a block: what comes after is found by its size.
      tarEntry('package/README.md', 'x'.repeat(700)),
      tarEntry('package/icons.json', JSON.stringify(icons)),
      tarEntry('package/info.json', JSON.stringify(info)),
      Buffer.alloc(1024),
    ]),
  );
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  return { pinned: { designer, name: `@made-up/${designer}`, version: '1.0.0', integrity }, tarball };
}

function tarEntry(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
