import { DatasetError } from '../dataset-error.ts';
import type { PinnedPackage } from './pinned-packages.ts';
import { tarMember } from './tar-member.ts';

/** One drawing: what stands inside of its `<svg>`, and the size in the units it is drawn in. */
export type Drawing = { readonly body: string; readonly width: number; readonly height: number };

/** Whose drawings these are, as the package says. */
export type SetCredits = {
  readonly title: string;
  readonly author: string;
  readonly authorUrl: string;
  readonly licence: string;
  readonly spdx: string;
  readonly licenceUrl: string;
};

/** The drawings of one designer by name. */
export type IconSet = {
  readonly designer: string;
  readonly drawings: ReadonlyMap<string, Drawing>;
  readonly credits: SetCredits;
};

/** icons.json of Iconify: sizes of the set hold for every icon that has none of its own, and are 16 where nothing is said. */
type IconsFile = {
  readonly width?: number;
  readonly height?: number;
  readonly icons: Readonly<Record<string, Partial<Drawing> & { readonly hidden?: boolean }>>;
};

type InfoFile = {
  readonly name: string;
  readonly author: { readonly name: string; readonly url?: string };
  readonly license: { readonly title: string; readonly spdx?: string; readonly url?: string };
};

const defaultSize = 16;

/**
 * Reads a package of drawings. Aliases are not drawings: they give a second name to one that has a name already, and would put one
 * picture into two classes. Hidden icons are names that the set has given up.
 * @throws DatasetError malformed_file
 */
export function readIconSet({ designer, name }: PinnedPackage, tarball: Uint8Array): IconSet {
  const icons = parse<IconsFile>(tarball, 'package/icons.json', name);
  const info = parse<InfoFile>(tarball, 'package/info.json', name);
  const drawings = new Map<string, Drawing>();
  for (const [icon, { body, width, height, hidden }] of Object.entries(icons.icons)) {
    if (body === undefined || hidden === true) continue;
    const size = { width: width ?? icons.width ?? defaultSize, height: height ?? icons.height ?? defaultSize };
    drawings.set(icon, { body, ...size });
  }
  return { designer, drawings, credits: creditsOf(info) };
}

function creditsOf({ name, author, license }: InfoFile): SetCredits {
  return {
    title: name,
    author: author.name,
    authorUrl: author.url ?? '',
    licence: license.title,
    spdx: license.spdx ?? '',
    licenceUrl: license.url ?? '',
  };
}

function parse<T>(tarball: Uint8Array, member: string, name: string): T {
  try {
    return JSON.parse(tarMember(tarball, member).toString('utf8')) as T;
  } catch (cause) {
    throw new DatasetError('malformed_file', `${member} of ${name} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
