import type { ExperimentRequest } from './experiment-schema.ts';

/**
 * How the lists of a data set are divided for an experiment: `paper` evaluates the test classes, `validation` the last of the
 * training classes, and a fold one of `folds` equal parts of the training classes, on which nothing was trained.
 */
export type Division = 'paper' | 'validation' | { readonly folds: number; readonly fold: number };

/** Of a config, or of a request; one whose fold makes no sense is refused with all else that is wrong with it. */
export function divisionOf({
  protocol = 'paper',
  folds,
  fold,
}: Partial<Pick<ExperimentRequest, 'protocol' | 'folds' | 'fold'>>): Division {
  if (protocol === 'paper') return 'paper';
  return folds !== undefined && fold !== undefined && fold < folds ? { folds, fold } : 'validation';
}

/** Equal divisions have equal names. */
export function divisionName(division: Division): string {
  return typeof division === 'string' ? division : `fold ${division.fold} of ${division.folds}`;
}
