// Training pictures a second from files, beside torchvision with a DataLoader.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDataset } from '../packages/datasets/dist/index.js';

export const help = `SPHERELAB_DATA_DIR=FOLDER npm run bench pictures -- [--dataset grocery] [--image_size 227] [--batch 30] [--threads ${availableParallelism()}] [--rounds 3]
Decodes, resizes, crops and mirrors every image of a data set for training, in order: with nothing kept, with resized pictures
kept on disk, and with them in memory. The peer is torchvision (Resize, RandomResizedCrop, RandomHorizontalFlip) in a DataLoader
with as many workers. SPHERELAB_PEER_PYTHON names a Python that has torch and torchvision. The least of --rounds, in turn.`;

export const options = {
  dataset: { type: 'string', default: 'grocery' },
  image_size: { type: 'string', default: '227' },
  batch: { type: 'string', default: '30' },
  threads: { type: 'string', default: String(availableParallelism()) },
  rounds: { type: 'string', default: '3' },
};

/** Batches that are asked for at a time, as in training. */
const AHEAD = 4;

export async function run({ dataset, rounds, ...numbers }) {
  const dataRoot = process.env.SPHERELAB_DATA_DIR;
  if (dataRoot === undefined) throw new Error('SPHERELAB_DATA_DIR is not set: where is the data set?');
  const size = {
    imageSize: Number(numbers.image_size),
    batch: Number(numbers.batch),
    threads: Number(numbers.threads),
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  const least = {};
  const note = (name, seconds) => {
    least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, seconds);
  };
  let images = 0;
  try {
    for (let round = 0; round < Number(rounds); round += 1) {
      const cacheFolder = path.join(folder, String(round));
      const passes = [
        ['nothing kept', 0],
        ['kept on disk', 0],
        ['put in memory', 2 ** 32],
      ];
      let entries = [];
      for (const [name, memoryBytes] of passes) {
        const opened = await openDataset({
          dataRoot,
          name: dataset,
          imageSize: size.imageSize,
          threadCount: size.threads,
          memoryBytes,
          cacheFolder,
        });
        entries = [...opened.train, ...opened.test];
        note(name, await timed(opened, entries, size));
        if (memoryBytes > 0) note('kept in memory', await timed(opened, entries, size));
        await opened.close();
      }
      images = entries.length;
      const python = process.env.SPHERELAB_PEER_PYTHON;
      if (python !== undefined) note('torchvision', runPeer(python, { folder, dataRoot, dataset, entries, ...size }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  delete least['put in memory'];
  report(least, images);
}

function report(least, images) {
  console.log('| who | images/s | over torchvision |\n| --- | --- | --- |');
  for (const [name, seconds] of Object.entries(least)) {
    const over = least.torchvision === undefined ? '' : (least.torchvision / seconds).toFixed(2);
    console.log(`| ${name} | ${(images / seconds).toFixed(0)} | ${over} |`);
  }
  if (least.torchvision === undefined) console.log('SPHERELAB_PEER_PYTHON is not set: no comparison');
}

/** Seconds for all batches of `entries`. */
async function timed({ pictures }, entries, { batch }) {
  // Threads start lazily; a first small batch has them load their modules.
  await pictures.batch({ entries: entries.slice(0, 1), rows: 1, training: { seed: 1, step: 0 } });
  const began = performance.now();
  let next = 0;
  const work = async () => {
    while (next * batch < entries.length) {
      const step = next;
      next += 1;
      const some = entries.slice(step * batch, (step + 1) * batch);
      await pictures.batch({ entries: some, rows: batch, training: { seed: 0, step } });
    }
  };
  await Promise.all(Array.from({ length: AHEAD }, work));
  return (performance.now() - began) / 1_000;
}

function runPeer(python, { folder, dataRoot, dataset, entries, imageSize, batch, threads }) {
  const job = path.join(folder, 'job.json');
  const files = entries.map((entry) => path.join(dataRoot, dataset, entry.path));
  writeFileSync(job, JSON.stringify({ files, imageSize, batch, workers: threads, ahead: AHEAD }));
  const script = fileURLToPath(new URL('./torchvision-pictures.py', import.meta.url));
  return JSON.parse(execFileSync(python, [script, job], { encoding: 'utf8' })).seconds;
}
