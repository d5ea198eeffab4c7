import { useMemo } from 'react';
import type { EvaluationDetail } from '../../api/types.ts';
import { served } from '../../navigation/base-path.ts';
import { useQueryValue } from '../../navigation/use-query-value.ts';
import { ErrorNote, PendingNote } from '../../parts/notes.tsx';
import { className } from '../neighbours/neighbours-tab.tsx';
import { StepPicker } from '../step-picker.tsx';
import { useEvaluationDetail } from '../use-evaluation-detail.ts';
import { MapCanvas, type MapPoint } from './map-canvas.tsx';
import { useUmap } from './use-umap.ts';

/** Where the test images lie: two principal components at once, UMAP when asked for. */
export function MapTab({ id, evaluations }: { readonly id: string; readonly evaluations: readonly number[] }) {
  const chosen = useEvaluationDetail(id, evaluations);
  const { detail, step, kept } = chosen;
  const umap = useUmap(id, step);
  const [labelText, setLabel] = useQueryValue('class');
  const points = useMemo(() => toPoints(detail.data, umap.report?.points), [detail.data, umap.report]);
  const classes = useMemo(() => classesOf(detail.data), [detail.data]);
  if (detail.error !== null || detail.data === null) {
    return <PendingNote resource={detail} what="map" otherwise="The map is drawn after the first evaluation." />;
  }
  const { explained } = detail.data.map;
  const hasEmbeddings = kept.find((evaluation) => evaluation.step === step)?.has_embeddings === true;
  const method =
    umap.report === null
      ? `Two principal components of the normalised embeddings, ${explained.map((share) => `${(100 * share).toFixed(1)} %`).join(' and ')} of the variance`
      : `UMAP${umap.isRunning ? `, ${(100 * umap.report.share).toFixed(0)} % done` : ''}`;
  return (
    <>
      <div className="bar spread">
        <p className="muted">
          {points.length} test images, coloured by class. {method}.
        </p>
        <div className="bar">
          <StepPicker chosen={chosen} />
          <select aria-label="Class to show" value={labelText} onChange={(event) => setLabel(event.target.value)}>
            <option value="">All {classes.length} classes</option>
            {classes.map(([label, name]) => (
              <option key={label} value={label}>
                {name}
              </option>
            ))}
          </select>
          <button
            type="button"
            disabled={!hasEmbeddings || umap.isRunning}
            onClick={umap.start}
            title={
              hasEmbeddings ? undefined : 'Embeddings are kept of the untrained network and the newest evaluations'
            }
          >
            {umap.isRunning ? 'Computing UMAP…' : 'UMAP'}
          </button>
          {hasEmbeddings && (
            <a className="button" href={served(`/experiments/${id}/evaluations/${step}/embeddings.npy`)} download>
              .npy
            </a>
          )}
        </div>
      </div>
      {umap.error !== null && <ErrorNote error={umap.error} />}
      <div className="panel">
        <MapCanvas
          points={points}
          pictures={detail.data.pictures}
          label={labelText === '' ? null : Number(labelText)}
          text={`${method} of ${points.length} test images of ${classes.length} classes`}
        />
      </div>
    </>
  );
}

function toPoints(
  detail: EvaluationDetail | null,
  moved: readonly (readonly [number, number])[] | undefined,
): readonly MapPoint[] {
  return (detail?.map.points ?? []).map(([picture, x, y], at) => {
    const place = moved?.[at];
    return place === undefined ? { picture, x, y } : { picture, x: place[0], y: place[1] };
  });
}

function classesOf(detail: EvaluationDetail | null): readonly (readonly [string, string])[] {
  const names = new Map<number, string>();
  for (const [picture] of detail?.map.points ?? []) {
    const { label, path } = detail?.pictures[picture] ?? { label: 0, path: '' };
    names.set(label, className(path));
  }
  return [...names].sort(([a], [b]) => a - b).map(([label, name]) => [String(label), name]);
}
