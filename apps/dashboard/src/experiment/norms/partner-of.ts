import type { Experiment } from '../../api/types.ts';

const told = ['sec_wei', 'name', 'tags', 'priority', 'device'];

/** The run that differs from this one in SEC alone: plain for one with SEC, with SEC for a plain one; null where there is none. */
export function partnerOf(experiment: Experiment, others: readonly Experiment[]): Experiment | null {
  const hasSec = ({ config }: Experiment) => Number(config.sec_wei) > 0;
  const rest = ({ config }: Experiment) =>
    JSON.stringify(
      Object.entries(config)
        .filter(([field]) => !told.includes(field))
        .sort(([a], [b]) => a.localeCompare(b)),
    );
  const own = rest(experiment);
  return others.find((other) => hasSec(other) !== hasSec(experiment) && rest(other) === own) ?? null;
}
