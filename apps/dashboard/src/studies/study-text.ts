import { signedText } from '@spherelab/statistics';
import type { Study, StudySummary } from '../api/types.ts';
import { metricName } from '../words/metric-text.ts';
import { settingsText, valueText } from '../words/settings-text.ts';
import { planOf, type StudyPlan } from './study-plan.ts';

export type Comparison = Study['state']['comparisons'][number];
type Interval = { readonly low: number | null; readonly high: number | null };

export function studyTitle(study: Pick<StudySummary, 'name' | 'plan'>): string {
  return study.name ?? questionText(planOf(study));
}

/** "Is sec better than plain in R@1?" */
export function questionText({ arms, metric }: StudyPlan): string {
  const [baseline = '', ...others] = arms.map(({ name }) => name);
  const one = others.length === 1;
  return `${one ? 'Is' : 'Which of'} ${listText(others)} ${one ? '' : 'is '}better than ${baseline} in ${metricName(metric)}?`;
}

/** What it is judged on, what it may cost and how sure it has to be, a sentence each. */
export function conditionTexts(plan: StudyPlan): string[] {
  const judged = plan.protocol === 'paper' ? 'the test classes' : 'held-out training classes';
  const pairs = plan.budget.pairs === 1 ? 'one pair' : `${plan.budget.pairs} pairs`;
  return [
    `Judged on ${judged} by the ${metricName(plan.metric)} of each run's last evaluation.`,
    tuningText(plan),
    `At most ${pairs} of runs with the same seeds, from seed ${plan.first_seed} on.`,
    `Risk of a wrong decision, however often one looks: ${plan.alpha}. A gain below ${points(plan.min_effect)} points does not count.`,
  ];
}

function tuningText({ tune, arms }: StudyPlan): string {
  if (tune === null) return 'No arm is tuned: each runs at the settings given.';
  const counts = [...new Set(arms.map(({ trials }) => trials.length))];
  const runs = tune.seeds.length === 1 ? 'one run' : `${tune.seeds.length} runs`;
  return `Each arm first tries ${counts.join(' or ')} settings on held-out training classes, ${runs} each.`;
}

/** What all runs share: "dataset emoji, loss triplet". */
export function sharedText({ arms }: StudyPlan): string {
  const [first, ...others] = arms.map(({ base }) => base);
  const shared = Object.entries(first ?? {}).filter(([field, value]) =>
    others.every((base) => valueText(base[field]) === valueText(value)),
  );
  return settingsText(Object.fromEntries(shared));
}

/** What an arm has that not all have, and what it may try: "sec_wei 0.5; lr tuned". */
export function armText({ arms }: StudyPlan, name: string): string {
  const arm = arms.find((one) => one.name === name);
  const own = Object.entries(arm?.base ?? {}).filter(
    ([field, value]) => !arms.every(({ base }) => valueText(base[field]) === valueText(value)),
  );
  const tuned = [...new Set((arm?.trials ?? []).flatMap((trial) => Object.keys(trial)))];
  const parts = [settingsText(Object.fromEntries(own)), tuned.length > 0 ? `${listText(tuned)} tuned` : ''];
  return parts.filter((part) => part !== '').join('; ') || 'as it is';
}

/** The verdict; before the end of a study "undecided" is no answer yet. */
export function verdictText({ verdict }: Pick<Comparison, 'verdict'>, isOpen: boolean): string {
  return isOpen && verdict === 'undecided' ? 'not decided yet' : verdict;
}

/** "+3.2 points [+0.8, no bound], 8 pairs" */
export function effectText(effect: Comparison['effect']): string {
  if (effect === null) return 'no pair has ended yet';
  const pairs = effect.n === 1 ? 'one pair' : `${effect.n} pairs`;
  return `${signedPoints(effect.mean)} points ${intervalText(effect)}, ${pairs}`;
}

export function intervalText({ low, high }: Interval): string {
  if (low === null && high === null) return '(no bound yet)';
  const side = (bound: number | null) => (bound === null ? 'no bound' : signedPoints(bound));
  return `[${side(low)}, ${side(high)}]`;
}

/** The share of studies of which an interval holds, whenever one looks: "95 %". */
export function confidenceText(alphaEach: number): string {
  return `${Number((100 * (1 - alphaEach)).toFixed(2))} %`;
}

/** Evidence as it is read beside what decides: "2.98", "128", above a million only so much. */
export function evidenceText(evidence: number): string {
  return evidence > 1e6 ? 'over a million' : String(Math.round(Number(evidence.toPrecision(3)) * 100) / 100);
}

/** A rate in points. */
export function points(rate: number): string {
  return (100 * rate).toFixed(1);
}

export function signedPoints(rate: number): string {
  return signedText(100 * rate, 1);
}

/** a, b and c */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
