import { canonicalDatasetName, paperDatasets, paperLossNames, regularisers } from '@spherelab/catalogue';
import { type PaperCell, paperCells } from '@spherelab/config';
import { CliError } from '../cli-error.ts';

/** As typed: comma-separated names; absent is all. */
export type CellChoice = {
  readonly dataset?: string | undefined;
  readonly loss?: string | undefined;
  readonly regulariser?: string | undefined;
};

/** The cells of the published table that a choice names. @throws CliError for a name that the table does not have */
export function chosenCells(choice: CellChoice): PaperCell[] {
  const datasets = namesOf('--dataset', choice.dataset, paperDatasets, canonicalDatasetName);
  const losses = namesOf('--loss', choice.loss, paperLossNames);
  const kinds = namesOf('--regulariser', choice.regulariser, regularisers);
  return paperCells.filter(
    ({ dataset, loss, regulariser }) =>
      datasets.includes(dataset) && losses.includes(loss) && kinds.includes(regulariser),
  );
}

/** `0,1,2` -> [0, 1, 2]. @throws CliError */
export function readSeeds(text: string): number[] {
  const seeds = text.split(',').map((seed) => (seed.trim() === '' ? Number.NaN : Number(seed)));
  if (seeds.every((seed) => Number.isInteger(seed) && seed >= 0)) return [...new Set(seeds)];
  throw new CliError(`--seeds ${text}: write whole numbers from 0 on, as 0,1,2`);
}

function namesOf(
  flag: string,
  text: string | undefined,
  known: readonly string[],
  canonical: (name: string) => string = (name) => name,
): readonly string[] {
  if (text === undefined) return known;
  const names = text.split(',').map((name) => canonical(name.trim()));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new CliError(`${flag} ${text}: the published table has no ${unknown}`, `it has ${known.join(', ')}`);
}
