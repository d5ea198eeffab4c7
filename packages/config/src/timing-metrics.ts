/** Metrics that the clock decides: an interrupted run may have other values than one that was not. */
export const timingMetrics: ReadonlySet<string> = new Set(['images_per_s', 'input_wait']);
