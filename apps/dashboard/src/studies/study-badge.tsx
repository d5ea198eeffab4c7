import type { StudySummary } from '../api/types.ts';
import { type Comparison, verdictText } from './study-text.ts';

/** Colours of the states of runs, which people know from the lists. */
const statusColours: Readonly<Record<StudySummary['status'], string>> = {
  open: 'running',
  decided: 'succeeded',
  undecided: 'paused',
  failed: 'failed',
  cancelled: '',
};
const verdictColours: Readonly<Record<Comparison['verdict'], string>> = {
  helps: 'succeeded',
  'does not help': 'failed',
  undecided: 'paused',
};

/** The state in a word; colour says the same and is not needed to understand it. */
export function StudyBadge({ status }: Pick<StudySummary, 'status'>) {
  return <span className={`badge ${statusColours[status]}`}>{status}</span>;
}

export function VerdictBadge(props: { readonly comparison: Comparison; readonly isOpen: boolean }) {
  const { comparison, isOpen } = props;
  const colour = isOpen && comparison.verdict === 'undecided' ? 'running' : verdictColours[comparison.verdict];
  return <span className={`badge ${colour}`}>{verdictText(comparison, isOpen)}</span>;
}
