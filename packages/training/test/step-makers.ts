import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openGraphSession } from '@spherelab/tensorflow';
import { openCompiledStep } from '../src/compiled-step.ts';
import { type InputSignature, recordStep } from '../src/record-step.ts';
import type { TrainStep, TrainStepOptions } from '../src/train-step.ts';
import { createEagerStep } from './eager-step.ts';

/** A step for batches of that many rows. */
export type MakeStep = (
  options: TrainStepOptions,
  batchSize: number,
  inputType?: InputSignature['inputType'],
) => TrainStep;

/** Records and loads a step in this process. */
export const compiledStep: MakeStep = (options, batchSize, inputType = 'float32') => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-step-'));
  try {
    const signature = { batchSize, inputType };
    writeFileSync(path.join(folder, 'saved_model.pb'), recordStep(options, signature));
    return openCompiledStep(openGraphSession(folder), options, signature);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The step that trains and the oracle; what holds for one must hold for the other. */
export const stepMakers: readonly { readonly kind: string; readonly make: MakeStep }[] = [
  { kind: 'compiled', make: compiledStep },
  { kind: 'eager', make: createEagerStep },
];
