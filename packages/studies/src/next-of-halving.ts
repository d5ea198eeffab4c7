import { isSettled, type RunState } from '@spherelab/config';

/** What successive halving goes by: `configs` are the places of each setting's runs, one for each seed, within a rung. */
export type HalvingPlan = {
  /** steps of each rung */
  readonly rungs: readonly number[];
  readonly factor: number;
  readonly metric: string;
  readonly configs: readonly (readonly number[])[];
};

/** A run, and how it stands; `place` is that of its cell in the sweep. */
export type HalvingRun = {
  readonly rung: number;
  readonly place: number;
  readonly status: RunState;
  readonly metrics: Readonly<Record<string, number>> | null;
};

export type RungConfig = {
  /** its number among the settings of the sweep */
  readonly config: number;
  /** over the seeds that measured it; null until its runs ended, and where none succeeded */
  readonly mean: number | null;
  readonly n: number;
  readonly failed: number;
  readonly state: 'waits' | 'promoted' | 'stopped' | 'finished';
  /** why, in words */
  readonly reason: string;
};

export type RungState = {
  readonly rung: number;
  readonly steps: number;
  /** settings that this rung has in the end, and how many of them are promoted to the next */
  readonly size: number;
  readonly promoted: number;
  readonly configs: readonly RungConfig[];
};

/** What is known, and which runs are wanted next. */
export type HalvingStep = {
  readonly rungs: readonly RungState[];
  readonly wanted: readonly { readonly rung: number; readonly place: number }[];
  readonly is_done: boolean;
};

type Scored = {
  readonly config: number;
  readonly mean: number | null;
  readonly n: number;
  readonly failed: number;
  readonly is_ended: boolean;
};

/**
 * Successive halving (Jamieson and Talwalkar 2016, "Non-stochastic best arm identification") without its barriers: a setting is promoted
 * as soon as it is sure to be among the best of its rung, whatever the others will do. Nobody waits who need not, and unlike
 * in ASHA (Li et al. 2020) what is promoted does not depend on which worker was faster.
 */
export function nextOfHalving(plan: HalvingPlan, runs: readonly HalvingRun[]): HalvingStep {
  const sizes = rungSizes(plan);
  const rungs: RungState[] = [];
  let members = plan.configs.map((_, config) => config);
  for (const [rung, steps] of plan.rungs.entries()) {
    const size = sizes[rung] as number;
    const isLast = rung === plan.rungs.length - 1;
    const promotions = isLast ? 0 : (sizes[rung + 1] as number);
    const scored = members.map((config) => scoreOf(plan, runs, rung, config));
    const configs = scored.map((one) => judge(one, scored, { steps, size, promotions, isLast, metric: plan.metric }));
    rungs.push({ rung, steps, size, promoted: promotions, configs });
    members = configs.filter(({ state }) => state === 'promoted').map(({ config }) => config);
  }
  const known = new Set(runs.map(({ rung, place }) => `${rung} ${place}`));
  const wanted = rungs.flatMap(({ rung, configs }) =>
    configs.flatMap(({ config }) =>
      (plan.configs[config] ?? []).filter((place) => !known.has(`${rung} ${place}`)).map((place) => ({ rung, place })),
    ),
  );
  const isDone = wanted.length === 0 && rungs.every(({ configs }) => configs.every(({ state }) => state !== 'waits'));
  return { rungs, wanted, is_done: isDone };
}

/** Settings of each rung: one of `factor` is promoted, one at least. */
export function rungSizes({ rungs, factor, configs }: HalvingPlan): number[] {
  const sizes = [configs.length];
  for (let rung = 1; rung < rungs.length; rung += 1) {
    sizes.push(Math.max(1, Math.floor((sizes[rung - 1] as number) / factor)));
  }
  return sizes;
}

function scoreOf(plan: HalvingPlan, runs: readonly HalvingRun[], rung: number, config: number): Scored {
  const places = plan.configs[config] ?? [];
  const own = runs.filter((run) => run.rung === rung && places.includes(run.place));
  const ended = own.filter(({ status }) => isSettled(status));
  const values = ended.flatMap(({ metrics }) => metrics?.[plan.metric] ?? []);
  const isEnded = ended.length === places.length;
  const mean = isEnded && values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  return { config, mean, n: values.length, failed: ended.length - values.length, is_ended: isEnded };
}

type Rung = {
  readonly steps: number;
  readonly size: number;
  readonly promotions: number;
  readonly isLast: boolean;
  readonly metric: string;
};

function judge(one: Scored, all: readonly Scored[], { steps, size, promotions, isLast, metric }: Rung): RungConfig {
  const { config, mean, n, failed } = one;
  const told = { config, mean, n, failed };
  const waits = (reason: string): RungConfig => ({ ...told, state: 'waits', reason });
  if (!one.is_ended) return waits(`trains to ${steps} steps`);
  const score = mean === null ? 'no run of it ended with a result' : `${metric} ${(100 * mean).toFixed(1)} %`;
  if (isLast) return { ...told, state: 'finished', reason: `${score} at ${steps} steps` };
  const ended = all.filter((other) => other.is_ended);
  const ahead = ended.filter((other) => isAhead(other, one)).length;
  const open = size - ended.length;
  if (mean !== null && ahead + open < promotions) {
    return {
      ...told,
      state: 'promoted',
      reason: `${score} at ${steps} steps: among the best ${promotions} of ${size}`,
    };
  }
  if (ahead >= promotions || (mean === null && open === 0)) {
    return {
      ...told,
      state: 'stopped',
      reason: `${score} at ${steps} steps: ${ahead} of ${size} are ahead, ${promotions} go on`,
    };
  }
  return waits(`${score} at ${steps} steps; ${open} of ${size} are still open`);
}

/** Of equal means the one that comes first in the sweep is ahead; one without a result is behind all. */
function isAhead(other: Scored, one: Scored): boolean {
  if (other.config === one.config) return false;
  const [a, b] = [other.mean ?? Number.NEGATIVE_INFINITY, one.mean ?? Number.NEGATIVE_INFINITY];
  return a > b || (a === b && other.config < one.config);
}
