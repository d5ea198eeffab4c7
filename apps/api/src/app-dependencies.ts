import type { DatasetFacts, Division } from '@spherelab/config';
import type { Database } from '@spherelab/db';
import type { ExperimentQueue } from '@spherelab/queue';

/** A data set of the data root, or what is wrong with it. */
export type DatasetDescription = {
  readonly name: string;
  /** without what is in the images: a list must not wait for their hashes */
  readonly facts: Omit<DatasetFacts, 'dataSha256'> | null;
  readonly problem: string | null;
};

/** What the API knows of data sets and weights; the catalogue of @spherelab/datasets/catalogue fits. */
export type DatasetCatalogue = {
  /** @throws DatasetError (code, field, message) */
  describe(dataRoot: string | null, name: string, division: Division): Promise<DatasetFacts>;
  list(dataRoot: string | null): Promise<readonly DatasetDescription[]>;
  /** SHA-256 (hex) of a file of weights; null where there is none */
  weightsSha256(dataRoot: string, name: string): Promise<string | null>;
};

/** All that the app needs from outside; it opens and closes none of it. */
export type AppDependencies = {
  readonly database: Database;
  readonly queue: Pick<ExperimentQueue, 'counts' | 'ping' | 'waiting' | 'remove'>;
  /** Tells that the outbox has something; never waits, never throws. */
  readonly kickRelay: () => void;
  /** Tells that a study or a sweep may want its next runs; never waits, never throws. */
  readonly kickPlanner: () => void;
  readonly catalogue: DatasetCatalogue;
  /** version of the code that computes, as this process has it */
  readonly numerics: string;
  /** folder of data sets; it need not exist */
  readonly dataRoot: string;
  /** folder of the built page; null or left out: none is served */
  readonly pageFolder?: string | null;
  /** names (or name:port) by which clients know this server beside its own addresses. Default: none */
  readonly allowedHosts?: readonly string[];
  /** path under which a proxy serves this server, as /user/x/proxy/3000, whether it passes it on or not. Default: none */
  readonly basePath?: string;
  /** A key is needed even where there is none (any more): others than this machine reach it. Default: once there is one */
  readonly isKeyAlwaysNeeded?: boolean;
  /** BullMQ's queues where its board is to be served at /admin/queues: whoever reaches the API may then change jobs */
  readonly boards?: ReturnType<ExperimentQueue['openBoards']>;
  /** false in tests; `{ level }` in production */
  readonly logger?: boolean | { readonly level: string };
  /** ms between looks for new events of a stream. Default 500 */
  readonly eventPollMs?: number;
};
