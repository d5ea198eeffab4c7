import { useMemo } from 'react';
import { get } from '../../api/client.ts';
import type { EvaluationNorms, Experiment } from '../../api/types.ts';
import { useResource } from '../../api/use-resource.ts';
import { addresses } from '../../navigation/addresses.ts';
import { Link } from '../../navigation/link.tsx';
import { useQueryValue } from '../../navigation/use-query-value.ts';
import { EmptyNote, PendingNote } from '../../parts/notes.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import { useTheme } from '../../theme/use-theme.ts';
import { experimentTitle } from '../../words/experiment-title.ts';
import { seriesColour } from '../curves/series-colours.ts';
import type { LiveExperiment } from '../use-experiment-stream.ts';
import { normDomain } from './norm-domain.ts';
import { NormRidges } from './norm-ridges.tsx';
import { PairCosines } from './pair-cosines.tsx';
import { partnerOf } from './partner-of.ts';
import { changeText, spreadOf } from './spread-text.ts';

type Side = { readonly experiment: Experiment; readonly evaluations: readonly EvaluationNorms[] };

const readNorms = async (id: string, signal: AbortSignal) =>
  (await get('/experiments/{id}/evaluations', { path: { id }, signal })).items;

/** What SEC does: norms of the test embeddings over training, plain and with SEC side by side on one scale. */
export function NormsTab({ live, experiment }: { readonly live: LiveExperiment; readonly experiment: Experiment }) {
  const theme = useTheme();
  const [unit, setUnit] = useQueryValue('unit', 'relative');
  const own = useResource(`norms ${experiment.id} ${live.evaluations.length}`, (signal) =>
    readNorms(experiment.id, signal),
  );
  const siblings = useResource(`siblings ${experiment.id}`, (signal) =>
    get('/experiments', {
      query: {
        limit: 500,
        dataset: String(experiment.config.dataset),
        loss: experiment.config.loss as 'triplet',
        ...(experiment.sweep_id === null ? {} : { sweep: experiment.sweep_id }),
      },
      signal,
    }),
  );
  const partner = useMemo(() => partnerOf(experiment, siblings.data?.items ?? []), [experiment, siblings.data]);
  const other = useResource(
    partner === null ? null : `norms ${partner.id}`,
    (signal) => readNorms((partner as Experiment).id, signal),
    5_000,
  );
  if (own.error !== null || own.data === null) return <PendingNote resource={own} what="norms" />;
  if (own.data.length === 0) return <EmptyNote>Norms are shown after the first evaluation.</EmptyNote>;
  const sides: Side[] = [{ experiment, evaluations: own.data }];
  if (partner !== null && other.data !== null && other.data.length > 0)
    sides.push({ experiment: partner, evaluations: other.data });
  sides.sort((a, b) => Number(a.experiment.config.sec_wei) - Number(b.experiment.config.sec_wei));
  const isRelative = unit === 'relative';
  const domain = normDomain(
    sides.flatMap(({ evaluations }) => evaluations),
    isRelative,
  );
  return (
    <>
      <div className="bar spread">
        <p className="muted">Norms of the test embeddings at each evaluation. {spreadText(sides)}</p>
        <Segmented
          label="Unit of the axis"
          value={unit as 'relative' | 'absolute'}
          options={[
            ['relative', 'norm / mean'],
            ['absolute', 'norm'],
          ]}
          onChange={setUnit}
        />
      </div>
      <div className="grid-2">
        {sides.map((side) => (
          <figure className="panel" key={side.experiment.id}>
            <figcaption className="panel-head">
              <h2>{sideTitle(side.experiment)}</h2>
              {side.experiment.id === experiment.id ? (
                <span className="small">this run</span>
              ) : (
                <Link className="small" href={`${addresses.experiment(side.experiment.id)}?tab=norms`}>
                  {experimentTitle(side.experiment).rest}
                </Link>
              )}
            </figcaption>
            <div className="panel-body">
              <NormRidges
                evaluations={side.evaluations}
                domain={domain}
                isRelative={isRelative}
                colour={seriesColour(theme, Number(side.experiment.config.sec_wei) > 0 ? 0 : 1)}
                label={ridgesText(side)}
              />
            </div>
          </figure>
        ))}
        {sides.length === 1 && (
          <div className="panel">
            <EmptyNote>
              <p>
                {Number(experiment.config.sec_wei) > 0 ? 'There is no plain run' : 'There is no run with SEC'} of the
                same settings to set beside it.
              </p>
              <p>
                <Link className="button" href={addresses.duplicate(experiment.id)}>
                  Duplicate with another sec_wei
                </Link>
              </p>
            </EmptyNote>
          </div>
        )}
      </div>
      <PairCosines experiments={sides.map((side) => side.experiment)} isLive={live.stream === 'live'} />
    </>
  );
}

function sideTitle({ config }: Experiment): string {
  const weight = Number(config.sec_wei);
  return weight > 0 ? `With SEC, weight ${weight}` : 'Plain';
}

/** What became of the spread of each side, from the first evaluation to the last. */
function spreadText(sides: readonly Side[]): string {
  return sides
    .filter(({ evaluations }) => evaluations.length > 1)
    .map((side) => {
      const [from, to] = [side.evaluations[0], side.evaluations.at(-1)].map((one) => spreadOf(one as EvaluationNorms));
      return `${sideTitle(side.experiment)}: ${changeText(from as number, to as number)}.`;
    })
    .join(' ');
}

function ridgesText({ experiment, evaluations }: Side): string {
  const [first, last] = [evaluations[0], evaluations.at(-1)].map((one) => spreadOf(one as EvaluationNorms).toFixed(0));
  return `${sideTitle(experiment)}: histograms of norms over training; their spread goes from ${first} to ${last} percent of the mean`;
}
