import { datasets, type PaperDataset, paperDatasets } from './datasets.ts';
import { type LossName, paperLossNames } from './losses.ts';
import { type Regulariser, regularisers } from './regulariser.ts';

/** One row of the published table; metrics by the API's names, fractions 0..1. */
export type PaperResult = {
  readonly dataset: PaperDataset;
  readonly loss: LossName;
  readonly regulariser: Regulariser;
  readonly metrics: Readonly<Record<string, number>>;
};

/** The published table (arXiv 2011.02785): 48 rows in its order. */
export const paperResults: readonly PaperResult[] = paperDatasets.flatMap((dataset) => {
  const { metrics: columns, rows } = datasets[dataset].published;
  return rows
    .trim()
    .split('\n')
    .map((line) => {
      const [loss, regulariser, ...percents] = line.trim().split(' ');
      const metrics = Object.fromEntries(columns.map((metric, at) => [metric, fraction(percents[at])]));
      return { dataset, loss: oneOf(paperLossNames, loss), regulariser: oneOf(regularisers, regulariser), metrics };
    });
});

/** Percent with two decimals -> the nearest fraction, so that 60.11 is 0.6011 and no neighbour of it. */
function fraction(percent: string | undefined): number {
  return Math.round(Number(percent) * 100) / 10_000;
}

function oneOf<T extends string>(names: readonly T[], name: string | undefined): T {
  const known = names.find((one) => one === name);
  if (known === undefined) throw new Error(`the published table has no ${name}`);
  return known;
}
