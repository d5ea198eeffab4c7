import {
  type Database,
  endStudy,
  launchStudyRuns,
  listWorkers,
  openStudies,
  type StudyRow,
  studyRuns,
} from '@spherelab/db';
import { nextOfStudy, type StudyPlan } from '@spherelab/studies';
import { resolveStudyRuns } from '../requests/resolve-study.ts';
import { advanceEach } from './advance-each.ts';

type Known = Parameters<typeof resolveStudyRuns>[0] & { readonly database: Database };

/**
 * Brings every open study a step further: queues the runs that it wants next, or ends it with its answer. What comes next follows from
 * the plan and the rows alone, so each API process may do this, at any time and at once, and one that dies in between is not missed.
 * @returns whether something was queued
 */
export async function advanceStudies(known: Known, complain: (id: string, error: unknown) => void): Promise<boolean> {
  const studies = await openStudies(known.database.pool);
  if (studies.length === 0) return false;
  const devices = await countDevices(known.database);
  return advanceEach(studies, (study) => advanceStudy(known, study, devices), complain);
}

async function advanceStudy(
  known: Known,
  study: StudyRow & { readonly is_cancelled: boolean },
  devices: number,
): Promise<boolean> {
  const { database } = known;
  const plan = study.plan as unknown as StudyPlan;
  const runs = await studyRuns(database.pool, study.id);
  const pairsAtOnce = Math.max(1, Math.floor(devices / plan.arms.length));
  const { state, wanted } = nextOfStudy(plan, runs, pairsAtOnce);
  if (study.is_cancelled) {
    await endStudy(database, study.id, { status: 'cancelled', reason: 'its sweep was cancelled', answer: state });
    return false;
  }
  if (state.outcome !== null) {
    await endStudy(database, study.id, { status: state.outcome, reason: state.reason, answer: state });
    return false;
  }
  if (wanted.length === 0) return false;
  return launchStudyRuns(database, study.id, await resolveStudyRuns(known, plan, wanted));
}

/** Devices of workers that are alive: so many runs can be under way. */
async function countDevices({ pool }: Database): Promise<number> {
  const workers = await listWorkers(pool);
  return workers.filter(({ alive }) => alive).reduce((sum, { devices }) => sum + devices.length, 0);
}
