import { batchLayout, layoutTensors } from '@spherelab/losses';
import { tf } from '@spherelab/tensorflow';
import { adamRates, decayOf, isBackbone } from '../src/adam-rates.ts';
import { stepPass } from '../src/step-pass.ts';
import {
  checkState,
  momentKeys,
  recordNormMeanKey,
  stepVariables,
  trainedSpecs,
  updatesKey,
} from '../src/step-variables.ts';
import {
  checkFirstStep,
  type StepInput,
  type StepScalars,
  stepScalarNames,
  type TrainStep,
  type TrainStepOptions,
} from '../src/train-step.ts';
import { adamUpdate, type Tensor } from './adam-update.ts';

/**
 * The training step one op at a time: what the compiled step is compared with. Takes batches of any size; everything
 * it holds is zeros until `writeState`.
 */
export function createEagerStep(options: TrainStepOptions): TrainStep {
  const { network, loss, instances, weightDecay } = options;
  const trained = trainedSpecs(network, options.freezeBn);
  const variables = stepVariables(network, options.freezeBn);
  const state = new Map<string, Tensor>(variables.map(({ key, shape }) => [key, tf.zeros([...shape])]));
  let updates = 0;
  const replace = (key: string, next: Tensor): void => {
    state.get(key)?.dispose();
    state.set(key, tf.keep(next));
  };
  const tensorOf = (input: StepInput): Tensor => {
    const rows = input.length / network.inputShape.reduce((product, size) => product * size, 1);
    return tf.tensor(input, [rows, ...network.inputShape], input instanceof Float32Array ? 'float32' : 'int32');
  };

  return {
    run: ({ input, labels }, { step, lr, lrP }) => {
      checkFirstStep(step, updates);
      const layout = layoutTensors(batchLayout(labels, loss.name, instances));
      updates += 1;
      const scalars = tf.tidy(() => {
        const momentum = tf.scalar(step === 0 ? 1 : options.normMomentum);
        const recordNormMean = state.get(recordNormMeanKey) as Tensor;
        const feeds = { input: tensorOf(input), layout, momentum, recordNormMean };
        const { gradients, objective, runningStatistics } = stepPass(options, trained, state, feeds);
        for (const [index, { name, group }] of trained.entries()) {
          const { m, v } = momentKeys(name);
          const moments = { m: state.get(m) as Tensor, v: state.get(v) as Tensor };
          const rates = adamRates(isBackbone(group) ? lrP : lr, updates);
          const decay = decayOf(group, weightDecay);
          const next = adamUpdate(state.get(name) as Tensor, gradients[index] as Tensor, moments, decay, rates);
          replace(name, next.parameter);
          replace(m, next.m);
          replace(v, next.v);
        }
        for (const [name, value] of runningStatistics) replace(name, value);
        replace(recordNormMeanKey, tf.clone(objective.record_norm_mean));
        return tf.stack(stepScalarNames.map((name) => tf.reshape(objective[name], []))).dataSync<'float32'>();
      });
      tf.dispose(Object.values(layout));
      return Object.fromEntries(stepScalarNames.map((name, index) => [name, scalars[index]])) as StepScalars;
    },
    embed: (input) => tf.tidy(() => network.forward(state, tensorOf(input), false).embeddings.dataSync<'float32'>()),
    readState: () =>
      new Map([
        ...[...state].map(([key, tensor]) => [key, Float32Array.from(tensor.dataSync<'float32'>())] as const),
        [updatesKey, Float32Array.of(updates)] as const,
      ]),
    writeState: (values) => {
      checkState(variables, values);
      for (const { key, shape } of variables) replace(key, tf.tensor(values.get(key) as Float32Array, [...shape]));
      updates = values.get(updatesKey)?.[0] as number;
    },
    dispose: () => tf.dispose([...state.values()]),
  };
}
