import { useState } from 'react';
import { get, post } from '../api/client.ts';
import type { Study } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { ConfirmButton } from '../experiment/confirm-button.tsx';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { ErrorNote, PendingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { timeText } from '../words/time-text.ts';
import { ComparisonPanel } from './comparison-panel.tsx';
import { StudyBadge } from './study-badge.tsx';
import { planOf } from './study-plan.ts';
import { armText, conditionTexts, questionText, sharedText, studyTitle } from './study-text.ts';
import { TuningTables } from './tuning-tables.tsx';

const refreshMs = 1_500;

/** One study: the question, the answer so far, and everything that it rests on. */
export default function StudyPage({ id }: { readonly id: string }) {
  const study = useResource(`study ${id}`, (signal) => get('/studies/{id}', { path: { id }, signal }), refreshMs);
  const { data } = study;
  return (
    <>
      {data !== null && <Head study={data} onChanged={study.reload} />}
      <PendingNote resource={study} what="the study" />
      {data !== null && (
        <>
          <Question study={data} />
          {data.state.comparisons.map((comparison) => (
            <ComparisonPanel key={comparison.arm} study={data} comparison={comparison} />
          ))}
          <TuningTables study={data} />
          <Facts study={data} />
        </>
      )}
    </>
  );
}

function Head({ study, onChanged }: { readonly study: Study; readonly onChanged: () => void }) {
  const [error, setError] = useState<unknown>(null);
  const cancel = () => void post('/studies/{id}/cancel', { path: { id: study.id } }).then(onChanged, setError);
  // How it was decided stands beside each verdict.
  const sub = study.status === 'decided' ? null : (study.reason ?? study.state.reason);
  return (
    <>
      <PageHead title={studyTitle(study)} sub={sub}>
        <StudyBadge status={study.status} />
        {study.status === 'open' && (
          <ConfirmButton
            text="Cancel study"
            question="End this study without an answer? What it has queued or running is cancelled; runs that have ended stay."
            onConfirm={cancel}
          />
        )}
      </PageHead>
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}

/** What is asked, in words. */
function Question({ study }: { readonly study: Study }) {
  const plan = planOf(study);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{study.name === null ? 'What is asked' : questionText(plan)}</h2>
      </div>
      <div className="panel-body study-question">
        <dl>
          {plan.arms.map(({ name }, at) => (
            <div key={name}>
              <dt>
                <strong>{name}</strong>
              </dt>
              <dd>
                {armText(plan, name)}
                {at === 0 && <span className="muted"> (the baseline)</span>}
              </dd>
            </div>
          ))}
          <div>
            <dt className="muted">all</dt>
            <dd>{sharedText(plan)}</dd>
          </div>
        </dl>
        <ul>
          {conditionTexts(plan).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function Facts({ study }: { readonly study: Study }) {
  const { runs } = study.state;
  return (
    <dl className="facts">
      <Fact name="runs to tune" value={runs.tune} />
      <Fact name="runs to compare" value={runs.compare} />
      <Fact name="runs saved" value={runs.saved} />
      <div>
        <dt>plan, fixed before the first run</dt>
        <dd className="mono" title={study.plan_sha256}>
          {study.plan_sha256.slice(0, 12)}
        </dd>
      </div>
      {study.sweep_id !== null && (
        <div>
          <dt>its runs</dt>
          <dd>
            <Link href={addresses.sweep(study.sweep_id)}>sweep {study.sweep_id.slice(0, 8)}</Link>
          </dd>
        </div>
      )}
      <Fact name="asked" value={timeText(study.created_at)} />
      {study.ended_at !== null && <Fact name="ended" value={timeText(study.ended_at)} />}
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string | number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
