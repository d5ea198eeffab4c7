import type { VerificationReport, VerifyOptions } from '@spherelab/training';

/** What the supervisor tells the process that verifies: all but what only that process has. */
export type VerifierOrder = Omit<VerifyOptions, 'numerics' | 'emit' | 'stop'>;

/** What it answers, once. */
export type VerifierAnswer = { readonly report: VerificationReport } | { readonly error: string };
