import { Fragment, useState } from 'react';
import { get, type Input, post } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { served } from '../navigation/base-path.ts';
import { ErrorNote, PendingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { BaselinePairs } from '../sweeps/baseline-pairs.tsx';
import { paperPairs } from './paper-pairs.ts';
import { cellKey, type PaperRow, PaperTable } from './paper-table.tsx';

type Body = Input<'/experiments', 'post'>['body'];

const refreshMs = 4_000;
const titles: Readonly<Record<string, string>> = {
  cub: 'CUB-200-2011',
  cars: 'Cars196',
  sop: 'Stanford Online Products',
  inshop: 'In-Shop Clothes',
};

/** The published table beside ours. */
export default function PaperPage() {
  const report = useResource('paper', (signal) => get('/reports/paper', { signal }), refreshMs);
  const { data, reload } = report;
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [refusal, setRefusal] = useState<unknown>(null);
  const queue = async (rows: readonly PaperRow[]) => {
    setBusy(new Set(rows.map(cellKey)));
    setRefusal(null);
    try {
      for (const { request } of rows) await post('/experiments', { body: request as Body });
    } catch (problem) {
      setRefusal(problem);
    } finally {
      setBusy(new Set());
      reload();
    }
  };
  return (
    <>
      <PageHead
        title="Published results and ours"
        sub="Deep Metric Learning with Spherical Embedding (NeurIPS 2020): each published cell, and what was run here with exactly its config. Percent; ours is the last evaluation, mean over seeds ± 95 % interval."
      >
        <a className="button" href={served('/reports/paper?format=csv')} download="paper.csv">
          CSV
        </a>
        <a className="button" href={served('/reports/paper?format=md')} download="paper.md">
          Markdown
        </a>
      </PageHead>
      {refusal !== null && <ErrorNote error={refusal} />}
      <PendingNote resource={report} what="the report" />
      {Object.keys(titles).map((dataset) => {
        const rows = data?.rows.filter((row) => row.dataset === dataset) ?? [];
        const missing = rows.filter(({ status }) => status === 'not run');
        if (rows.length === 0) return null;
        return (
          <Fragment key={dataset}>
            <section className="panel">
              <div className="panel-head">
                <h2>{titles[dataset]}</h2>
                <span className="bar">
                  <span className="small">
                    {rows.length - missing.length} of {rows.length} cells
                  </span>
                  {missing.length > 0 && (
                    <button type="button" disabled={busy.size > 0} onClick={() => void queue(missing)}>
                      Queue the {missing.length} missing
                    </button>
                  )}
                </span>
              </div>
              <PaperTable rows={rows} busy={busy} onQueue={(cells) => void queue(cells)} />
            </section>
            <BaselinePairs table={{ pairs: paperPairs(rows) }} of="regularisers" />
          </Fragment>
        );
      })}
    </>
  );
}
