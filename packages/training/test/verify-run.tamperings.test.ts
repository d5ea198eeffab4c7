import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createNetwork } from '@spherelab/models';
import { readNumerics } from '@spherelab/numerics';
import { decodeTensorFile, encodeTensorFile } from '@spherelab/weight-files';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckpointMetadata } from '../src/checkpoint.ts';
import { emptyDigest, withPoints } from '../src/metrics-digest.ts';
import type { KeptCheckpoint, StoredRun } from '../src/stored-run.ts';
import type { MetricPoint } from '../src/training-events.ts';
import type { VerificationReport } from '../src/verification.ts';
import { type VerifyOptions, verifyRun } from '../src/verify-run.ts';
import { weightsSha256 } from '../src/weights-sha256.ts';
import { observeRun, smallConfig, withFolder } from './observed-run.ts';

type Mutable = { -readonly [K in keyof StoredRun]: StoredRun[K] };
type Stored = Mutable & { points: MetricPoint[]; checkpoints: KeptCheckpoint[] };
type Trial = { stored: Stored; options: Partial<VerifyOptions>; folder: string };

const dataset = { dataset: 'toy', protocol: 'paper', instances: 2, batch_size: 8, milestones: [4] };
const config = smallConfig('triplet', { ...dataset, steps: 7, eval_every: 3, checkpoint_every: 5 });

/** Pictures of a few classes, each class of a colour of its own. */
async function writePictures(folder: string): Promise<void> {
  for (let label = 0; label < 8; label += 1) {
    await mkdir(path.join(folder, 'toy/images', `class-${label}`), { recursive: true });
    for (let index = 0; index < 4; index += 1) {
      const background = { r: 30 * label, g: 60 * index, b: 255 - 30 * label };
      const picture = sharp({ create: { width: 40, height: 30, channels: 3, background } });
      await picture.png().toFile(path.join(folder, 'toy/images', `class-${label}`, `${index}.png`));
    }
  }
}

describe('a finished run', () => {
  let folder: string;
  let pristine: StoredRun;
  let release: () => void = () => undefined;
  let cleaned: Promise<void>;

  beforeAll(async () => {
    await new Promise<void>((ready, failed) => {
      cleaned = withFolder(async (made) => {
        folder = made;
        await writePictures(folder);
        pristine = await runOnce(path.join(folder, 'files'));
        ready();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }).catch(failed);
    });
  });
  afterAll(async () => {
    release();
    await cleaned;
  });

  /** Trains it and keeps what a server keeps: the best, the newest before the end, the end. */
  async function runOnce(
    workFolder: string,
    overrides: Record<string, unknown> = {},
    branchAt: readonly number[] = [],
  ): Promise<StoredRun> {
    const ran = { ...config, ...overrides };
    const { outcome, events } = await observeRun(ran, folder, { workFolder, branchAt });
    if (outcome.outcome !== 'finished') throw new Error('it did not finish');
    const kept = new Map<string, KeptCheckpoint>();
    for (const event of events) {
      if (event.type !== 'checkpoint') continue;
      const { kind, step: updates, file, weightsSha256: sha256 } = event;
      kept.set(kind === 'branch' ? file : kind, { kind, updates, file, weightsSha256: sha256 });
    }
    await mkdir(path.join(folder, 'graph'), { recursive: true });
    for (const event of events) {
      if (event.type !== 'artifact') continue;
      await writeFile(path.join(folder, event.kind === 'graph' ? 'graph/saved_model.pb' : 'manifest'), event.content);
    }
    return {
      config: ran,
      checkpoints: [...kept.values()].sort((a, b) => a.updates - b.updates),
      points: events.flatMap((event) => (event.type === 'metrics' ? event.points : [])),
      result: outcome.result,
    };
  }

  async function verify(tamper: (trial: Trial) => void | Promise<void>): Promise<VerificationReport> {
    const trialFolder = path.join(folder, 'trial');
    await rm(trialFolder, { recursive: true, force: true });
    await mkdir(trialFolder);
    await cp(path.join(folder, 'graph'), path.join(trialFolder, 'graph'), { recursive: true });
    await cp(path.join(folder, 'toy'), path.join(trialFolder, 'data/toy'), { recursive: true });
    const stored: Stored = structuredClone(pristine) as Stored;
    stored.checkpoints = await Promise.all(
      stored.checkpoints.map(async (kept) => {
        const file = path.join(trialFolder, path.basename(kept.file));
        await cp(kept.file, file);
        return { ...kept, file };
      }),
    );
    const trial: Trial = { stored, options: {}, folder: trialFolder };
    await tamper(trial);
    return verifyRun({
      stored,
      stretch: 'all',
      numerics: readNumerics(),
      dataRoot: path.join(trialFolder, 'data'),
      cacheFolder: folder,
      workFolder: path.join(trialFolder, 'work'),
      graphFolder: path.join(trialFolder, 'graph'),
      manifestFile: path.join(folder, 'manifest'),
      emit: () => undefined,
      stop: () => null,
      ...trial.options,
    });
  }

  /** Changes a checkpoint as somebody would who makes every hash fit again, in the file and in the row. */
  async function forge(
    { stored }: Trial,
    kind: string,
    change: (state: Map<string, Float32Array>, metadata: CheckpointMetadata) => CheckpointMetadata | undefined,
  ): Promise<void> {
    const at = stored.checkpoints.findIndex((kept) => kept.kind === kind);
    const kept = stored.checkpoints[at] as KeptCheckpoint;
    const { metadata, tensors } = decodeTensorFile<CheckpointMetadata>(new Uint8Array(await readFile(kept.file)));
    const state = new Map([...tensors].map(([key, { values }]) => [key, values]));
    const changed = change(state, metadata) ?? metadata;
    const sha256 = weightsSha256(createNetwork(metadata.model), state);
    await writeFile(kept.file, encodeTensorFile({ metadata: { ...changed, weightsSha256: sha256 }, tensors }));
    stored.checkpoints[at] = { ...kept, weightsSha256: sha256 };
    if (kind === 'final') stored.result = { ...stored.result, weights_sha256: sha256 };
  }
  const flipBit = (values: Float32Array | undefined, at = 0): undefined => {
    if (values === undefined) throw new Error('there is no such tensor');
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    bits[at] = (bits[at] as number) ^ 1;
    return undefined;
  };
  const point = ({ stored }: Trial, name: string, step: number): number => {
    const at = stored.points.findIndex((one) => one.name === name && one.step === step);
    if (at < 0) throw new Error(`there is no point ${name} at ${step}`);
    return at;
  };
  const nudge = (trial: Trial, name: string, step: number): void => {
    const at = point(trial, name, step);
    const { value, ...rest } = trial.stored.points[at] as MetricPoint;
    trial.stored.points[at] = { ...rest, value: value * (1 + 1e-12) + 1e-300 };
  };
  const image = (trial: Trial, name: string): string => path.join(trial.folder, 'data/toy/images', name);

  test('is verified where nothing was touched: every stretch has the same bits', async () => {
    const report = await verify(() => undefined);
    expect(report).toMatchObject({ same_bits: true, findings: [], notes: [] });
    expect(report.stretches.at(0)?.from).toBe(0);
    expect(report.stretches.at(-1)?.to).toBe(8);
    for (const { state, metrics } of report.stretches) {
      expect([state.differing, metrics.differing]).toEqual([0, 0]);
      expect(state.compared).toBeGreaterThan(1_000);
      expect(metrics.compared).toBeGreaterThan(10);
    }
    const random = await verify(({ options }) => void Object.assign(options, { stretch: 'random' }));
    expect(random).toMatchObject({ same_bits: true, findings: [], stretches: [expect.anything()] });
  });

  test('is verified with the branches that it left before evaluations, and with the best that it took over', async () => {
    const branched = await runOnce(path.join(folder, 'branched'), {}, [1, 4, 6]);
    expect(branched.checkpoints.filter(({ kind }) => kind === 'branch').map(({ updates }) => updates)).toEqual([
      1, 4, 6,
    ]);
    expect(branched.result).toEqual(pristine.result);
    const ofAnotherSchedule = (facts: CheckpointMetadata['facts']) => ({ ...facts, config_sha256: 'f'.repeat(64) });
    const report = await verify(async (trial) => {
      Object.assign(trial.stored, { checkpoints: [...branched.checkpoints] });
      await forge(trial, 'best', (_, metadata) => ({ ...metadata, facts: ofAnotherSchedule(metadata.facts) }));
    });
    expect(report).toMatchObject({ same_bits: true, findings: [] });
    expect(report.stretches.map(({ from, to }) => [from, to])).toEqual(
      expect.arrayContaining([
        [0, 1],
        [1, 4],
      ]),
    );
  });

  const tamperings: [string, (trial: Trial) => void | Promise<void>][] = [
    ['a bit of a weight of the end', (t) => forge(t, 'final', (s) => flipBit(s.get('head.fc.weight')))],
    ['a bit of a bias of the end', (t) => forge(t, 'final', (s) => flipBit(s.get('head.fc.bias'), 3))],
    ['a bit of a weight before the end', (t) => forge(t, 'latest', (s) => flipBit(s.get('head.fc.weight')))],
    ['a bit of a moment of Adam', (t) => forge(t, 'latest', (s) => flipBit(s.get('adam.v.head.fc.weight')))],
    ['a bit of the running norm', (t) => forge(t, 'latest', (s) => flipBit(s.get('record_norm_mean')))],
    ['a bit of a weight of the best', (t) => forge(t, 'best', (s) => flipBit(s.get('head.fc.weight'), 7))],
    ['a file cut short', async ({ stored }) => writeFile((stored.checkpoints.at(-1) as KeptCheckpoint).file, 'cut')],
    [
      'the weights that the row names',
      ({ stored }) => {
        stored.result = { ...stored.result, weights_sha256: 'a'.repeat(64) };
      },
    ],
    ['a loss of one step', (t) => nudge(t, 'loss_metric', 2)],
    ['a recall in the middle', (t) => nudge(t, 'recall_at_1', 3)],
    ['a point that is missing', (t) => void t.stored.points.splice(point(t, 'norm_mean', 5), 1)],
    ['a point too many', (t) => void t.stored.points.push({ name: 'loss_metric', step: 99, value: 1 })],
    [
      'a loss of one step with its digest made to fit',
      async (t) => {
        nudge(t, 'loss_metric', 6);
        const covered = t.stored.points.filter(({ step }) => step < 8);
        const metricsDigest = withPoints(emptyDigest, covered);
        await forge(t, 'final', (_, metadata) => ({ ...metadata, progress: { ...metadata.progress, metricsDigest } }));
      },
    ],
    [
      'a score of the result',
      ({ stored }) => {
        const { last } = stored.result;
        stored.result = { ...stored.result, last: { ...last, metrics: { ...last.metrics, recall_at_1: 1.5 } } };
      },
    ],
    [
      'a learning rate of the config',
      ({ stored }) => {
        stored.config = { ...stored.config, lr: 2e-3 };
      },
    ],
    [
      'a seed of the config',
      ({ stored }) => {
        stored.config = { ...stored.config, seed: 6 };
      },
    ],
    [
      'an image of a training class',
      async (t) => writeFile(image(t, 'class-0/1.png'), await readFile(image(t, 'class-3/2.png'))),
    ],
    [
      'an image of a test class',
      async (t) => writeFile(image(t, 'class-7/0.png'), await readFile(image(t, 'class-4/1.png'))),
    ],
    [
      'a best of another config',
      (t) =>
        forge(t, 'best', (_, { facts, ...metadata }) => {
          const sequence = { ...(facts.sequence as object), trunk: 'e'.repeat(64) } as typeof facts.sequence & object;
          return { ...metadata, facts: { ...facts, config_sha256: 'f'.repeat(64), sequence } };
        }),
    ],
    ['an image too many', async (t) => cp(image(t, 'class-6/0.png'), image(t, 'class-6/9.png'))],
    ['an image too few', async (t) => rm(image(t, 'class-1/3.png'))],
    [
      'another recorded step',
      async (t) =>
        writeFile(
          path.join(t.folder, 'graph/saved_model.pb'),
          (await readFile(path.join(t.folder, 'graph/saved_model.pb'))).subarray(1),
        ),
    ],
    ['no recorded step', ({ options }) => void Object.assign(options, { graphFolder: null })],
    [
      'code that evaluates in another way',
      ({ options }) => void Object.assign(options, { numerics: { version: 'b'.repeat(64), host: 'c'.repeat(64) } }),
    ],
    [
      'a learning rate that was another from step 5 on',
      async (t) => {
        // Trained with another schedule, then given the facts of this config.
        const other = await runOnce(path.join(t.folder, 'other'), { milestones: [4, 5] });
        t.stored.points = [...other.points];
        t.stored.result = other.result;
        t.stored.checkpoints = [...other.checkpoints];
        const facts = JSON.parse(JSON.stringify(await factsOf(pristine)));
        for (const { kind } of t.stored.checkpoints) await forge(t, kind, (_, metadata) => ({ ...metadata, facts }));
      },
    ],
  ];

  async function factsOf({ checkpoints }: StoredRun): Promise<unknown> {
    const { file } = checkpoints.at(-1) as KeptCheckpoint;
    return decodeTensorFile<CheckpointMetadata>(new Uint8Array(await readFile(file))).metadata.facts;
  }

  test.each(tamperings)('is not, where this was tampered with: %s', async (_, tamper) => {
    const report = await verify(tamper);
    const isFound = report.same_bits === false || report.findings.length > 0;
    expect(isFound, JSON.stringify(report)).toBe(true);
  });

  test('says which image is another one, by name', async () => {
    const report = await verify(async (trial) =>
      writeFile(image(trial, 'class-7/0.png'), await readFile(image(trial, 'class-4/1.png'))),
    );
    expect(report.same_bits).toBeNull();
    expect(report.findings).toContainEqual({
      what: 'recomputation',
      message: expect.stringContaining('class-7/0.png'),
    });
  });
});
