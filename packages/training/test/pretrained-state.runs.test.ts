import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createNetwork, exportStateDict, initialState } from '@spherelab/models';
import { encodeTorchFile } from '@spherelab/weight-files';
import { expect, test } from 'vitest';
import { checkpointsOf, observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

const inception = { backbone: 'bn_inception', image_size: 32, embedding_dim: 8, instances: 2, batch_size: 8, steps: 2 };
const network = createNetwork({
  backbone: 'bn_inception',
  imageSize: 32,
  embeddingDim: 8,
  needBn: true,
  freezeBn: true,
});

/** Writes weights as a pretrained file has them: the backbone only, from another seed than the run's. */
async function writePretrained(folder: string, name: string, seed: number): Promise<void> {
  const backbone = exportStateDict(network, initialState(network, seed)).filter(
    ({ name }) => !name.startsWith('head.'),
  );
  await mkdir(path.join(folder, 'weights'), { recursive: true });
  await writeFile(path.join(folder, 'weights', name), encodeTorchFile(backbone));
}

const configOf = (weights: string) => smallConfig('triplet', { ...inception, weights });

test('a run starts from its file of weights, records its hash, and goes on from no other', async () => {
  await withFolder(async (folder) => {
    await writePretrained(folder, 'first.pth', 100);
    const pretrained = await observeRun(configOf('first.pth'), folder);
    const started = pretrained.events.find((event) => event.type === 'started');
    expect(started?.environment.weights_file_sha256).toMatch(/^[0-9a-f]{64}$/);
    const logs = pretrained.events.flatMap((event) => (event.type === 'log' ? [event.message] : []));
    expect(logs.join('\n')).toContain('first.pth: 414 tensors of bn_inception set, 6 start at random');

    const random = await observeRun(configOf('random'), folder, { workFolder: path.join(folder, 'random') });
    expect(random.events.find((event) => event.type === 'started')?.environment.weights_file_sha256).toBe('random');
    const first = (events: typeof random.events) => pointsOf(events).get('norm_mean@0');
    expect(first(pretrained.events)).not.toBe(first(random.events));

    await writePretrained(folder, 'first.pth', 101);
    const resumeFrom = checkpointsOf(pretrained.events)[0]?.file as string;
    await expect(observeRun(configOf('first.pth'), folder, { resumeFrom })).rejects.toMatchObject({
      code: 'checkpoint_mismatch',
      message: expect.stringContaining('weights: '),
    });
  });
});

test('a missing or damaged file of weights fails the run with the reason, and is not tried again', async () => {
  await withFolder(async (folder) => {
    await expect(observeRun(configOf('absent.pth'), folder)).rejects.toMatchObject({
      code: 'missing_weights',
      retryable: false,
      message: expect.stringContaining('weights/absent.pth'),
    });
    await mkdir(path.join(folder, 'weights'));
    await writeFile(path.join(folder, 'weights', 'page.pth'), '<html>not found</html>');
    await expect(observeRun(configOf('page.pth'), folder)).rejects.toMatchObject({
      code: 'bad_weights',
      retryable: false,
    });
  });
});
