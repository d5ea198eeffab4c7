// placeholder until the content index lands
export type Manifest = { readonly lines: readonly string[] };
export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(manifest.lines.join('\n'));
}
export function decodeManifest(bytes: Uint8Array): Manifest {
  return { lines: new TextDecoder().decode(bytes).split('\n') };
}
export function manifestDifferences(before: Manifest, now: Manifest): string[] {
  return now.lines.filter((line) => !before.lines.includes(line));
}
