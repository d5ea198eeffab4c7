/** SQL: columns of an experiment that tell how it ended: what its last evaluation measured, where it succeeded, and what went wrong. */
export const outcomeColumns = `CASE WHEN status = 'succeeded' THEN result->'last'->'metrics' END AS metrics,
  error->>'message' AS error`;
