import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readGolden } from '../../../test/golden-reader.ts';
import { type PmlManifest, pmlCases } from './pml-cases.ts';

const python = process.env.SPHERELAB_PEER_PYTHON;
const script = fileURLToPath(new URL('../../../scripts/golden/losses.py', import.meta.url));

const cases = pmlCases(readGolden<PmlManifest>('losses-pml'));

it.each(cases)("equals pytorch-metric-learning's numbers: $title", ({ check }) => check());

/** Why this Python cannot make numbers, or null. */
function missing(): string | null {
  if (python === undefined) return 'SPHERELAB_PEER_PYTHON names no Python with torch and pytorch-metric-learning';
  try {
    execFileSync(python, ['-c', 'import torch, pytorch_metric_learning'], { stdio: 'pipe' });
    return null;
  } catch {
    return `${python} has no torch or no pytorch-metric-learning`;
  }
}

it('equals what pytorch-metric-learning gives now, on other inputs', ({ skip }) => {
  const why = missing();
  if (why !== null) return skip(why);
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-peer-'));
  try {
    execFileSync(python as string, [script, '--seed', '2', '--out', folder], {
      stdio: 'pipe',
    });
    const live = pmlCases(readGolden<PmlManifest>('losses-pml', folder));
    for (const { check } of live) check();
    expect(live).toHaveLength(cases.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
