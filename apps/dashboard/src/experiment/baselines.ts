import { metricText } from '../words/metric-text.ts';

type Scores = { readonly metrics?: Readonly<Record<string, number>> };

/** The parts of an experiment's result that are read here; nothing else is known of it. */
type Result = {
  readonly last?: Scores;
  readonly baselines?: { readonly untrained?: Scores; readonly features?: Scores; readonly colour_histogram?: Scores };
};

/** What a finished run is compared with, by name; R@1 as a fraction. */
export type Baseline = { readonly name: string; readonly recall: number };

/** The baselines of a result, what the network began with first; none before it has ended. */
export function baselinesOf(result: unknown): Baseline[] {
  const { baselines } = (result ?? {}) as Result;
  const isPretrained = baselines?.features !== undefined;
  const found: [string, Scores | undefined][] = [
    ['pretrained features', baselines?.features],
    [isPretrained ? 'before training' : 'untrained network', baselines?.untrained],
    ['colour histogram', baselines?.colour_histogram],
  ];
  return found.flatMap(([name, scores]) => {
    const recall = scores?.metrics?.recall_at_1;
    return recall === undefined ? [] : [{ name, recall }];
  });
}

/** Says that a run ended no better than something that cost nothing, than the best of these; null where it did not. */
export function belowBaseline(result: unknown): string | null {
  const reached = ((result ?? {}) as Result).last?.metrics?.recall_at_1;
  const [best] = baselinesOf(result).sort((a, b) => b.recall - a.recall);
  if (reached === undefined || best === undefined || reached > best.recall) return null;
  const shown = (recall: number) => metricText('recall_at_1', recall);
  return `R@1 ${shown(reached)} is not above the ${best.name} (${shown(best.recall)})`;
}
