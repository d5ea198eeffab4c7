import { get } from '../api/client.ts';
import type { EvaluationDetail, EvaluationNorms } from '../api/types.ts';
import { type Resource, useResource } from '../api/use-resource.ts';
import { useQueryValue } from '../navigation/use-query-value.ts';

export type ChosenEvaluation = {
  /** evaluations of which pictures are kept */
  readonly kept: readonly EvaluationNorms[];
  readonly step: number | null;
  readonly setStep: (step: string) => void;
  readonly detail: Resource<EvaluationDetail>;
};

/** The evaluation that a view shows: the one that the address names, else the newest. */
export function useEvaluationDetail(id: string, steps: readonly number[]): ChosenEvaluation {
  const [text, setStep] = useQueryValue('step');
  const list = useResource(`evaluations ${id} ${steps.length}`, (signal) =>
    get('/experiments/{id}/evaluations', { path: { id }, signal }),
  );
  const kept = (list.data?.items ?? []).filter(({ has_detail }) => has_detail);
  const asked = kept.find(({ step }) => String(step) === text);
  const step = (asked ?? kept.at(-1))?.step ?? null;
  const detail = useResource(step === null ? null : `evaluation ${id} ${step}`, (signal) =>
    get('/experiments/{id}/evaluations/{step}', { path: { id, step: step as number }, signal }),
  );
  return { kept, step, setStep, detail };
}
