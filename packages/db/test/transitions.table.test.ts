import { canTransition, type RunState, runStates } from '@spherelab/config';
import { type Database, type ExperimentAction, requestTransition } from '@spherelab/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { startDatabase } from '../../../test/postgres-server.ts';

const targets: Readonly<Record<ExperimentAction, RunState>> = {
  cancel: 'cancelled',
  pause: 'paused',
  resume: 'queued',
  retry: 'queued',
};

describe('transitions by request', () => {
  let database: Database;
  let release: () => Promise<void>;

  beforeAll(async () => {
    [database, release] = await startDatabase();
  });
  afterAll(() => release());

  const cases = runStates.flatMap((from) =>
    (Object.keys(targets) as ExperimentAction[]).map((action) => [from, action] as const),
  );

  test.each(cases)('from %s, %s does what the transition table allows', async (from, action) => {
    const { id } = await storeExperiment(database);
    await database.pool.query('UPDATE experiment SET status = $2::experiment_status WHERE id = $1', [id, from]);
    const changed = await requestTransition(database.pool, id, action);
    // Resume is for paused ones and retry for ended ones; neither is for a running one, which gets to queued by losing its worker.
    const meant =
      action === 'resume' ? from === 'paused' : action === 'retry' ? from === 'failed' || from === 'cancelled' : true;
    const allowed = canTransition(from, targets[action]) && meant;
    expect(changed !== null).toBe(allowed);
    if (!changed) return;
    if (from === 'running') expect(changed).toMatchObject({ status: 'running', stop_requested: action });
    else expect(changed).toMatchObject({ status: targets[action], stop_requested: null });
  });

  test('a cancel outweighs a pause, whichever comes first', async () => {
    for (const order of [
      ['cancel', 'pause'],
      ['pause', 'cancel'],
    ] as const) {
      const { id } = await storeExperiment(database);
      await database.pool.query(`UPDATE experiment SET status = 'running' WHERE id = $1`, [id]);
      await requestTransition(database.pool, id, order[0]);
      expect((await requestTransition(database.pool, id, order[1]))?.stop_requested).toBe('cancel');
    }
  });
});
