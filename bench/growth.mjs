// How the time of an evaluation grows with its size, beside what its mathematics demands.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddingBlobs } from './embedding-blobs.mjs';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'evaluation-process.mjs');
const factors = [1, 3, 10];
const dim = 512;

/** What is measured: a work of evaluation-process.mjs, classes of so many points, and the exponent that is to be expected. */
const works = [
  { name: 'retrieval', work: 'retrieval', classesOf: (points) => points / 5, expected: '2' },
  { name: 'neighbours', work: 'neighbours', classesOf: (points) => points / 5, expected: '2' },
  { name: 'k-means, 50 clusters', work: 'k-means', classesOf: () => 50, expected: '1 to 2' },
  { name: 'k-means, a fifth as many', work: 'k-means', classesOf: (points) => points / 5, expected: '2' },
];

export const help = `npm run bench growth -- [--points 1500] [--rounds 2]
Each evaluation at 1, 3 and 10 times --points of ${dim} dimensions, a process each: CPU seconds (the least of --rounds), the
exponent from 3 to 10 times, and that of its mathematics: all pairs of points are 2; k-means compares points with
clusters, and each point with all others once.`;

export const options = {
  points: { type: 'string', default: '1500' },
  rounds: { type: 'string', default: '2' },
};

export async function run({ points, rounds }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  console.log(
    `| what | ${factors.map((factor) => `${factor * points} points, CPU s`).join(' | ')} | exponent | expected |`,
  );
  console.log(`|${' --- |'.repeat(factors.length + 3)}`);
  try {
    for (const { name, work, classesOf, expected } of works) {
      const seconds = factors.map((factor) =>
        measured(folder, work, factor * points, classesOf(factor * points), rounds),
      );
      const [, middle, large] = seconds;
      const exponent = Math.log(large / middle) / Math.log(factors[2] / factors[1]);
      const shown = seconds.map((value) => value.toFixed(2)).join(' | ');
      console.log(`| ${name} | ${shown} | ${exponent.toFixed(2)} | ${expected} |`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measured(folder, work, points, classes, rounds) {
  const file = path.join(folder, 'embeddings');
  writeFileSync(file, embeddingBlobs(points, classes, dim).embeddings);
  const args = [script, work, file, points, classes, dim, 10].map(String);
  const stdio = ['ignore', 'pipe', 'ignore'];
  const runs = Array.from({ length: Number(rounds) }, () =>
    JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio })),
  );
  return Math.min(...runs.map(({ cpu }) => cpu));
}
