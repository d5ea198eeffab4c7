import { batchLayout, layoutTensors } from '@spherelab/losses';
import { tf } from '@spherelab/tensorflow';
import { optimizerOf } from '../src/optimizers/optimizer-of.ts';
import { decayOf, rateOf } from '../src/parameter-groups.ts';
import { stepPass } from '../src/step-pass.ts';
import { checkState, recordNormMeanKey, stepVariables, trainedSpecs, updatesKey } from '../src/step-variables.ts';
import {
  checkFirstStep,
  type StepInput,
  type StepScalars,
  secWeightAt,
  stepScalarNames,
  type TrainStep,
  type TrainStepOptions,
} from '../src/train-step.ts';
import type { Tensor } from './adam-update.ts';
import { optimizerUpdate } from './optimizer-update.ts';

/**
 * The training step one op at a time: what the compiled step is compared with. Takes batches of any size; everything
 * it holds is zeros until `writeState`.
 */
export function createEagerStep(options: TrainStepOptions): TrainStep {
  const { network, loss, instances, weightDecay } = options;
  const trained = trainedSpecs(network, options.freezeBn);
  const optimizer = optimizerOf(options.optimizer);
  const variables = stepVariables(network, options.freezeBn, optimizer);
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
    run: ({ input, labels }, at) => {
      const { step } = at;
      checkFirstStep(step, updates);
      const layout = layoutTensors(batchLayout(labels, loss.name, instances));
      updates += 1;
      const scalars = tf.tidy(() => {
        const momentum = tf.scalar(step === 0 ? 1 : options.normMomentum);
        const recordNormMean = state.get(recordNormMeanKey) as Tensor;
        const secWeight = options.secWei === 0 ? null : tf.scalar(secWeightAt(step, options));
        const l2regWeight = options.l2regWei === 0 ? null : tf.scalar(options.l2regWei);
        const feeds = { input: tensorOf(input), layout, momentum, recordNormMean, secWeight, l2regWeight };
        const { gradients, objective, runningStatistics } = stepPass(options, trained, state, feeds);
        for (const [index, { name, group }] of trained.entries()) {
          const keys = optimizer.momentKeys(name);
          const next = optimizerUpdate(options.optimizer, {
            parameter: state.get(name) as Tensor,
            gradient: gradients[index] as Tensor,
            moments: keys.map((key) => state.get(key) as Tensor),
            decay: decayOf(group, weightDecay),
            lr: at[rateOf(group)],
            t: updates,
          });
          replace(name, next.parameter);
          for (const [slot, key] of keys.entries()) replace(key, next.moments[slot] as Tensor);
        }
        for (const [name, value] of runningStatistics) replace(name, value);
        replace(recordNormMeanKey, tf.clone(objective.record_norm_mean));
        return tf.stack(stepScalarNames.map((name) => tf.reshape(objective[name], []))).dataSync<'float32'>();
      });
      tf.dispose(Object.values(layout));
      return Object.fromEntries(stepScalarNames.map((name, index) => [name, scalars[index]])) as StepScalars;
    },
    embed: (input) => tf.tidy(() => network.forward(state, tensorOf(input), false).embeddings.dataSync<'float32'>()),
    embedWithFeatures: (input) =>
      tf.tidy(() => {
        const { embeddings, pooled } = network.forward(state, tensorOf(input), false);
        return { embeddings: embeddings.dataSync<'float32'>(), features: pooled.dataSync<'float32'>() };
      }),
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
