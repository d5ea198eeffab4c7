import { type Dataset, keptDatasets, type OpenDatasetOptions } from '@spherelab/datasets';
import { keptSessions, type OpenSession } from './kept-sessions.ts';

/** What a process that makes one run after the other opens once: whoever closes a part gives it back for the next run. */
export type KeptParts = {
  readonly openDataset: (options: OpenDatasetOptions) => Promise<Dataset>;
  readonly openSession: OpenSession;
  /** Ends threads and frees memory; parts that are in use are closed by who uses them. */
  readonly close: () => Promise<void>;
};

/** Parts for a process of runs, or, closed after it, for one. */
export function keptParts(): KeptParts {
  const datasets = keptDatasets();
  const sessions = keptSessions();
  return {
    openDataset: datasets.open,
    openSession: sessions.open,
    close: () => {
      sessions.close();
      return datasets.close();
    },
  };
}
