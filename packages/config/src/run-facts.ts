import type { UpdateSequence } from './update-sequence.ts';

/** Processor, TensorFlow, libvips, thread counts, Node, device: what a run depends on beside config, data and code. */
export type Environment = Readonly<Record<string, string | number | boolean>>;

/** Versions of the code that computes; SHA-256, hex. */
export type Numerics = {
  /** of all of it: runs of one config, one data set and one version have the same numbers */
  readonly version: string;
  /** of what runs anew in each process; the rest is in a run's recorded step */
  readonly host: string;
};

/** All that a trainer knows of the run it is about to make; hashes are SHA-256, hex. */
export type RunFacts = {
  /** of the config without labels and steps (configSha256) */
  readonly config_sha256: string;
  readonly sequence: UpdateSequence;
  /** that it makes in all */
  readonly total_updates: number;
  /** the data set's own spelling */
  readonly dataset: string;
  /** of the lists with the bytes of their images */
  readonly data_sha256: string;
  /** of the file of weights, or `random` */
  readonly weights_sha256: string;
  /** version of all code that computes, and of what of it no recorded step holds (packages/numerics) */
  readonly numerics: string;
  readonly host_numerics: string;
  /** keys and shapes of all that a step carries to the next one */
  readonly layout_sha256: string;
  readonly environment: Environment;
};

/** What a checkpoint was made under: the run's facts, with its recorded step. */
export type CheckpointFacts = Omit<RunFacts, 'sequence' | 'total_updates'> & {
  /** missing in those of a release that recorded none */
  readonly sequence?: UpdateSequence;
  /** of the recorded step */
  readonly graph_sha256: string;
};
