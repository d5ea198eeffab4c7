// K-means of NMI, AMI and F1 at the sizes of the paper's test sets, beside scikit-learn and faiss.
import { raceEvaluations, raceOptions } from './evaluation-race.mjs';

export const help = `npm run bench k-means -- [--points 5924] [--classes 100] [--dim 512] [--restarts 10] [--rounds 3] [--peers scikit-learn,faiss k-means]
Clusters normalised points around as many random centres, one process each, in turn. The defaults are CUB's; SOP has 60,502
points of 11,316 classes, In-Shop's gallery 12,612 of 3,985. faiss makes 20 iterations of each restart from random points.
SPHERELAB_PEER_PYTHON names a Python that has scikit-learn and faiss-cpu.`;

export const options = {
  ...raceOptions,
  restarts: { type: 'string', default: '10' },
  peers: { type: 'string', default: 'scikit-learn,faiss k-means' },
};

export async function run({ peers, ...values }) {
  raceEvaluations(['k-means'], peers.split(',').filter(Boolean), values);
}
