import type { ChosenEvaluation } from './use-evaluation-detail.ts';

/** Chooses the evaluation to look at. */
export function StepPicker({ chosen }: { readonly chosen: ChosenEvaluation }) {
  const { kept, step, setStep } = chosen;
  const at = Math.max(
    0,
    kept.findIndex((evaluation) => evaluation.step === step),
  );
  const go = (position: number) => {
    const target = kept[position];
    if (target) setStep(position === kept.length - 1 ? '' : String(target.step));
  };
  return (
    <label className="bar small">
      Evaluation at step
      <input
        type="range"
        min={0}
        max={Math.max(0, kept.length - 1)}
        value={at}
        aria-valuetext={`step ${step}`}
        onChange={(event) => go(Number(event.target.value))}
      />
      <strong style={{ minWidth: '3ch' }}>{step}</strong>
    </label>
  );
}
