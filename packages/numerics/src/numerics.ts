import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Numerics } from '@spherelab/config';
import { libraries, recorded, rooms, uncounted } from './code-parts.ts';

/** A compiled file: `room/path` without ending, and its text. */
export type CodeFile = { readonly name: string; readonly text: string };

/** Folder of the rooms; the same from src/ and dist/. */
const packagesFolder = fileURLToPath(new URL('../../', import.meta.url));

let known: Numerics | null = null;

/** The versions of the code beside this process, as it was when first asked. Throws where a room is not built. */
export function readNumerics(): Numerics {
  known ??= numericsNow();
  return known;
}

/** The same as they are now: another where the code was built again meanwhile. Throws where a room is not built. */
export function numericsNow(): Numerics {
  return numericsOf(packagesFolder);
}

/**
 * The versions of compiled rooms under a folder. The compiler has taken comments and types out, so neither counts. The exact
 * versions of the libraries that compute count too.
 */
export function numericsOf(folder: string): Numerics {
  const files = rooms.flatMap((room) => roomFiles(folder, room)).filter(({ name }) => !isListed(name, uncounted));
  const all = [...files, ...rooms.map((room) => ({ name: `${room} libraries`, text: librariesOf(folder, room) }))];
  return { version: hashOf(all), host: hashOf(all.filter(({ name }) => !isListed(name, recorded))) };
}

/** Whether a file is named in a list of files and folders. */
export function isListed(name: string, list: readonly string[]): boolean {
  return list.some((entry) => (entry.endsWith('/') ? name.startsWith(entry) : name === entry));
}

/** Compiled files of a room, by name. What is left of sources that are gone is not code of this release. */
export function roomFiles(folder: string, room: string): CodeFile[] {
  const dist = `${folder}/${room}/dist`;
  const paths = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.js') && existsSync(`${folder}/${room}/src/${path.slice(0, -'.js'.length)}.ts`),
  );
  return paths.sort().map((path) => ({
    name: `${room}/${path.slice(0, -'.js'.length)}`,
    text: readFileSync(`${dist}/${path}`, 'utf8'),
  }));
}

function librariesOf(folder: string, room: string): string {
  const { dependencies = {} } = JSON.parse(readFileSync(`${folder}/${room}/package.json`, 'utf8')) as {
    dependencies?: Readonly<Record<string, string>>;
  };
  return libraries.flatMap((name) => (name in dependencies ? `${name} ${dependencies[name]}` : [])).join('\n');
}

function hashOf(files: readonly CodeFile[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of files) hash.update(`${name} ${text.length}\n${text}\n`);
  return hash.digest('hex');
}
