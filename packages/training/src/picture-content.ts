import type { Dataset, ManifestEntry } from '@spherelab/datasets';

/** What the content of a picture is known by. One that is drawn has no bytes of its own: its name says all that it follows from. */
export function pictureContent({ name }: Pick<Dataset, 'name'>, { path, sha256 }: ManifestEntry): string {
  return sha256.length === 64 ? sha256 : `${name} ${path} ${sha256}`;
}
