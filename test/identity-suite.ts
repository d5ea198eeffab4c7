import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { timingMetrics } from '@spherelab/config';
import { createNetwork, exportStateDict, initialState } from '@spherelab/models';
import { encodeTorchFile } from '@spherelab/weight-files';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { copyRelease, editRelease } from './copied-release.mjs';
import { writePictureFolder } from './picture-folder.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { type TestStore, testStores } from './queue-stores.ts';
import { type ReleaseSystem, startReleaseSystem, thisRelease } from './release-system.ts';
import { waitUntil } from './wait-until.ts';

type View = {
  readonly id: string;
  readonly status: string;
  readonly status_reason: string | null;
  readonly attempt: number;
  readonly identity: string;
  readonly steps_done: number;
  readonly config: { readonly dataset: string };
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly prefix: { readonly experiment_id: string; readonly step: number } | null;
  readonly environment: Readonly<Record<string, unknown>> | null;
  readonly earlier: { readonly experiment_id: string } | null;
  readonly result: {
    readonly weights_sha256: string;
    readonly last: { readonly metrics: Readonly<Record<string, number>> };
  } | null;
};

const patience = 120_000;
const small = { loss: 'triplet', sec_wei: 0.5, image_size: 24, embedding_dim: 16, instances: 3, batch_size: 12 };
const shorter = { dataset: 'toy', ...small, steps: 21, eval_every: 21, checkpoint_every: 1_000 };
const longer = { ...shorter, steps: 42 };
/** Long enough to be interrupted in its middle. */
const lengthy = { ...shorter, steps: 400, eval_every: 200, checkpoint_every: 20 };

/**
 * What the reproductions of the issue did by hand, with the real trainer and releases that differ in compiled code. A file for each
 * store calls it, so that both run side by side: minutes each.
 */
export function testIdentity(name: TestStore['name']): void {
  const kind = testStores.find((store) => store.name === name) as TestStore;
  describe.skipIf(!kind.available)(`a result is what it says it is, with the queue on ${name}`, () => {
    let server: PostgresServer;
    let store: Awaited<ReturnType<typeof kind.start>>;
    let folder: string;
    let databaseUrl: string;
    let system: ReleaseSystem;
    const releases = { now: thisRelease, neutral: '', tripled: '' };

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'identity-'));
      server = await startPostgresServer();
      for (const name of ['neutral', 'tripled'] as const) {
        releases[name] = path.join(folder, name);
        await copyRelease(releases[name]);
      }
      const loss = 'packages/losses/dist/metric-losses/triplet.js';
      // The same numbers, written in another order; and another loss.
      await editRelease(
        releases.neutral,
        loss,
        'return tf.div(maskedSum(terms, tf.expandDims(masks.negative, 1)), triplets);',
        'const sum = maskedSum(terms, tf.expandDims(masks.negative, 1));\n    return tf.div(sum, triplets);',
      );
      await editRelease(releases.neutral, loss, 'tf.add(margin, tf.sub(', 'tf.add(tf.sub(');
      await editRelease(
        releases.neutral,
        loss,
        'tf.expandDims(distances, 1)))',
        'tf.expandDims(distances, 1)), margin)',
      );
      await editRelease(releases.tripled, loss, 'return tf.div(', 'return tf.mul(3, tf.div(');
      await editRelease(releases.tripled, loss, '), triplets);', '), triplets));');
    });
    afterAll(async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      store = await kind.start();
      databaseUrl = await server.createDatabase();
      await rm(data(''), { recursive: true, force: true });
      await writePictureFolder(data('toy'), 16, 8, 24);
      await begin('now');
    });
    afterEach(async () => {
      await system.stop();
      await store.stop();
    });

    const data = (name: string): string => path.join(folder, 'data', name);
    async function begin(release: keyof typeof releases, apiDataRoot?: string): Promise<void> {
      system = await startReleaseSystem({
        release: releases[release],
        databaseUrl,
        queue: store.store,
        dataRoot: data(''),
        ...(apiDataRoot === undefined ? {} : { apiDataRoot }),
        cacheHome: path.join(folder, 'cache'),
      });
    }
    async function upgrade(release: keyof typeof releases): Promise<void> {
      await system.stop();
      await begin(release);
    }
    async function ask<T>(route: string, body?: object): Promise<{ status: number; body: T }> {
      const request =
        body === undefined
          ? {}
          : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const answer = await fetch(`${system.url}${route}`, request);
      return { status: answer.status, body: (await answer.json()) as T };
    }
    const post = (config: object) => ask<View>('/experiments', config);
    const read = async (id: string): Promise<View> => (await ask<View>(`/experiments/${id}`)).body;
    const act = (id: string, action: string) => ask<View>(`/experiments/${id}/${action}`, {});
    async function ended(id: string, status = 'succeeded'): Promise<View> {
      await waitUntil(
        `${id} is ${status}`,
        async () => {
          const { status: now, status_reason: reason } = await read(id);
          if (now === status) return true;
          if (['succeeded', 'failed'].includes(now)) throw new Error(`it is ${now}: ${reason}`);
          return false;
        },
        patience,
      );
      return read(id);
    }
    const run = async (config: object): Promise<View> => ended((await post(config)).body.id);
    const forced = (config: object): Promise<View> => run({ ...config, force: true });
    async function logs(id: string): Promise<string> {
      const { body } = await ask<{ items: { message: string }[] }>(`/experiments/${id}/logs?limit=1000`);
      return body.items.map(({ message }) => message).join('\n');
    }
    async function points(id: string): Promise<string[]> {
      const { body } = await ask<{ series: { name: string; points: [number, number][] }[] }>(
        `/experiments/${id}/metrics`,
      );
      return body.series
        .filter(({ name }) => !timingMetrics.has(name))
        .flatMap(({ name, points: list }) => list.map(([step, value]) => `${name}@${step} ${value}`))
        .sort();
    }
    async function expectTwins(one: View, other: View): Promise<void> {
      expect(one.result?.weights_sha256).toBe(other.result?.weights_sha256);
      expect(one.result).toEqual(other.result);
      expect(await points(one.id)).toEqual(await points(other.id));
    }
    const underWay = (id: string) =>
      waitUntil('it is in its middle', async () => (await read(id)).steps_done > 60, patience);
    async function replaceByNoise(): Promise<void> {
      for (const [index, name] of (await readdir(data('toy/images'))).entries()) {
        for (const [at, file] of (await readdir(data(`toy/images/${name}`))).entries()) {
          const pixels = Uint8Array.from(
            { length: 24 * 24 * 3 },
            (_, i) => (i * (7 + index * 13 + at * 29) * 31) % 256,
          );
          const picture = sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } });
          await picture.png().toFile(data(`toy/images/${name}/${file}`));
        }
      }
    }
    async function writeWeights(seed: number): Promise<void> {
      const network = createNetwork({
        backbone: 'bn_inception',
        imageSize: 32,
        embeddingDim: 16,
        needBn: true,
        freezeBn: true,
      });
      const backbone = exportStateDict(network, initialState(network, seed)).filter(
        ({ name }) => !name.startsWith('head.'),
      );
      await mkdir(data('weights'), { recursive: true });
      await writeFile(data('weights/w.pth'), encodeTorchFile(backbone));
    }
    const addImage = () => cp(data('toy/images/class-01/0.png'), data('toy/images/class-02/more.png'));
    const removeImage = () => rm(data('toy/images/class-02/more.png'));

    test('images replaced under their names are another experiment, and no curve is of both', async () => {
      const first = await run(shorter);
      expect((await post(shorter)).status).toBe(200);
      await replaceByNoise();
      const again = await post(shorter);
      expect(again.status).toBe(201);
      const second = await ended(again.body.id);
      expect(second.result?.weights_sha256).not.toBe(first.result?.weights_sha256);
      const third = await run({ ...longer, dataset: 'TOY' });
      // What it goes on from is the run on the same images.
      expect(third.prefix?.experiment_id).toBe(second.id);
      expect(third.config.dataset).toBe('toy');
      await expectTwins(third, await forced(longer));
    });

    test('a longer run goes on from a shorter one, and equals one from the beginning', async () => {
      const short = await run(shorter);
      const long = await run(longer);
      expect(long.prefix).toEqual({ experiment_id: short.id, step: 22 });
      await expectTwins(long, await forced(longer));
    });

    test.each([
      ['an image was added', addImage, 'data: '],
      ['a release wrote the loss in another order', () => upgrade('neutral'), 'numerics: '],
    ])('where %s, a longer run begins at step 0, says why, and succeeds', async (_, change, reason) => {
      const short = await run(shorter);
      await change();
      const long = await run(longer);
      expect(long).toMatchObject({ status: 'succeeded', attempt: 1, prefix: null });
      expect(await logs(long.id)).toMatch(new RegExp(`experiment ${short.id}.* cannot be continued .*${reason}`));
      await expectTwins(long, await forced(longer));
    });

    test('another release is another version: its runs are new, link the earlier one, and say what made them', async () => {
      const first = await run(shorter);
      await upgrade('tripled');
      const again = await post(shorter);
      expect(again.status).toBe(201);
      const second = await ended(again.body.id);
      expect(second.earlier?.experiment_id).toBe(first.id);
      expect(second.environment?.numerics).not.toBe(first.environment?.numerics);
      expect(second.result?.weights_sha256).not.toBe(first.result?.weights_sha256);
      await upgrade('now');
      expect(await post(shorter)).toMatchObject({ status: 200, body: { id: first.id } });
    });

    test('a paused and a running run go on across an upgrade with the step that they began with, to the same bits', async () => {
      const twin = await forced(lengthy);
      const paused = (await post(lengthy)).body.id;
      await underWay(paused);
      await act(paused, 'pause');
      await ended(paused, 'paused');
      const running = (await post({ ...lengthy, force: true })).body.id;
      await underWay(running);
      await upgrade('neutral');
      const other = await ended(running);
      expect(other).toMatchObject({ attempt: 2, environment: { numerics: twin.environment?.numerics } });
      await expectTwins(other, twin);
      expect(await logs(running)).toContain('resumes with the training step that it began with');
      await act(paused, 'resume');
      await expectTwins(await ended(paused), twin);
      // What begins now is of the release that runs now.
      expect((await forced(shorter)).environment?.numerics).not.toBe(twin.environment?.numerics);
    });

    test('a run that is killed with its machine restarts, and equals one that was not', async () => {
      const twin = await forced(lengthy);
      const { id } = (await post(lengthy)).body;
      await underWay(id);
      await system.kill();
      await begin('now');
      const restarted = await ended(id);
      expect(restarted.attempt).toBe(2);
      await expectTwins(restarted, twin);
    });

    test('an image that came while a run was paused is told by name, once; put back, the run goes on', async () => {
      const twin = await forced(lengthy);
      const { id } = (await post(lengthy)).body;
      await underWay(id);
      await act(id, 'pause');
      await ended(id, 'paused');
      await addImage();
      await act(id, 'resume');
      const failed = await ended(id, 'failed');
      expect(failed.error?.code).toBe('data_changed');
      expect(failed.error?.message).toContain('class-02/more.png');
      await removeImage();
      await act(id, 'retry');
      await expectTwins(await ended(id), twin);
    });

    test('where it is not put back, a retry starts over with the data as they are, and no point is of before', async () => {
      const { id } = (await post(lengthy)).body;
      await underWay(id);
      await act(id, 'pause');
      await ended(id, 'paused');
      await addImage();
      await act(id, 'resume');
      await ended(id, 'failed');
      await act(id, 'retry');
      const done = await ended(id);
      expect(await logs(id)).toContain('starts over from step 0');
      await expectTwins(done, await forced(lengthy));
      expect(await post(lengthy)).toMatchObject({ status: 200, body: { id } });
    });

    test('weights replaced under their name are another experiment, and no run goes on with others', async () => {
      const pretrained = {
        ...shorter,
        backbone: 'bn_inception',
        image_size: 32,
        weights: 'w.pth',
        steps: 2,
        eval_every: 2,
      };
      await writeWeights(1);
      const first = await run(pretrained);
      expect((await post(pretrained)).status).toBe(200);
      await writeWeights(2);
      const again = await post(pretrained);
      expect(again.status).toBe(201);
      const second = await ended(again.body.id);
      expect(second.result?.weights_sha256).not.toBe(first.result?.weights_sha256);
      expect(second.environment?.weights_file_sha256).not.toBe(first.environment?.weights_file_sha256);
      const third = await run({ ...pretrained, steps: 4 });
      expect(third.prefix?.experiment_id).toBe(second.id);
    });

    test('a picture that cannot be read ends the run with its name; mended, a retry goes on', async () => {
      const file = data('toy/images/class-01/3.png');
      const whole = await readFile(file);
      await writeFile(file, whole.subarray(0, 60));
      const { id } = (await post(shorter)).body;
      const failed = await ended(id, 'failed');
      expect(failed.error).toMatchObject({
        code: 'unreadable_image',
        message: expect.stringContaining('class-01/3.png'),
      });
      await writeFile(file, whole);
      await act(id, 'retry');
      await expectTwins(await ended(id), await forced(shorter));
    });

    test('where the API cannot see the data, the worker finds out what the run is', async () => {
      await system.stop();
      await begin('now', path.join(folder, 'nowhere'));
      const posted = (await post({ ...shorter, dataset: 'TOY' })).body;
      expect((await post({ ...shorter, dataset: 'TOY' })).status).toBe(200);
      const blind = await ended(posted.id);
      expect(blind.identity).not.toBe(posted.identity);
      // Nobody told the API whether the images are still those: the worker does, and takes the result over.
      const again = await run({ ...shorter, dataset: 'TOY' });
      expect(again).toMatchObject({ identity: blind.identity, prefix: { experiment_id: blind.id, step: 22 } });
      await expectTwins(again, blind);
      await upgrade('now');
      expect(await post(shorter)).toMatchObject({ status: 200, body: { identity: blind.identity } });
    });
  });
}
