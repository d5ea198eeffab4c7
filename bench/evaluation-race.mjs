// Our evaluation and a peer's on the same embeddings, one process each, in turn.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddingBlobs } from './embedding-blobs.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));

export const raceOptions = {
  points: { type: 'string', default: '5924' },
  classes: { type: 'string', default: '100' },
  dim: { type: 'string', default: '512' },
  rounds: { type: 'string', default: '3' },
};

/**
 * Prints a line for each contender, and each peer's time over that of ours (the least of `rounds`).
 * @param {string[]} ours works of evaluation-process.mjs
 * @param {string[]} peers works of python-evaluation.py, left out without SPHERELAB_PEER_PYTHON
 */
export function raceEvaluations(ours, peers, { points, classes, dim, rounds, restarts = '1' }) {
  const python = process.env.SPHERELAB_PEER_PYTHON;
  const kept = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  const file = path.join(kept, 'embeddings');
  const contenders = [
    ...ours.map((name) => ({ name, command: [process.execPath, path.join(folder, 'evaluation-process.mjs')] })),
    ...(python ? peers : []).map((name) => ({ name, command: [python, path.join(folder, 'python-evaluation.py')] })),
  ];
  try {
    writeFileSync(file, embeddingBlobs(Number(points), Number(classes), Number(dim)).embeddings);
    const results = contenders.map(() => []);
    for (let round = 0; round < Number(rounds); round += 1) {
      contenders.forEach(({ name, command: [program, script] }, index) => {
        const args = [script, name, file, points, classes, dim, restarts];
        const stdio = ['ignore', 'pipe', 'ignore'];
        results[index].push(JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio })));
      });
    }
    report(contenders, results, `${points} x ${dim}, ${classes} classes`);
  } finally {
    rmSync(kept, { recursive: true });
  }
  if (!python) console.log('SPHERELAB_PEER_PYTHON is not set: no comparison');
}

function report(contenders, results, size) {
  const least = (index, key) => Math.min(...results[index].map((result) => result[key]));
  console.log(`${size}\nwho            seconds  CPU s    peak MB  result`);
  contenders.forEach(({ name }, index) => {
    const { seconds, cpu, peak_mb: peak, ...result } = results[index][0];
    const numbers = [least(index, 'seconds'), least(index, 'cpu'), least(index, 'peak_mb')];
    const shown = Object.entries(result).map(([key, value]) => `${key} ${Number(value.toFixed(4))}`);
    const columns = numbers.map((number) => number.toFixed(number < 100 ? 2 : 0).padEnd(9)).join('');
    console.log(`${name.padEnd(15)}${columns}${shown.join(', ')}`);
  });
  contenders.slice(1).forEach(({ name }, index) => {
    const ratios = ['seconds', 'cpu'].map((key) => (least(index + 1, key) / least(0, key)).toFixed(2));
    console.log(`${name} / ${contenders[0].name}: ${ratios[0]} (clock), ${ratios[1]} (CPU)`);
  });
}
