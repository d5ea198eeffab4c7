import { useQueryValue } from '../navigation/use-query-value.ts';
import type { Draft } from '../new-experiment/use-draft.ts';

/** A question as it is written in the form. */
export type StudyDraft = {
  readonly base: Draft;
  readonly arms: readonly ArmName[];
  /** settings that each arm may try; 0: none is tuned */
  readonly trials: number;
  readonly pairs: number;
  readonly metric: string;
  readonly protocol: 'paper' | 'validation';
  /** risk of a wrong decision */
  readonly alpha: number;
  readonly min_effect: number;
  readonly name: string;
};

export const armNames = ['plain', 'sec', 'l2reg'] as const;
export type ArmName = (typeof armNames)[number];

const first: StudyDraft = {
  base: { dataset: 'shapes', loss: 'triplet' },
  arms: ['plain', 'sec'],
  trials: 6,
  pairs: 12,
  metric: 'recall_at_1',
  protocol: 'paper',
  alpha: 0.05,
  min_effect: 0.01,
  name: '',
};

/** The question; it lives in the address, so that reloading, going back and sending the link keep it. */
export function useStudyDraft(): readonly [StudyDraft, (change: Partial<StudyDraft>) => void] {
  const [text, setText] = useQueryValue('question');
  const draft = { ...first, ...readDraft(text) };
  return [draft, (change) => setText(JSON.stringify({ ...draft, ...change }))];
}

function readDraft(text: string): Partial<StudyDraft> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Partial<StudyDraft>) : {};
  } catch {
    return {};
  }
}

/** The question as POST /studies takes it. */
export function studyBody({ base, arms, trials, pairs, name, ...rest }: StudyDraft) {
  return {
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    base,
    arms: [...arms],
    tune: trials === 0 ? null : { trials },
    budget: { pairs },
    ...rest,
  };
}
