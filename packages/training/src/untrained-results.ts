import { decisiveFacts } from './decisive-facts.ts';
import { type SentThumbnails, VIEW_FORMAT } from './evaluation-view.ts';
import type { TrainingRun } from './open-run.ts';
import type { EvaluationSummary, EvaluationViewEvent } from './training-events.ts';
import { weightsSha256 } from './weights-sha256.ts';

/** What the evaluation of an untrained network gives: the same in each run that begins with the same weights on the same images. */
export type UntrainedResults = {
  readonly summary: EvaluationSummary;
  readonly features: EvaluationSummary | null;
  readonly colourHistogram: EvaluationSummary | null;
  readonly view: EvaluationViewEvent;
  /** Pictures that the view came with, as later views of the run refer to them. */
  readonly sent: SentThumbnails;
};

/**
 * All that these results follow from, as text. The recorded step is not in it: its loss has no part in what a network makes of a
 * picture, and the version of the code is that of the step.
 */
export function untrainedOf({ config, facts, model, network, trainStep }: TrainingRun): string {
  return JSON.stringify({
    what: 'untrained network',
    view: VIEW_FORMAT,
    model,
    layout: facts.layout_sha256,
    weights: weightsSha256(network, trainStep.readState()),
    withFeatures: config.weights !== 'random',
    batchSize: config.batch_size,
    ...evaluatedOn(facts),
  });
}

/** What the scores of the colour histogram follow from. */
export function colourHistogramOf({ config, facts }: Pick<TrainingRun, 'config' | 'facts'>): string {
  return JSON.stringify({ what: 'colour histogram', imageSize: config.image_size, ...evaluatedOn(facts) });
}

function evaluatedOn(facts: TrainingRun['facts']) {
  return {
    dataset: facts.dataset,
    data: facts.data_sha256,
    numerics: facts.numerics,
    host: facts.host_numerics,
    node: facts.environment.node,
    environment: decisiveFacts(facts.environment),
  };
}
