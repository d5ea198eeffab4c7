import type { LossConstantField, LossName } from '@spherelab/catalogue';
import { expect } from 'vitest';
import type { GoldenFolder, TensorEntry } from '../../../test/golden-reader.ts';
import type { LossSettings } from '../src/index.ts';
import { expectGradient, expectScalars, type Scalars, secRounding } from './golden-passes.ts';
import { objectiveOf } from './objective-of.ts';

type Pass = {
  readonly f32: Scalars;
  readonly f64: Scalars;
  readonly grad: TensorEntry;
  readonly grad64: TensorEntry;
  readonly grad_proxies?: TensorEntry;
  readonly grad_proxies64?: TensorEntry;
};
type Input = { readonly features: TensorEntry; readonly labels: TensorEntry; readonly proxies?: TensorEntry };
type Case = {
  readonly name: string;
  readonly loss: LossName;
  readonly constants: Readonly<Partial<Record<LossConstantField, number>>>;
  readonly sec_wei: number;
  readonly l2reg_wei: number;
  readonly norm_momentum: number;
};
export type PmlLoss = {
  readonly pml: string;
  readonly arguments: Readonly<Record<string, string | number>>;
  readonly constants: Readonly<Record<string, number>>;
};
export type PmlManifest = {
  readonly losses: Readonly<Record<string, PmlLoss>>;
  readonly full: readonly (Case & Input & Pass)[];
  readonly steps: readonly (Case & { readonly steps: readonly (Input & Pass & { readonly step: number })[] })[];
  readonly edge: readonly (Case & Input & Pass & { readonly ours?: 'nan' })[];
};

/** The numbers of scripts/golden/losses.py as cases that throw where ours differ. */
export function pmlCases(golden: GoldenFolder<PmlManifest>): { title: string; check: () => void }[] {
  const passOf = (testCase: Case, input: Input, record = 0, momentum = 1) => {
    const loss: LossSettings = { name: testCase.loss, ...testCase.constants };
    const batch = {
      features: golden.float32(input.features),
      labels: golden.int32(input.labels),
      dim: input.features.shape[1] as number,
      instances: 2,
      ...(input.proxies === undefined ? {} : { proxies: golden.float32(input.proxies) }),
    };
    return objectiveOf(batch, {
      loss,
      secWei: testCase.sec_wei,
      l2regWei: testCase.l2reg_wei,
      record,
      momentum,
    });
  };
  const expectPass = (actual: ReturnType<typeof passOf>, testCase: Case, pass: Input & Pass): void => {
    expectScalars(actual.scalars, pass.f32);
    expectScalars(actual.scalars, pass.f64);
    const rounding = secRounding(testCase.sec_wei, actual.scalars.norm_mean, pass.labels.shape[0] as number);
    expectGradient(actual.grad, golden.float32(pass.grad), rounding);
    expectGradient(actual.grad, golden.float32(pass.grad64), rounding);
    if (pass.grad_proxies === undefined || pass.grad_proxies64 === undefined) return;
    expectGradient(actual.gradProxies as Float32Array, golden.float32(pass.grad_proxies));
    expectGradient(actual.gradProxies as Float32Array, golden.float32(pass.grad_proxies64));
  };

  const { full, steps, edge } = golden.manifest;
  return [
    ...full.map((one) => ({ title: one.name, check: () => expectPass(passOf(one, one), one, one) })),
    ...steps.map((run) => ({
      title: `${run.name}, consecutive steps`,
      check: () => {
        let record = 0;
        for (const step of run.steps) {
          const actual = passOf(run, step, record, step.step === 0 ? 1 : run.norm_momentum);
          expectPass(actual, run, step);
          record = actual.scalars.record_norm_mean;
        }
      },
    })),
    ...edge.map((one) => ({
      title: one.name,
      check: () => {
        const actual = passOf(one, one);
        if (one.ours === undefined) return expectPass(actual, one, one);
        expect(actual.scalars.loss_metric).toBeNaN();
        expect(actual.grad.some(Number.isNaN)).toBe(true);
      },
    })),
  ];
}
