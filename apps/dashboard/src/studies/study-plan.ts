import type { StudySummary } from '../api/types.ts';

type Settings = Readonly<Record<string, unknown>>;

/** What the page reads of a plan; openapi.json leaves it open. */
export type StudyPlan = {
  readonly arms: readonly { readonly name: string; readonly base: Settings; readonly trials: readonly Settings[] }[];
  /** null: every arm runs at the settings given */
  readonly tune: { readonly seeds: readonly number[] } | null;
  readonly metric: string;
  readonly protocol: 'paper' | 'validation';
  readonly budget: { readonly pairs: number };
  readonly first_seed: number;
  readonly alpha: number;
  readonly min_effect: number;
};

export function planOf({ plan }: Pick<StudySummary, 'plan'>): StudyPlan {
  return plan as StudyPlan;
}
