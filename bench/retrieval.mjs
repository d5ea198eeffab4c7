// Exact retrieval of a test set by itself, beside faiss.
import { raceEvaluations, raceOptions } from './evaluation-race.mjs';

export const help = `npm run bench retrieval -- [--points 5924] [--classes 100] [--dim 512] [--rounds 3]
Exact retrieval of normalised points around random centres, one process each, in turn. The defaults are CUB's; SOP has 60,502
points of 11,316 classes. retrieval: R@K, MAP@R and R-precision of all; neighbours: these and the eight neighbours of each
point. faiss: IndexFlatIP, the 1,001 best of each, as the reference's R@1000 needs them; R@1 of them. SPHERELAB_PEER_PYTHON
names a Python that has faiss-cpu.`;

export const options = raceOptions;

export async function run(values) {
  raceEvaluations(['retrieval', 'neighbours'], ['faiss'], values);
}
