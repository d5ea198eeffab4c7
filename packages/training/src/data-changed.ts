import { readFile } from 'node:fs/promises';
import { decodeManifest, type Manifest, manifestDifferences } from '@spherelab/datasets';
import type { RunStart } from './train-options.ts';
import { TrainingError } from './training-error.ts';

/** Images named in the message; the rest is counted. */
const NAMED = 5;

/** Tells what changed under a run, by name, and what its owner can do. The code is `data_changed`; not retried by itself. */
export async function dataChangedError(
  { differences, updates, manifestFile }: Extract<RunStart, { type: 'refuse' }>,
  now: Manifest,
): Promise<TrainingError> {
  const before = manifestFile === null ? null : decodeManifest(await readFile(manifestFile));
  const images = before === null ? [] : manifestDifferences(before, now);
  const more = images.length > NAMED ? [`and ${images.length - NAMED} more`] : [];
  const what = [...differences, ...images.slice(0, NAMED), ...more].join('; ');
  const goOn = updates === null ? 'begins anew as it was' : `resumes after ${updates} updates`;
  return new TrainingError(
    'data_changed',
    `what the run was made with changed while it was under way: ${what}. Put it back and retry, and it ${goOn}; retry without that, and it starts over with what is there now`,
  );
}

/** The file of weights was replaced between its hash and its reading. */
export function weightsChangedError(name: string): TrainingError {
  return new TrainingError('data_changed', `weights/${name} was replaced while it was read`, { retryable: true });
}
