/** How long rows stay that nothing needs any more, each with its reason. What an experiment holds goes with it, and only with it. */
export const retention = {
  /** ms. How long pieces of checkpoints, recorded steps and lists that no run names take up room. Cheap to look for. */
  collectEveryMs: 60_000,
  /** ms. Thumbnails are named within the JSON of evaluations: to look for those that none shows, all of it is read. */
  thumbnailsEveryMs: 6 * 3_600_000,
  /** ms. Jobs of runs that are not queued: all jobs that wait are read. */
  jobsEveryMs: 600_000,
  /** days after which a worker that was not heard of is forgotten; each start without a name of its own leaves a row. */
  workerDays: 30,
  /** ms that such a look may take; a statement of a request has 15 s. */
  lookWithinMs: 600_000,
} as const;
