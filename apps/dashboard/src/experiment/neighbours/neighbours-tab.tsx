import { useState } from 'react';
import type { EvaluationDetail } from '../../api/types.ts';
import { useQueryValue } from '../../navigation/use-query-value.ts';
import { EmptyNote, PendingNote } from '../../parts/notes.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import { StepPicker } from '../step-picker.tsx';
import { useEvaluationDetail } from '../use-evaluation-detail.ts';
import { Picture } from './picture.tsx';

const firstShown = 24;
const filters = {
  failures: (hardness: number) => hardness > 0,
  right: (hardness: number) => hardness <= 0,
  all: () => true,
} as const;
type Filter = keyof typeof filters;

/** Queries and their nearest images, hardest failures first. */
export function NeighboursTab({ id, evaluations }: { readonly id: string; readonly evaluations: readonly number[] }) {
  const chosen = useEvaluationDetail(id, evaluations);
  const [filterText, setFilter] = useQueryValue('show', 'all');
  const [shown, setShown] = useState(firstShown);
  const filter: Filter = filterText in filters ? (filterText as Filter) : 'all';
  const { detail } = chosen;
  if (detail.error !== null || detail.data === null) {
    return (
      <PendingNote resource={detail} what="neighbours" otherwise="Neighbours are shown after the first evaluation." />
    );
  }
  const { queries, queries_failed: failed, queries_ranked: ranked } = detail.data;
  const listed = queries.filter(({ hardness }) => filters[filter](hardness));
  return (
    <>
      <div className="bar spread">
        <p className="muted">
          The nearest image is of the wrong class for <strong>{failed}</strong> of {ranked} test images (
          {((100 * failed) / ranked).toFixed(1)} %). Hardest first, by how much nearer (cosine) the best wrong image is
          than the best right one.
        </p>
        <div className="bar">
          <StepPicker chosen={chosen} />
          <Segmented
            label="Which queries"
            value={filter}
            options={[
              ['all', 'All'],
              ['failures', 'Failures'],
              ['right', 'Right'],
            ]}
            onChange={setFilter}
          />
        </div>
      </div>
      <div className="panel gallery">
        <div className="gallery-head small muted" aria-hidden="true">
          <span>query</span>
          <span>nearest images, most similar first</span>
        </div>
        {listed.slice(0, shown).map((query) => (
          <Query key={query.picture} query={query} detail={detail.data as EvaluationDetail} />
        ))}
        {listed.length === 0 && <EmptyNote>None of the queries shown here is of this kind.</EmptyNote>}
      </div>
      {listed.length > shown && (
        <div>
          <button type="button" onClick={() => setShown(shown + firstShown)}>
            Show more ({listed.length - shown})
          </button>
        </div>
      )}
    </>
  );
}

function Query(props: { readonly query: EvaluationDetail['queries'][number]; readonly detail: EvaluationDetail }) {
  const { query, detail } = props;
  const wrong = query.neighbours.filter(({ right }) => !right).length;
  return (
    <div className="gallery-row">
      <div className="gallery-query">
        <Picture picture={detail.pictures[query.picture]} size={72} />
        <div className="small">
          <div className="class-name">{className(detail.pictures[query.picture]?.path ?? '')}</div>
          <div className={query.hardness > 0 ? 'bad-text' : 'good-text'}>
            {query.hardness > 0 ? `✕ by ${query.hardness.toFixed(3)}` : `✓ by ${(-query.hardness).toFixed(3)}`}
          </div>
          <div className="muted">
            {wrong} of {query.neighbours.length} wrong
          </div>
        </div>
      </div>
      <ol className="gallery-neighbours">
        {query.neighbours.map(({ picture, cosine, right }) => (
          <li key={picture} className={right ? 'right' : 'wrong'}>
            <Picture
              picture={detail.pictures[picture]}
              size={72}
              note={`${right ? 'right' : 'wrong'} class, cosine ${cosine.toFixed(3)}`}
            />
            <span className="small">
              <span aria-hidden="true">{right ? '✓' : '✕'}</span> {cosine.toFixed(2)}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The folder of an image is its class. */
export function className(path: string): string {
  return path.split('/').at(-2) ?? path.split(/[\s_-]?\d+$/)[0] ?? path;
}
