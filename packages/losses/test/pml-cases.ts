import type { LossConstantField, LossName } from '@spherelab/catalogue';
import { expect } from 'vitest';
import { type GoldenFolder, type GoldenNumber, goldenNumber, type TensorEntry } from '../../../test/golden-reader.ts';
import type { LossSettings } from '../src/index.ts';
import { expectGradient, expectScalars, type Scalars, secRounding } from './golden-passes.ts';
import { objectiveOf } from './objective-of.ts';

type Pass = {
  readonly f32: Scalars;
  readonly f64: Scalars;
  readonly grad: TensorEntry;
  readonly grad64: TensorEntry;
  readonly grad_f32_vs_f64_max_abs: GoldenNumber;
  readonly grad_proxies?: TensorEntry;
  readonly grad_proxies64?: TensorEntry;
  readonly grad_proxies_f32_vs_f64_max_abs?: GoldenNumber;
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

/** Beside the tolerance, what rounding may do where a gradient is what is left of larger terms: the library's own, a few times. */
function allowance(libraryRounding: GoldenNumber): number {
  const own = goldenNumber(libraryRounding);
  return Number.isFinite(own) ? 4 * own : 0;
}

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
    const { labels, grad, grad64, grad_proxies: proxies, grad_proxies64: proxies64 } = pass;
    const sec = secRounding(testCase.sec_wei, actual.scalars.norm_mean, labels.shape[0] as number);
    const rounding = sec + allowance(pass.grad_f32_vs_f64_max_abs);
    for (const expected of [grad, grad64]) expectGradient(actual.grad, golden.float32(expected), rounding);
    if (proxies === undefined || proxies64 === undefined) return;
    const roundingOfProxies = allowance(pass.grad_proxies_f32_vs_f64_max_abs ?? 0);
    for (const expected of [proxies, proxies64]) {
      expectGradient(actual.gradProxies as Float32Array, golden.float32(expected), roundingOfProxies);
    }
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
