import { datasetRecord } from '@spherelab/catalogue';
import { readEnvironment } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { createProgressLine } from '../output/progress-line.ts';
import { fetchWeights } from '../weights/fetch-weights.ts';

/** Losses in the order in which they train. */
export const demoLosses = ['triplet', 'semihtriplet', 'n-npair', 'ms'] as const;

/** What the demo trains. */
export type DemoPlan = {
  /** What all its runs share. */
  readonly base: Readonly<Record<string, unknown>> & { readonly dataset: string };
  /** The weight of SEC by loss. */
  readonly secWei: Readonly<Record<(typeof demoLosses)[number], number>>;
  /** In a few words, for the line that says what is trained. */
  readonly network: string;
};

/**
 * The SEC weight of each loss, chosen on held-out training classes (scripts/tune.mjs, README): the one that about halves
 * the spread of the norms there at least cost in recall. For a folder, on the grocery photographs.
 */
const secWeiOf = {
  shapes: { triplet: 2, semihtriplet: 0.5, 'n-npair': 0.1, ms: 0.05 },
  folder: { triplet: 3, semihtriplet: 0.5, 'n-npair': 0.05, ms: 0.1 },
  emoji: { triplet: 0.2, semihtriplet: 0.1, 'n-npair': 0.1, ms: 0.02 },
  photographs: { triplet: 0.2, semihtriplet: 0.2, 'n-npair': 0.05, ms: 0.2 },
} as const;

/**
 * The head of a pretrained network on somebody's own photographs; chosen as the weights of SEC were. Of forty classes anything more
 * is learned by heart: with three stages trained, recall of the training classes is 1 and that of the others falls.
 */
const photographs = {
  backbone: 'efficientnet_lite0',
  freeze_stages: 9,
  steps: 60,
  eval_every: 60,
  lr: 1e-3,
};

const fetchedDataset = 'emoji';

/**
 * What to train, having fetched what it needs: emoji and a pretrained network by default, the small network where these cannot be had,
 * which `say` is told with the reason.
 * @param dataset as asked for; null: the demo's choice
 * @throws CliError where what was asked for by name cannot be had; the signal's reason
 */
export async function planDemo(
  dataset: string | null,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<DemoPlan> {
  const name = dataset?.toLowerCase() ?? fetchedDataset;
  const isGenerated = datasetRecord(name).kind === 'generated';
  if (isGenerated) return smallOn('shapes');
  if (name === fetchedDataset) {
    const problem = await fetchedOrWhy(signal);
    if (problem !== null && dataset !== null) throw new CliError(problem);
    if (problem !== null) {
      say(`no emoji: ${problem}`);
      say('training the small network on generated shapes instead');
      return smallOn('shapes');
    }
  }
  const folder = name === fetchedDataset ? name : (dataset as string);
  const problem = await weightsOrWhy(signal);
  if (problem !== null) {
    say(`no pretrained weights: ${problem}`);
    say(`training the small network on ${folder} instead`);
    return smallOn(folder);
  }
  const network = 'a pretrained EfficientNet-Lite0';
  if (name === fetchedDataset) return { base: { dataset: name }, secWei: secWeiOf.emoji, network };
  return { base: { dataset: folder, ...photographs }, secWei: secWeiOf.photographs, network: `the head of ${network}` };
}

function smallOn(dataset: string): DemoPlan {
  const secWei = dataset === 'shapes' ? secWeiOf.shapes : secWeiOf.folder;
  return { base: { dataset, backbone: 'conv_small' }, secWei, network: 'a small network from random weights' };
}

/** Makes the data set where it is not there; null, or why it cannot be had. */
async function fetchedOrWhy(signal: AbortSignal): Promise<string | null> {
  const progress = createProgressLine(process.stderr, 5_000);
  const { fetchEmoji } = await import('@spherelab/datasets/emoji');
  const { dataRoot } = readEnvironment();
  const onProgress = (step: string, fraction: number) => progress.show(fraction, `emoji: ${step}`);
  return orWhy(fetchEmoji({ dataRoot, signal, onProgress }), signal).finally(() => progress.end());
}

function weightsOrWhy(signal: AbortSignal): Promise<string | null> {
  return orWhy(fetchWeights('efficientnet_lite0', { dataRoot: readEnvironment().dataRoot, signal }), signal);
}

async function orWhy(fetching: Promise<unknown>, signal: AbortSignal): Promise<string | null> {
  try {
    await fetching;
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return (error as Error).message;
  }
}
