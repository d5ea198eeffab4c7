/** How long files of this machine stay that nothing needs any more, each with its reason. */
export const localRetention = {
  /** days since a recorded step was read last. Recorded anew in some ten seconds; a code that changes leaves one behind each time. */
  graphDays: 30,
  /** days since what frozen stages made of a list of images was read last. Computed anew in minutes; each takes megabytes to gigabytes. */
  featureDays: 14,
  /** hours after which a step that is being recorded is not: it takes a minute at most. */
  recordingHours: 1,
  /** ms between two looks of a worker that runs for weeks. */
  lookEveryMs: 6 * 3_600_000,
  /** bytes of a log of `npm start` before it makes room; one older part is kept. */
  logBytes: 16 * 2 ** 20,
  /** ms between two looks at them: a program that does nothing but fail writes some MB in that time. */
  logLookEveryMs: 60_000,
} as const;
