import { batchLayout, type LayoutTensors } from '@spherelab/losses';
import type { Feed, GraphSession } from '@spherelab/tensorflow';
import { optimizerOf } from './optimizers/optimizer-of.ts';
import { rateOf } from './parameter-groups.ts';
import type { InputSignature } from './record-step.ts';
import { stepGraph } from './step-graph.ts';
import { checkState, stepVariables, trainedSpecs, updatesKey } from './step-variables.ts';
import {
  checkFirstStep,
  type StepInput,
  type StepScalars,
  secWeightAt,
  stepScalarNames,
  type TrainStep,
  type TrainStepOptions,
} from './train-step.ts';

const scalar = (value: number): Feed => ({ values: Float32Array.of(value), shape: [] });

/**
 * The training step as one TensorFlow graph, loaded as `recordStep` wrote it for the same options. The state lives in the session's
 * variables and is zeros until `writeState` sets it, whatever they held before. `dispose` closes the session.
 */
export function openCompiledStep(
  session: GraphSession,
  options: TrainStepOptions,
  signature: InputSignature,
): TrainStep {
  const { network, loss, instances } = options;
  const optimizer = optimizerOf(options.optimizer);
  const variables = stepVariables(network, options.freezeBn, optimizer);
  const rates = [...new Set(trainedSpecs(network, options.freezeBn).map(({ group }) => rateOf(group)))];
  const inputShape = [signature.batchSize, ...network.inputShape];
  const keys = [...variables.map(({ key }) => key), updatesKey];
  let updates = 0;

  const inputFeed = (input: StepInput): Feed => {
    const expected = signature.inputType === 'uint8' ? Uint8Array : Float32Array;
    if (!(input instanceof expected)) throw new TypeError(`the step takes ${signature.inputType} inputs`);
    return { values: input, shape: inputShape };
  };
  const layoutFeeds = (labels: Int32Array): Record<string, Feed> => {
    const { classes, labels: own, positives, width, firsts, seconds } = batchLayout(labels, loss.name, instances);
    const parts: Partial<Record<keyof LayoutTensors, Feed>> = {
      classes: { values: classes, shape: [classes.length] },
      ...(own === undefined ? {} : { labels: { values: own, shape: [own.length] } }),
      positives: { values: positives, shape: [classes.length, width] },
      firsts: { values: firsts, shape: [firsts.length] },
      seconds: { values: seconds, shape: [seconds.length] },
    };
    const named = Object.entries(parts) as [keyof LayoutTensors, Feed][];
    return Object.fromEntries(named.map(([part, feed]) => [stepGraph.layout(part), feed]));
  };

  const run: TrainStep['run'] = ({ input, labels }, at) => {
    const { step } = at;
    const t = updates + 1;
    checkFirstStep(step, updates);
    const fed = [
      ...rates.map((rate) => [stepGraph[rate], scalar(optimizer.rate(at[rate], t))] as const),
      ...Object.entries(optimizer.feed(t)).map(([name, value]) => [stepGraph.optimizer(name), scalar(value)] as const),
      ...(options.secWei === 0 ? [] : [[stepGraph.secWeight, scalar(secWeightAt(step, options))] as const]),
      ...(options.l2regWei === 0 ? [] : [[stepGraph.l2regWeight, scalar(options.l2regWei)] as const]),
      ...(options.weightDecay === 0 ? [] : [[stepGraph.weightDecay, scalar(options.weightDecay)] as const]),
    ];
    const feeds = {
      [stepGraph.input]: inputFeed(input),
      ...layoutFeeds(labels),
      [stepGraph.momentum]: scalar(step === 0 ? 1 : options.normMomentum),
      ...Object.fromEntries(fed),
    };
    const [values] = session.run(feeds, [stepGraph.scalars]);
    updates += 1;
    return Object.fromEntries(stepScalarNames.map((name, index) => [name, values?.[index]])) as StepScalars;
  };
  const writeState: TrainStep['writeState'] = (state) => {
    checkState(variables, state);
    const feeds = variables.map(({ key, shape }, index) => {
      const values = state.get(key) as Float32Array;
      return [stepGraph.restore(index), { values, shape }] as const;
    });
    session.run(Object.fromEntries(feeds), [stepGraph.restored]);
    updates = state.get(updatesKey)?.[0] as number;
  };
  const readState: TrainStep['readState'] = () => {
    const values = session.run(
      {},
      variables.map((_, index) => stepGraph.value(index)),
    );
    return new Map(keys.map((key, index) => [key, values[index] ?? Float32Array.of(updates)]));
  };

  writeState(new Map([...zeros(variables), [updatesKey, Float32Array.of(0)]]));
  return {
    run,
    embed: (input) =>
      session.run({ [stepGraph.embedInput]: inputFeed(input) }, [stepGraph.embeddings])[0] as Float32Array,
    embedWithFeatures: (input) => {
      const outputs = [stepGraph.embeddings, stepGraph.pooled];
      const [embeddings, features] = session.run({ [stepGraph.embedInput]: inputFeed(input) }, outputs);
      return { embeddings: embeddings as Float32Array, features: features as Float32Array };
    },
    readState,
    writeState,
    dispose: () => session.close(),
  };
}

function zeros(variables: ReturnType<typeof stepVariables>): (readonly [string, Float32Array])[] {
  return variables.map(({ key, shape }) => [key, new Float32Array(shape.reduce((product, size) => product * size, 1))]);
}
