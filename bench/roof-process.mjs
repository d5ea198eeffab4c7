// The matrix products that a training step's convolutions amount to, for `npm run bench roof`: one JSON line.
// usage: node roof-process.mjs BACKBONE SIDE BATCH ROUNDS
import { createNetwork, initialState } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';

const backbone = process.argv[2];
const [side, batchSize, rounds] = process.argv.slice(3).map(Number);
const network = createNetwork({ backbone, imageSize: side, embeddingDim: 512, needBn: true, freezeBn: true });
const weights = initialState(network, 0);
const state = new Map(network.specs.map(({ name, shape }) => [name, tf.tensor(weights.get(name), [...shape])]));

/** Sizes of the product of each convolution and dense layer: [rows, inner, columns]. */
async function productsOfForward() {
  const input = tf.zeros([batchSize, ...network.inputShape]);
  const { kernels } = await tf.profile(() => network.forward(state, input, false).embeddings);
  return kernels.flatMap(({ name, inputShapes, outputShapes }) => {
    const [output] = outputShapes;
    if (name === 'SpherelabConvolution') {
      const [height, width, channels, filters] = inputShapes[1];
      return [[output.slice(0, 3).reduce((a, b) => a * b), height * width * channels, filters]];
    }
    return name === 'BatchMatMul' ? [[output[0], inputShapes[0][1], output[1]]] : [];
  });
}

/** The least ms of a product of random matrices. */
function timeOf([rows, inner, columns], transposeA, transposeB) {
  const a = tf.randomUniform(transposeA ? [inner, rows] : [rows, inner]);
  const b = tf.randomUniform(transposeB ? [columns, inner] : [inner, columns]);
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now();
    tf.matMul(a, b, transposeA, transposeB).dispose();
    if (round > 0) least = Math.min(least, performance.now() - began);
  }
  tf.dispose([a, b]);
  return least;
}

const products = await productsOfForward();
let ms = 0;
let operations = 0;
products.forEach((product, at) => {
  const [rows, inner, columns] = product;
  operations += 2 * rows * inner * columns;
  ms += timeOf(product, false, false);
  // Backward: the gradient of the weights, and that of the input of every layer but the first.
  operations += 2 * rows * inner * columns * (at === 0 ? 1 : 2);
  ms += timeOf([inner, rows, columns], true, false);
  if (at > 0) ms += timeOf([rows, columns, inner], false, true);
});
console.log(JSON.stringify({ ms, gflop: operations / 1e9 }));
