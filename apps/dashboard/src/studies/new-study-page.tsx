import { useState } from 'react';
import { get, type Input, post } from '../api/client.ts';
import { type FieldProblem, ProblemError } from '../api/problem-error.ts';
import type { ResolvedStudy } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { addresses } from '../navigation/addresses.ts';
import { navigate } from '../navigation/use-address.ts';
import { FieldInput } from '../new-experiment/field-input.tsx';
import { type FieldSchema, readFieldSchemas } from '../new-experiment/field-schema.ts';
import { ErrorNote, PendingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { metricName } from '../words/metric-text.ts';
import { estimateText } from '../words/time-text.ts';
import { type ArmName, armNames, type StudyDraft, studyBody, useStudyDraft } from './study-draft.ts';

type StudyBody = Input<'/studies', 'post'>['body'];

/** Fields that are asked for; all others are those of the preset. */
const asked = ['dataset', 'loss', 'backbone', 'freeze_stages', 'steps', 'optimizer'] as const;
const arms: Readonly<Record<ArmName, string>> = {
  plain: 'plain: no regulariser',
  sec: 'SEC: its weight is tuned between 0.01 and 1',
  l2reg: 'L2-reg: its weight is tuned between 0.0001 and 0.1',
};
const metrics = ['recall_at_1', 'map_at_r', 'nmi', 'ami', 'f1'] as const;

type Change = (change: Partial<StudyDraft>) => void;

/** A new question: what is compared, how each side is tuned, how it is decided, and what that costs at most. */
export default function NewStudyPage() {
  const [draft, change] = useStudyDraft();
  const schemas = useResource('field schemas', readFieldSchemas);
  const body = studyBody(draft) as StudyBody;
  const plan = useResource(`plan ${JSON.stringify(body)}`, (signal) => post('/studies/resolve', { body, signal }));
  const problems = plan.error instanceof ProblemError ? plan.error.fields : [];
  return (
    <>
      <PageHead
        title="New study"
        sub="Each arm is tuned with the same budget on held-out training classes, then compared on pairs of runs with the same seed until the test is sure."
      />
      {schemas.data === null ? (
        <PendingNote resource={schemas} what="the form" />
      ) : (
        <BaseFields draft={draft} change={change} schemas={schemas.data} problems={problems} />
      )}
      <ArmFields draft={draft} change={change} />
      <DecisionFields draft={draft} change={change} problems={problems} />
      <AskBar body={body} plan={plan.data} problem={plan.error} />
    </>
  );
}

function BaseFields(props: {
  readonly draft: StudyDraft;
  readonly change: Change;
  readonly schemas: Readonly<Record<string, FieldSchema>>;
  readonly problems: readonly FieldProblem[];
}) {
  const { draft, change, schemas } = props;
  const { base } = draft;
  const datasets = useResource('datasets', (signal) => get('/datasets', { signal }));
  const resolved = useResource(`resolve ${JSON.stringify(base)}`, (signal) =>
    post('/experiments/resolve', { body: base as never, signal }),
  );
  const names = [
    ...(datasets.data?.items ?? []).filter(({ facts }) => facts !== null).map(({ name }) => name),
    ...(schemas.dataset?.['x-known'] ?? []),
  ];
  const set = (field: string, value: unknown) => {
    const { [field]: _, ...rest } = base;
    change({ base: value === undefined ? rest : { ...rest, [field]: value } });
  };
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>What all runs share</h2>
      </div>
      <div className="panel-body form-grid">
        {asked.map((field) => (
          <FieldInput
            key={field}
            name={field}
            schema={schemas[field] as FieldSchema}
            given={base[field]}
            resolved={resolved.data?.config[field]}
            source={resolved.data?.sources[field]}
            problem={props.problems.find((problem) => problem.field === field)}
            {...(field === 'dataset' ? { suggestions: [...new Set(names)] } : {})}
            onChange={(value) => set(field, value)}
          />
        ))}
      </div>
    </section>
  );
}

function ArmFields({ draft, change }: { readonly draft: StudyDraft; readonly change: Change }) {
  const toggle = (name: ArmName) => {
    const next = draft.arms.includes(name) ? draft.arms.filter((one) => one !== name) : [...draft.arms, name];
    change({ arms: armNames.filter((one) => next.includes(one)) });
  };
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>
          Arms <span className="muted">the first is the baseline</span>
        </h2>
      </div>
      <div className="panel-body form-grid">
        {armNames.map((name) => (
          <label key={name} className="check">
            <input type="checkbox" checked={draft.arms.includes(name)} onChange={() => toggle(name)} /> {arms[name]}
          </label>
        ))}
        <NumberInput
          label="Trials of each arm"
          help="settings tried: learning rates from a tenth of the preset to ten times it, with the arm's weight; 0: none is tuned"
          value={draft.trials}
          onChange={(trials) => change({ trials })}
        />
      </div>
    </section>
  );
}

function DecisionFields(props: {
  readonly draft: StudyDraft;
  readonly change: Change;
  readonly problems: readonly FieldProblem[];
}) {
  const { draft, change } = props;
  const problemOf = (field: string) => props.problems.find((problem) => problem.field === field);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>How it is decided</h2>
      </div>
      <div className="panel-body form-grid">
        <label className="field">
          <span>Metric</span>
          <select value={draft.metric} onChange={(event) => change({ metric: event.target.value })}>
            {metrics.map((name) => (
              <option key={name} value={name}>
                {metricName(name)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>Judged on</span>
          <select
            value={draft.protocol}
            onChange={(event) => change({ protocol: event.target.value as StudyDraft['protocol'] })}
          >
            <option value="paper">the test classes</option>
            <option value="validation">held-out training classes</option>
          </select>
        </label>
        <NumberInput
          label="Pairs at most"
          help="pairs of runs, one of each arm; it stops earlier once it is sure"
          value={draft.pairs}
          problem={problemOf('budget.pairs')}
          onChange={(pairs) => change({ pairs })}
        />
        <NumberInput
          label="Risk"
          help="of a wrong decision, however often one looks; 0.05 is one in twenty"
          value={draft.alpha}
          problem={problemOf('alpha')}
          onChange={(alpha) => change({ alpha })}
        />
        <NumberInput
          label="Smallest gain that counts"
          help="0.01 is one point of a rate"
          value={draft.min_effect}
          problem={problemOf('min_effect')}
          onChange={(min_effect) => change({ min_effect })}
        />
        <label className="field">
          <span>Name</span>
          <input value={draft.name} maxLength={200} onChange={(event) => change({ name: event.target.value })} />
        </label>
      </div>
    </section>
  );
}

function NumberInput(props: {
  readonly label: string;
  readonly help: string;
  readonly value: number;
  readonly problem?: FieldProblem | undefined;
  readonly onChange: (value: number) => void;
}) {
  const [text, setText] = useState(String(props.value));
  return (
    <label className="field">
      <span>{props.label}</span>
      <input
        type="text"
        inputMode="decimal"
        value={text}
        aria-invalid={props.problem !== undefined}
        onChange={(event) => {
          setText(event.target.value);
          const value = Number(event.target.value);
          if (event.target.value.trim() !== '' && Number.isFinite(value)) props.onChange(value);
        }}
        onBlur={() => setText(String(props.value))}
      />
      <span className="small muted">{props.help}</span>
      {props.problem && <span className="field-error">{props.problem.reason}</span>}
    </label>
  );
}

function AskBar(props: { readonly body: StudyBody; readonly plan: ResolvedStudy | null; readonly problem: unknown }) {
  const { body, plan, problem } = props;
  const [refusal, setRefusal] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const ask = async () => {
    setSending(true);
    setRefusal(null);
    try {
      const { id } = await post('/studies', { body });
      navigate(addresses.study(id));
    } catch (error) {
      setRefusal(error);
      setSending(false);
    }
  };
  const error = refusal ?? problem;
  return (
    <>
      {error !== null && <ErrorNote error={error} />}
      <div className="bar">
        <button type="button" className="primary" disabled={isSending || problem !== null} onClick={() => void ask()}>
          Ask it
        </button>
        {plan !== null && (
          <span className="small muted" role="status">
            {costText(plan)}
          </span>
        )}
      </div>
    </>
  );
}

function costText({ runs_at_most: runs, seconds_at_most: seconds }: ResolvedStudy): string {
  return `${runs} runs at most; ${estimateText(seconds)}`;
}
