// Our training step, for `npm run bench train-step`: one JSON line for each line on stdin.
// usage: node train-step-process.mjs BACKBONE SIDE BATCH INSTANCES CACHE_FOLDER
import { createInterface } from 'node:readline';
import { losses } from '@spherelab/catalogue';
import { initialState } from '@spherelab/models';
import { readNumerics } from '@spherelab/numerics';
import { openGraphSession } from '@spherelab/tensorflow';
import { openCompiledStep, provideStepGraph, stepOptionsOf } from '@spherelab/training';

const backbone = process.argv[2];
const [side, batchSize, instances] = process.argv.slice(3, 6).map(Number);
const recipe = {
  model: { backbone, imageSize: side, embeddingDim: 512, needBn: true, freezeBn: true },
  step: {
    loss: { name: 'triplet', margin: losses.triplet.constants.margin.value },
    instances,
    secWei: 0,
    l2regWei: 0,
    normMomentum: 1,
    secRampSteps: null,
    optimizer: { name: 'adam' },
    weightDecay: 2.5e-3,
    freezeBn: true,
  },
  signature: { batchSize, inputType: 'uint8' },
};
const graph = await provideStepGraph(process.argv[6], recipe, readNumerics().version);
const options = stepOptionsOf(recipe);
const step = openCompiledStep(openGraphSession(graph.folder), options, recipe.signature);
const weights = initialState(options.network, 0);
step.writeState(new Map([...step.readState()].map(([key, values]) => [key, weights.get(key) ?? values])));
const input = Uint8Array.from({ length: batchSize * side * side * 3 }, (_, i) => (i * 2654435761) >>> 24);
const labels = Int32Array.from({ length: batchSize }, (_, row) => Math.floor(row / instances));
let index = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const { loss_total: loss } = step.run({ input, labels }, { step: index, lr: 1e-5, lrP: 1e-5, lrProxies: 0 });
  index += 1;
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(startedCpu);
  console.log(
    JSON.stringify({ ms, cpu_ms: (user + system) / 1000, loss, peak_mb: process.resourceUsage().maxRSS / 1024 }),
  );
}
