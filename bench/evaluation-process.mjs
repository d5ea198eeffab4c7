// Ours in an evaluation race: one JSON line of what was measured. See evaluation-race.mjs for the arguments.
import { readFileSync } from 'node:fs';
import { evaluateEmbeddings, kMeans, nearestNeighbours } from '../packages/evaluation/dist/index.js';

const [, , what, file, count, classes, dim, restarts] = process.argv.map((arg, at) => (at < 4 ? arg : Number(arg)));
const bytes = readFileSync(file);
const embeddings = new Float32Array(bytes.buffer, bytes.byteOffset, count * dim);
const labels = Int32Array.from({ length: count }, (_, point) => point % classes);
const set = { embeddings, labels, dim };

const works = {
  retrieval: () => {
    const options = { ks: [1, 10, 100, 1000], cluster: false, seed: 0 };
    const { recall, map_at_r: map } = evaluateEmbeddings(set, null, options);
    return { recall_at_1: recall['1'], map_at_r: map };
  },
  neighbours: () => {
    const options = { ks: [1, 10, 100, 1000], cluster: false, seed: 0 };
    const { recall, map_at_r: map } = evaluateEmbeddings(set, null, options);
    return { recall_at_1: recall['1'], map_at_r: map, listed: nearestNeighbours(set, null, { count: 8 }).length };
  },
  'k-means': () => {
    const { inertia, iterations } = kMeans(set, { clusters: classes, seed: 0, restarts });
    return { inertia, iterations };
  },
};

const before = process.cpuUsage();
const began = performance.now();
const result = works[what]();
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage(before);
const peak = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak_mb: peak, ...result }));
