import { createHash } from 'node:crypto';
import { canonicalJson, decisiveFields } from './experiment-identity.ts';
import type { ExperimentConfig } from './experiment-schema.ts';
import { lrAt } from './lr-schedule.ts';

/** Fields that decide nothing of a run's first updates; from which update on they do, `turns` tell. */
const lateFields: ReadonlySet<string> = new Set([
  'steps',
  'lr_gamma',
  'milestones',
  'eval_every',
  'log_every',
  'checkpoint_every',
]);

/**
 * What a config makes of each update, short: two runs have their first updates in common, with all that is measured before the
 * next, as far as their sequences are equal.
 */
export type UpdateSequence = {
  /** SHA-256 (hex) of the fields that decide every update */
  readonly trunk: string;
  readonly eval_every: number;
  /** [updates done before it, what is as of then], ascending; two runs whose turns before an update are equal are equal up to it */
  readonly turns: readonly Turn[];
};
export type Turn = readonly [updates: number, what: string];

/** The sequence of a complete config, whatever its length. */
export function updateSequence(config: ExperimentConfig): UpdateSequence {
  const entries = Object.entries(decisiveFields(config)).filter(
    // Where sec_ramp spreads the weight over the whole run, its length decides every update.
    ([field]) => !lateFields.has(field) || (field === 'steps' && config.sec_ramp),
  );
  const turns: Turn[] = [
    ...rateTurns(config),
    // The evaluation after the update of step eval_every comes before the next update.
    [config.eval_every + 1, `evaluated every ${config.eval_every}`],
    // train_loss of step log_every comes with its update; until then the window of losses holds all of them, whatever its length.
    [config.log_every, `logged every ${config.log_every}`],
  ];
  turns.sort(([a, first], [b, second]) => a - b || (first < second ? -1 : 1));
  const trunk = createHash('sha256')
    .update(canonicalJson(Object.fromEntries(entries)))
    .digest('hex');
  return { trunk, eval_every: config.eval_every, turns };
}

/** Updates after which the learning rates are others than before. */
function rateTurns(config: ExperimentConfig): Turn[] {
  const { lr_gamma: gamma, milestones, lr, lr_p, lr_proxies = 0 } = config;
  const initial = [lr, lr_p, lr_proxies];
  const turns: Turn[] = [];
  let rates = initial.join(' ');
  for (const step of [...new Set(milestones)].sort((a, b) => a - b)) {
    const lowered = initial.map((rate) => lrAt(step, { lr: rate, gamma, milestones })).join(' ');
    if (lowered !== rates) turns.push([step, `rates ${lowered}`]);
    rates = lowered;
  }
  return turns;
}

/** How many first updates two sequences have in common, where both runs are long enough; Infinity: all. */
export function sharedUpdates(a: UpdateSequence, b: UpdateSequence): number {
  if (a.trunk !== b.trunk) return 0;
  for (let at = 0; ; at += 1) {
    const [first, second] = [a.turns[at], b.turns[at]];
    if (first === undefined && second === undefined) return Number.POSITIVE_INFINITY;
    if (first?.[0] === second?.[0] && first?.[1] === second?.[1]) continue;
    return Math.min(first?.[0] ?? Number.POSITIVE_INFINITY, second?.[0] ?? Number.POSITIVE_INFINITY);
  }
}

/** The end of a run: where its last evaluation is done, which may measure what those before did not (SOP's clusters). */
export type RunEnd = { readonly updates: number; readonly measuredMore: boolean };

/** Whether a run passes through the end of another, evaluation and all: it evaluates there too, and the same. */
export function passesThroughEnd(
  end: RunEnd,
  run: { readonly updates: number; readonly sequence: Pick<UpdateSequence, 'eval_every'> },
): boolean {
  if (end.updates === run.updates) return true;
  return end.updates > 1 && (end.updates - 1) % run.sequence.eval_every === 0 && !end.measuredMore;
}
