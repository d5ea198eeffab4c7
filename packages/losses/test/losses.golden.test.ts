import type { LossName } from '@spherelab/catalogue';
import { describe, expect, it } from 'vitest';
import { goldenNumber, readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import { lossSettings } from '../../../test/loss-settings.ts';
import { BatchCompositionError, batchLayout } from '../src/index.ts';
import {
  expectGradient,
  expectScalars,
  nanPattern,
  type Scalars,
  secRounding,
  sumOverGroups,
} from './golden-passes.ts';
import { type Batch, metricLossOf, objectiveOf } from './objective-of.ts';

type Pass = { readonly f32: Scalars; readonly f64?: Scalars; readonly grad: TensorEntry };
type Input = { readonly features: TensorEntry; readonly labels: TensorEntry };
type Case = {
  readonly name: string;
  readonly loss: LossName;
  readonly instances: number;
  readonly dim: number;
};
type Weighted = Case & { readonly sec_wei: number; readonly l2reg_wei: number; readonly norm_momentum: number };
type Outcome = { readonly outcome: 'value' | 'error'; readonly error_type?: string; readonly error_message?: string };
type GradCompare = 'elementwise' | 'sum-over-duplicate-groups' | 'nan-pattern';
type Edge = Case &
  Input &
  Partial<Pass> &
  Outcome & {
    readonly grad_compare: GradCompare;
    readonly duplicate_groups?: readonly (readonly number[])[];
    readonly train_loop_sec0?: Outcome & Partial<Pass>;
    readonly train_loop_sec1?: Outcome & Partial<Pass>;
  };
type Manifest = {
  readonly full: readonly (Weighted & Input & Pass)[];
  readonly steps: readonly (Weighted & { readonly steps: readonly (Input & Pass & { readonly step: number })[] })[];
  readonly edge: readonly Edge[];
};

const golden = readGolden<Manifest>('losses');

function batchOf(testCase: Case, input: Input): Batch {
  return {
    features: golden.float32(input.features),
    labels: golden.int32(input.labels),
    dim: testCase.dim,
    instances: testCase.instances,
  };
}

type Actual = { readonly scalars: Readonly<Record<string, number>>; readonly grad: Float32Array };

function expectEdge(actual: Actual, edge: Edge, pass: Pass, rounding = 0): void {
  const grad = golden.float32(pass.grad);
  if (edge.grad_compare === 'nan-pattern') {
    for (const [name, value] of Object.entries(pass.f32)) {
      expect(Number.isNaN(actual.scalars[name]), name).toBe(Number.isNaN(goldenNumber(value)));
    }
    expect(nanPattern(actual.grad)).toEqual(nanPattern(grad));
    return;
  }
  expectScalars(actual.scalars, pass.f32);
  const groups = edge.grad_compare === 'sum-over-duplicate-groups' ? (edge.duplicate_groups ?? []) : [];
  expectGradient(sumOverGroups(actual.grad, edge.dim, groups), sumOverGroups(grad, edge.dim, groups), rounding);
}

describe('one training step gives the golden values and gradient', () => {
  it.each(golden.manifest.full)('$name', (golden1) => {
    const actual = objectiveOf(batchOf(golden1, golden1), {
      loss: lossSettings[golden1.loss],
      secWei: golden1.sec_wei,
      l2regWei: golden1.l2reg_wei,
    });
    expectScalars(actual.scalars, golden1.f32);
    expectScalars(actual.scalars, golden1.f64 ?? {});
    expectGradient(actual.grad, golden.float32(golden1.grad));
  });
});

describe('consecutive steps carry the running mean of the norms', () => {
  it.each(golden.manifest.steps)('$name', (run) => {
    let record = 0;
    for (const step of run.steps) {
      const actual = objectiveOf(batchOf(run, step), {
        loss: lossSettings[run.loss],
        secWei: run.sec_wei,
        l2regWei: run.l2reg_wei,
        record,
        momentum: step.step === 0 ? 1 : run.norm_momentum,
      });
      expectScalars(actual.scalars, step.f32);
      expectGradient(actual.grad, golden.float32(step.grad));
      record = actual.scalars.record_norm_mean;
    }
  });
});

describe('the metric loss alone on edge cases', () => {
  it.each(golden.manifest.edge)('$name', (edge) => {
    const batch = batchOf(edge, edge);
    if (edge.outcome === 'error') {
      expect(() => batchLayout(batch.labels, edge.loss, edge.instances)).toThrow(BatchCompositionError);
      return;
    }
    expectEdge(metricLossOf(batch, lossSettings[edge.loss]), edge, edge as Pass);
  });
});

describe('the training step on edge cases', () => {
  const passes = golden.manifest.edge.flatMap((edge) => [
    { title: `${edge.name}, sec_wei 0`, secWei: 0, edge, pass: edge.train_loop_sec0 },
    { title: `${edge.name}, sec_wei 1`, secWei: 1, edge, pass: edge.train_loop_sec1 },
  ]);
  it.each(passes.filter(({ pass }) => pass !== undefined))('$title', ({ edge, pass, secWei }) => {
    const batch = batchOf(edge, edge);
    if (edge.outcome === 'error') {
      expect(() => batchLayout(batch.labels, edge.loss, edge.instances)).toThrow(BatchCompositionError);
      return;
    }
    const actual = objectiveOf(batch, { loss: lossSettings[edge.loss], secWei });
    if (pass?.outcome === 'error') {
      // The reference's loss has a value here, but its loop calls `.item()` on averages that are Python numbers when
      // multi-similarity skips every anchor. Our loop logs 0 and goes on (design.md, section 6).
      expectScalars(actual.scalars, { ...edge.f32, loss_total: secWei * actual.scalars.loss_sec });
      return;
    }
    expectEdge(actual, edge, pass as Pass, secRounding(secWei, actual.scalars.norm_mean, batch.labels.length));
  });
});
