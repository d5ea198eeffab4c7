import { shortText, shortValue } from './short-value.ts';

/** One thing wrong with a request: which field, what was given, why it is refused and what would be taken. */
export type ConfigIssue = {
  readonly field: string;
  readonly value: unknown;
  readonly reason: string;
  readonly allowed?: string;
};

/** As many issues as one answer tells. */
export const toldIssues = 20;

/** A request that cannot become an experiment or a sweep. Never retryable: the same request fails again. */
export class ConfigError extends Error {
  /** The first of them, with values cut to a size that can be read. */
  readonly issues: readonly ConfigIssue[];

  /** @param untold text for what was found and is not among `issues`, such as `7 more` */
  constructor(issues: readonly ConfigIssue[], untold: string | null = moreThanTold(issues)) {
    const told = issues.slice(0, toldIssues).map(shortIssue);
    super([...told.map(describeIssue), ...(untold === null ? [] : [`and ${untold}`])].join('; '));
    this.name = 'ConfigError';
    this.issues = told;
  }
}

function moreThanTold(issues: readonly ConfigIssue[]): string | null {
  return issues.length > toldIssues ? `${issues.length - toldIssues} more` : null;
}

/** A request's keys and values stand in its issues: without this an answer could be many times the request. */
function shortIssue(issue: ConfigIssue): ConfigIssue {
  const value = shortValue(issue.value);
  return { ...issue, field: shortText(issue.field), value, reason: shortText(issue.reason) };
}

/** One line for people: `lr: -1 is not allowed: must be greater than 0`. */
export function describeIssue(issue: ConfigIssue): string {
  const given = issue.value === undefined ? '' : ` (got ${JSON.stringify(issue.value)})`;
  const allowed = issue.allowed === undefined ? '' : `; allowed: ${issue.allowed}`;
  return `${issue.field}: ${issue.reason}${given}${allowed}`;
}
