import type { ConfigIssue } from './config-error.ts';
import { checkSearchSpace, type Settings } from './search-space.ts';
import type { SweepRequest } from './sweep-schema.ts';

type Strategy = SweepRequest['strategy'];

/** Fields of a sweep that only some strategies have. */
const needed: Readonly<Record<'space' | 'samples' | 'halving', readonly Strategy[]>> = {
  space: ['random', 'asha'],
  samples: ['random', 'asha'],
  halving: ['asha'],
};

/** What of a sweep does not go with its strategy. */
export function checkStrategy(sweep: SweepRequest): ConfigIssue[] {
  const { strategy } = sweep;
  const issues: ConfigIssue[] = [];
  for (const [field, owners] of Object.entries(needed) as [keyof typeof needed, readonly Strategy[]][]) {
    const value = sweep[field];
    if (owners.includes(strategy) && value === undefined) {
      issues.push({ field, value, reason: `is required where strategy is ${strategy}` });
    }
    if (!owners.includes(strategy) && value !== undefined) {
      issues.push({ field, value, reason: `goes with strategy ${owners.join(' or ')}, not with ${strategy}` });
    }
  }
  return [...issues, ...checkDrawn(sweep), ...(strategy === 'asha' ? checkHalving(sweep) : [])];
}

function checkDrawn({ space = {}, base, grid, cells = [] }: SweepRequest): ConfigIssue[] {
  const twice = Object.keys(space).flatMap((field) => {
    const other =
      field in base ? 'base' : field in grid ? 'grid' : cells.some((cell) => field in cell) ? 'cells' : null;
    return other === null
      ? []
      : [{ field: `space.${field}`, value: undefined, reason: `is also in ${other}; name it once` }];
  });
  return [...checkSearchSpace(space, 'space'), ...twice];
}

function checkHalving(sweep: SweepRequest): ConfigIssue[] {
  const { base, halving, grid, cells = [], space = {} } = sweep;
  const issues: ConfigIssue[] = [];
  for (const field of ['steps', 'protocol', 'eval_every']) {
    const place = field in grid ? `grid.${field}` : field in space ? `space.${field}` : null;
    const where = place ?? (cells.some((cell) => field in cell) ? 'cells' : null);
    if (where !== null)
      issues.push({ field: where, value: undefined, reason: `${field} is the same for all where strategy is asha` });
  }
  const { steps, protocol = 'validation', eval_every: every } = base;
  if (typeof steps !== 'number') {
    issues.push({
      field: 'base.steps',
      value: steps,
      reason: 'is required where strategy is asha: the steps of the last rung',
    });
  } else if (halving !== undefined && halving.first_steps >= steps) {
    issues.push({
      field: 'halving.first_steps',
      value: halving.first_steps,
      reason: `must be less than base.steps (${steps})`,
    });
  }
  if (protocol !== 'validation') {
    const reason = 'must be validation where strategy is asha: what chooses may not see the test classes';
    issues.push({ field: 'base.protocol', value: protocol, reason });
  }
  if (halving !== undefined && typeof every === 'number' && halving.first_steps % every !== 0) {
    const reason = `must divide halving.first_steps (${halving.first_steps}), so that a longer run passes where the shorter ended`;
    issues.push({ field: 'base.eval_every', value: every, reason });
  }
  return issues;
}

/** Steps of each rung: `factor` times those of the one before, up to the steps of base. Empty where there is no halving. */
export function rungSteps({ base, halving }: Pick<SweepRequest, 'base' | 'halving'>): number[] {
  const last = base.steps;
  if (halving === undefined || typeof last !== 'number') return [];
  const rungs: number[] = [];
  for (let steps = halving.first_steps; steps < last; steps *= halving.factor) rungs.push(steps);
  return [...rungs, last];
}

/** Fields of the cells at a rung: a longer run goes on where a shorter one ended, since it evaluates there too. */
export function fieldsOfRung(sweep: SweepRequest, rung: number): Settings {
  if (sweep.halving === undefined) return {};
  const { eval_every: every = sweep.halving.first_steps } = sweep.base;
  return { protocol: 'validation', steps: rungSteps(sweep)[rung], eval_every: every };
}
