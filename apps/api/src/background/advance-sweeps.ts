import { parseSweepRequest, repetitionsOf, rungSteps, type SweepRequest } from '@spherelab/config';
import {
  addSweepCells,
  closeSweep,
  type Database,
  openSweeps,
  type Sweep,
  type SweepCell,
  sweepCells,
} from '@spherelab/db';
import { type HalvingPlan, type HalvingStep, nextOfHalving } from '@spherelab/studies';
import { resolveSweepCells } from '../requests/resolve-request.ts';
import { advanceEach } from './advance-each.ts';

type Known = Parameters<typeof resolveSweepCells>[0] & { readonly database: Database };

/**
 * Brings every sweep with successive halving a rung further where it may, as `advanceStudies` does with studies.
 * @returns whether something was queued
 */
export async function advanceSweeps(known: Known, complain: (id: string, error: unknown) => void): Promise<boolean> {
  return advanceEach(await openSweeps(known.database.pool, 'asha'), (sweep) => advanceSweep(known, sweep), complain);
}

async function advanceSweep(known: Known, { id, request }: Pick<Sweep, 'id' | 'request'>): Promise<boolean> {
  const { database } = known;
  const sweep = parseSweepRequest(request);
  const places = placesOf(sweep);
  const { wanted, is_done: isDone } = stepOf(places, await sweepCells(database.pool, id));
  if (isDone) await closeSweep(database.pool, id);
  if (wanted.length === 0) return false;
  const byRung = new Map<number, Awaited<ReturnType<typeof resolveSweepCells>>>();
  for (const { rung } of wanted) {
    if (!byRung.has(rung)) byRung.set(rung, await resolveSweepCells(known, sweep, rung));
  }
  const added = wanted.flatMap(({ rung, place }) => {
    const cell = byRung.get(rung)?.[place];
    return cell === undefined ? [] : [{ position: rung * places.cellsOfRung + place, cell }];
  });
  return (await addSweepCells(database, id, added)) !== null;
}

/** How a sweep with successive halving stands. */
export function halvingOf(sweep: SweepRequest, cells: readonly SweepCell[]): HalvingStep {
  return stepOf(placesOf(sweep), cells);
}

/** The cell at a place of a rung has the position rung x cells of a rung + place. */
type Places = { readonly plan: HalvingPlan; readonly cellsOfRung: number };

function stepOf({ plan, cellsOfRung }: Places, cells: readonly SweepCell[]): HalvingStep {
  const runs = cells.map(({ position, status, metrics }) => ({
    rung: Math.floor(position / cellsOfRung),
    place: position % cellsOfRung,
    status,
    metrics,
  }));
  return nextOfHalving(plan, runs);
}

function placesOf(sweep: SweepRequest): Places {
  const { halving } = sweep;
  if (halving === undefined) throw new RangeError('the sweep has no halving');
  const configs = repetitionsOf(sweep).map(({ places }) => places);
  const { factor, metric } = halving;
  return {
    plan: { rungs: rungSteps(sweep), factor, metric, configs },
    cellsOfRung: configs.reduce((sum, places) => sum + places.length, 0),
  };
}
