import type { Manifest, ManifestEntry } from './manifest.ts';

type Part = 'train' | 'test' | 'gallery';
const PARTS: readonly Part[] = ['train', 'test', 'gallery'];

/** An image with the parts that list it. */
type Listed = { readonly sha256: string; readonly label: number; readonly parts: readonly Part[] };

function entriesOf(manifest: Manifest, part: Part): readonly ManifestEntry[] {
  return manifest[part] ?? [];
}

/** A gallery may list an image that is a query too; its class and content are the same there. */
function byPath(manifest: Manifest): Map<string, Listed> {
  const listed = new Map<string, Listed>();
  for (const part of PARTS) {
    for (const { path, label, sha256 } of entriesOf(manifest, part)) {
      listed.set(path, { sha256, label, parts: [...(listed.get(path)?.parts ?? []), part] });
    }
  }
  return listed;
}

/**
 * What changed between two manifests in words, an image a line: other bytes, added and removed images first, then parts and
 * labels. Where the images are the same, the parts whose order is another. Empty for equal manifests.
 */
export function manifestDifferences(before: Manifest, now: Manifest): string[] {
  const [old, current] = [byPath(before), byPath(now)];
  const contents: string[] = [];
  const places: string[] = [];
  for (const [path, entry] of current) {
    const was = old.get(path);
    if (was === undefined) {
      contents.push(`${path}: added`);
      continue;
    }
    if (was.sha256 !== entry.sha256) contents.push(`${path}: other bytes`);
    const [from, to] = [was.parts.join(' and '), entry.parts.join(' and ')];
    if (from !== to) places.push(`${path}: moved from ${from} to ${to}`);
    if (was.label !== entry.label) places.push(`label of ${path} changed from ${was.label} to ${entry.label}`);
  }
  for (const path of old.keys()) if (!current.has(path)) contents.push(`${path}: removed`);
  const differences = [...contents, ...places];
  return differences.length > 0 ? differences : otherOrders(before, now);
}

function otherOrders(before: Manifest, now: Manifest): string[] {
  const changed = PARTS.filter((part) => {
    const list = entriesOf(now, part);
    const old = entriesOf(before, part);
    return list.length !== old.length || list.some(({ path }, index) => path !== old[index]?.path);
  });
  return changed.map((part) => `order of the ${part} list changed`);
}
