/** One thing wrong with a request: which field, what was given, why it is refused and what would be taken. */
export type ConfigIssue = {
  readonly field: string;
  readonly value: unknown;
  readonly reason: string;
  readonly allowed?: string;
};

/** A request that cannot become an experiment or a sweep. Never retryable: the same request fails again. */
export class ConfigError extends Error {
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(describeIssue).join('; '));
    this.name = 'ConfigError';
    this.issues = issues;
  }
}

/** One line for people: `lr: -1 is not allowed: must be greater than 0`. */
export function describeIssue(issue: ConfigIssue): string {
  const given = issue.value === undefined ? '' : ` (got ${JSON.stringify(issue.value)})`;
  const allowed = issue.allowed === undefined ? '' : `; allowed: ${issue.allowed}`;
  return `${issue.field}: ${issue.reason}${given}${allowed}`;
}
