// Stands in for the real trainer in the worker's tests: the same process protocol around a training that costs nothing.
// The experiment's name is JSON that says what happens at which step: { stepMs, killedAt (SIGKILL, as from outside), exitAt (code 1),
// segfaultAt (SIGSEGV), hangAt, diskFullAt, failAt, evaluateMs (before the first step), attempts (that this happens to), ignoreStop,
// late (a point that comes when the next run of the process has begun), flag (a file that counts them) }.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';

import { updateSequence } from '@spherelab/config';

import { runTrainer } from '../dist/run-trainer.js';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
/** A step blocks this thread, as a real one does. */
const block = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
/** What the metric of a step is in an uninterrupted run: depends on all steps before. */
const nextState = (state, step) => (state * 31 + step) % 1_000_003;

runTrainer(async ({ config, numerics, workFolder, emit, stop, hostEnvironment, chooseStart }) => {
  const plan = JSON.parse(config.name ?? '{}');
  const facts = {
    config_sha256: 'compared by the candidates already',
    sequence: updateSequence(config),
    total_updates: config.steps + 1,
    dataset: config.dataset,
    data_sha256: plan.data ?? 'none',
    weights_sha256: 'random',
    numerics: numerics.version,
    host_numerics: numerics.host,
    layout_sha256: 'fake',
    environment: { engine: 'fake', ...hostEnvironment },
  };
  const { resumeFrom } = await chooseStart(facts);
  const resumed = resumeFrom === null ? null : JSON.parse(readFileSync(resumeFrom, 'utf8').trim());
  let { step, state } = resumed ?? { step: 0, state: 7 };
  const tries = () => (plan.flag && existsSync(plan.flag) ? readFileSync(plan.flag, 'utf8').length : 0);
  const note = () => plan.flag && appendFileSync(plan.flag, 'x');
  const once = (at) => {
    if (at !== step || tries() >= (plan.attempts ?? 1)) return false;
    note();
    return true;
  };

  const graph = Buffer.from('the recorded step of a fake');
  if (resumed === null) await emit({ type: 'artifact', kind: 'graph', content: graph });
  await emit({
    type: 'started',
    totalUpdates: config.steps + 1,
    resumedFromStep: resumed?.step ?? null,
    environment: { engine: 'fake', trainer_pid: process.pid, ...hostEnvironment },
  });
  process.emit('next run');
  if (plan.late) {
    process.once('next run', () => void emit({ type: 'metrics', points: [{ name: 'late', step: 0, value: 1 }] }));
  }
  const checkpoint = async (kind) => {
    const file = join(workFolder, `${kind}-${step}-${Math.random()}`);
    const bytes = Buffer.from(JSON.stringify({ step, state }).padEnd(plan.checkpointBytes ?? 0));
    writeFileSync(file, bytes);
    const weightsSha256 = sha256(String(state));
    await emit({
      type: 'checkpoint',
      step,
      kind,
      file,
      bytes: bytes.length,
      headBytes: 0,
      sha256: sha256(bytes),
      weightsSha256,
      facts: { ...facts, graph_sha256: sha256(graph) },
    });
  };
  for (const end = Date.now() + (plan.evaluateMs ?? 0); Date.now() < end && stop() === null; ) await delay(5);
  while (step <= config.steps) {
    const reason = plan.ignoreStop ? null : stop();
    if (reason !== null) {
      if (reason !== 'cancel') await checkpoint('latest');
      return { outcome: 'stopped', reason };
    }
    if (once(plan.killedAt)) process.kill(process.pid, 'SIGKILL');
    if (once(plan.segfaultAt)) process.kill(process.pid, 'SIGSEGV');
    if (once(plan.exitAt)) process.exit(1);
    if (once(plan.hangAt)) block(3_600_000);
    if (once(plan.diskFullAt)) throw Object.assign(new Error('no space left'), { code: 'ENOSPC', retryable: true });
    if (step === plan.failAt) {
      throw Object.assign(new Error('a picture cannot be read'), { code: 'bad_image', retryable: false });
    }
    block(plan.stepMs ?? 1);
    state = nextState(state, step);
    await emit({
      type: 'metrics',
      points: [
        { name: 'train_loss', step, value: state },
        { name: 'lr', step, value: 0.5 },
      ],
    });
    step += 1;
    await emit({ type: 'progress', step, totalUpdates: config.steps + 1, phase: 'training' });
    if (step % config.checkpoint_every === 0) await checkpoint('latest');
    await turn();
  }
  await checkpoint('final');
  const at = { step, metrics: { recall_at_1: state / 1_000_003 } };
  return {
    outcome: 'finished',
    result: {
      weights_sha256: sha256(String(state)),
      updates: step,
      last: at,
      best: at,
      baselines: { untrained: at, colour_histogram: at },
    },
  };
});
