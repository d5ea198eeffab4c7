const pattern = /^(?:(last|best)\.)?((?:train_)?recall_at_\d{1,5}|nmi|ami|f1|map_at_r|r_precision|norm_cv)$/;

/** What a column of a list measures: a metric of the last evaluation (nmi, last.nmi) or of the best (best.nmi). */
export type MetricColumn = { readonly evaluation: 'last' | 'best'; readonly metric: string };

/** null where the name is none of a metric */
export function readMetricColumn(name: string): MetricColumn | null {
  const [, evaluation = 'last', metric] = pattern.exec(name) ?? [];
  return metric === undefined ? null : { evaluation: evaluation as MetricColumn['evaluation'], metric };
}
