import { useEffect, useState } from 'react';
import { get, post } from '../../api/client.ts';
import type { Experiment, Verification } from '../../api/types.ts';
import { useResource } from '../../api/use-resource.ts';
import { EmptyNote, ErrorNote } from '../../parts/notes.tsx';
import { timeText } from '../../words/time-text.ts';

const pollEveryMs = 1_000;

/** Whether a finished run can be computed again to the same bits; a button has a worker try. */
export function Verifications({ experiment: { id } }: { readonly experiment: Experiment }) {
  const { data, error, reload } = useResource(`verifications ${id}`, (signal) =>
    get('/experiments/{id}/verifications', { path: { id }, signal }),
  );
  const [refusal, setRefusal] = useState<unknown>(null);
  const isWaiting = data?.items.some(({ report }) => report === null) ?? false;
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(reload, pollEveryMs);
    return () => clearInterval(timer);
  }, [isWaiting, reload]);
  const ask = () => {
    setRefusal(null);
    post('/experiments/{id}/verify', { path: { id }, body: { stretch: 'random' } }).then(reload, setRefusal);
  };
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Verification</h2>
        <span className="small">a worker computes a stretch of the run again and compares the bits</span>
        <button type="button" onClick={ask} disabled={isWaiting}>
          {isWaiting ? 'Computing it again…' : 'Verify'}
        </button>
      </div>
      {(error ?? refusal) !== null && <ErrorNote error={error ?? refusal} retry={reload} />}
      {data?.items.length === 0 && <EmptyNote>Nobody has verified it yet.</EmptyNote>}
      {data !== null && data.items.length > 0 && (
        <ul className="panel-body">
          {data.items.map((one) => (
            <li key={one.id}>
              {timeText(one.requested_at)}: <Verdict verification={one} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Verdict({ verification: { report, worker } }: { readonly verification: Verification }) {
  if (report === null)
    return <span>{worker === null ? 'waits for a free worker' : `${worker} computes it again`}</span>;
  const { same_bits: isSame, findings, notes, stretches } = report;
  const isGood = isSame === true && findings.length === 0;
  const spans = stretches.map(({ from, to }) => `updates ${from} to ${to}`).join(', ');
  const verdict = isSame === null ? 'could not be computed again' : isSame ? 'the same bits' : 'other bits';
  const details = [
    ...findings.map(({ what, message }) => `${what}: ${message}`),
    ...stretches.flatMap(({ state, metrics }) => [state.first, metrics.first].filter((first) => first !== null)),
    ...notes,
  ];
  return (
    <>
      <span className={`badge ${isGood ? 'succeeded' : 'failed'}`}>{verdict}</span>
      {spans === '' ? '' : ` (${spans})`} on {worker}
      {details.length > 0 && (
        <ul className="small">
          {details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
    </>
  );
}
