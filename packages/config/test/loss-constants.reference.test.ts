import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  losses as catalogue,
  type LossConstantField,
  type LossName,
  lossRecord,
  paperLossNames,
} from '@spherelab/catalogue';
import { describe, expect, it } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { resolveExperiment } from '../src/index.ts';

type Constants = { readonly value: Readonly<Record<string, number>>; readonly source: string };
type Reference = {
  readonly datasets: Readonly<Record<string, Record<LossName, Record<string, { readonly loss_constants: Constants }>>>>;
};

const reference = JSON.parse(readFileSync(path.join(goldenRoot(), 'reference-defaults.json'), 'utf8')) as Reference;

/** The constants under the names that loss.py gives them. */
const referenceNames: Readonly<Partial<Record<LossName, Readonly<Partial<Record<LossConstantField, string>>>>>> = {
  triplet: { margin: 'margin' },
  semihtriplet: { margin: 'margin' },
  'n-npair': { scale: 'scale' },
  ms: { alpha: 'scale_pos', beta: 'scale_neg', base: 'thresh', margin: 'margin' },
};
const constants = paperLossNames.flatMap((loss) =>
  Object.entries(referenceNames[loss] ?? {}).map(([field, theirs]) => ({
    loss,
    field: field as LossConstantField,
    theirs,
  })),
);

/** `loss.py:169-172,185` names the lines 169, 170, 171, 172 and 185. */
function namesLine(source: string, line: number): boolean {
  const ranges = source.replace('loss.py:', '').split(',');
  return ranges.some((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return first <= line && line <= last;
  });
}

describe.each(constants)("$field of $loss is the reference's $theirs", ({ loss, field, theirs }) => {
  const constant = lossRecord(loss).constants[field];
  const variants = Object.entries(reference.datasets).flatMap(([dataset, losses]) =>
    Object.entries(losses[loss]).map(([variant, defaults]) => ({ dataset, variant, ...defaults.loss_constants })),
  );

  it.each(variants)('on $dataset ($variant), from the line that sets it', ({ dataset, value, source }) => {
    expect(constant?.value).toBe(value[theirs]);
    const [file, line] = (constant?.source ?? '').split(':');
    expect(file).toBe('loss.py');
    expect(namesLine(source, Number(line)), `${constant?.source} is not in ${source}`).toBe(true);
    const { config, sources } = resolveExperiment({ dataset, loss }, null);
    expect([config[field], sources[field]]).toEqual([value[theirs], constant?.source]);
  });
});

it('no loss of the paper has a constant that the reference does not name', () => {
  for (const loss of paperLossNames) {
    expect(Object.keys(lossRecord(loss).constants).sort()).toEqual(Object.keys(referenceNames[loss] ?? {}).sort());
  }
});

it('the scale of n-npair, applied to both sides of the product, is the multiplier of its logits', () => {
  const multiplier = reference.datasets.CUB?.['n-npair'].default?.loss_constants.value.logit_multiplier;
  expect(catalogue['n-npair'].constants.scale.value ** 2).toBe(multiplier);
});
