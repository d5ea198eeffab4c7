import type { Environment } from '@spherelab/config';

/** Something about a finished run that is not as it was. */
export type Finding = {
  readonly what: 'checkpoint' | 'metrics' | 'result' | 'config' | 'data' | 'weights file' | 'code' | 'recomputation';
  readonly message: string;
};

/** How far two lists of numbers are apart. */
export type Distance = {
  readonly compared: number;
  readonly differing: number;
  /** largest absolute difference; 0 where only signs of zero differ */
  readonly largest: number;
  /** the first that differs, for a person; null: none */
  readonly first: string | null;
};

/** A part of the run that was computed again. */
export type StretchReport = {
  /** updates done */
  readonly from: number;
  readonly to: number;
  /** weights, running statistics, Adam's moments and the running norm after it */
  readonly state: Distance;
  /** metric points measured on the way */
  readonly metrics: Distance;
  readonly seconds: number;
};

/** What a verification found. */
export type VerificationReport = {
  /** whether what was computed again has the bits that are stored; null: nothing could be */
  readonly same_bits: boolean | null;
  readonly findings: readonly Finding[];
  /** what differs here from where the run was made, and need not be wrong */
  readonly notes: readonly string[];
  readonly stretches: readonly StretchReport[];
  readonly environment: Environment;
};
