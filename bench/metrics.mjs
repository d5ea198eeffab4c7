// Metric points into Postgres and out of it, as workers write and the page reads.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  applyMigrations,
  claimExperiment,
  openDatabase,
  readMetrics,
  startEmbeddedPostgres,
  writeMetrics,
} from '../packages/db/dist/index.js';

export const help = `npm run bench metrics -- [--points 300000] [--batch 1000] [--writers 2] [--series 100000]
Writes points as supervisors do (fenced batches, --writers at once) and counts what is there; then reads a series of --series
points thinned to 1,000, whose extremes must be kept. The Postgres is the embedded one, with fsync.`;

export const options = {
  points: { type: 'string', default: '300000' },
  batch: { type: 'string', default: '1000' },
  writers: { type: 'string', default: '2' },
  series: { type: 'string', default: '100000' },
};

export async function run(values) {
  const [points, batch, writers, series] = ['points', 'batch', 'writers', 'series'].map((name) => Number(values[name]));
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  const server = await startEmbeddedPostgres({ stateFolder: folder });
  try {
    await applyMigrations(server.url);
    const database = openDatabase(server.url);
    await write(database, { points, batch, writers });
    await read(database, series);
    await database.close();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function running(database) {
  const { rows } = await database.pool.query(
    `INSERT INTO experiment (config, sources, identity, dataset, loss, device) VALUES ('{}', '{}', '-', 'shapes', 'ms', 'cpu') RETURNING id`,
  );
  await claimExperiment(database.pool, rows[0].id, { worker: 'bench', device: 'cpu', leaseMs: 3_600_000 });
  return { experimentId: rows[0].id, attempt: 1 };
}

/** Ten series, as a run has them. */
const names = Array.from({ length: 10 }, (_, index) => `metric_${index}`);

async function write(database, { points, batch, writers }) {
  const each = Math.floor(points / writers);
  const fences = await Promise.all(Array.from({ length: writers }, () => running(database)));
  const began = performance.now();
  await Promise.all(
    fences.map(async (fence) => {
      for (let done = 0; done < each; done += batch) {
        const size = Math.min(batch, each - done);
        await writeMetrics(
          database.pool,
          fence,
          Array.from({ length: size }, (_, index) => {
            const number = done + index;
            return { name: names[number % 10], step: Math.floor(number / 10), value: Math.sin(number) };
          }),
        );
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  const { rows } = await database.pool.query(
    'SELECT count(*) AS n, count(DISTINCT (experiment_id, name, step)) AS d FROM metric',
  );
  const rate = Math.round((each * writers) / seconds);
  console.log(
    `written: ${each * writers} points in ${seconds.toFixed(1)} s = ${rate} points/s; stored ${rows[0].n}, distinct ${rows[0].d}`,
  );
  if (rows[0].n !== each * writers) throw new Error('the counts differ');
}

async function read(database, series) {
  const fence = await running(database);
  const spikes = new Map([
    [Math.floor(series / 3), 1e6],
    [Math.floor(series / 2), -1e6],
  ]);
  for (let from = 0; from < series; from += 5_000) {
    await writeMetrics(
      database.pool,
      fence,
      Array.from({ length: Math.min(5_000, series - from) }, (_, index) => {
        const step = from + index;
        return { name: 'train_loss', step, value: spikes.get(step) ?? Math.sin(step / 500) };
      }),
    );
  }
  await database.pool.query('ANALYZE metric');
  const times = [];
  let thinned = [];
  for (let round = 0; round < 20; round += 1) {
    const began = performance.now();
    thinned = await readMetrics(database.pool, fence.experimentId, { names: ['train_loss'], maxPoints: 1_000 });
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const kept = [...spikes].every(([step, value]) =>
    thinned.some((point) => point.step === step && point.value === value),
  );
  console.log(
    `read: ${series} points as ${thinned.length} in ${times[10].toFixed(0)} ms (median), ${times[19].toFixed(0)} ms (slowest of 20); extremes ${kept ? 'kept' : 'LOST'}`,
  );
}
