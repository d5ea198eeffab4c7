import { useState } from 'react';
import { get } from '../../api/client.ts';
import type { Experiment } from '../../api/types.ts';
import { useResource } from '../../api/use-resource.ts';
import { useQueryValue } from '../../navigation/use-query-value.ts';
import { useTheme } from '../../theme/use-theme.ts';
import { experimentLine } from '../../words/experiment-title.ts';
import { seriesColour } from './series-colours.ts';
import type { ComparedRun } from './use-compared-runs.ts';

/** Which runs are drawn beside this one. */
export function ComparePicker({
  experiment,
  runs,
}: {
  readonly experiment: Experiment;
  readonly runs: readonly ComparedRun[];
}) {
  const [text, setWith] = useQueryValue('with');
  const ids = text === '' ? [] : text.split(',');
  const [isOpen, setOpen] = useState(false);
  const theme = useTheme();
  return (
    <div className="bar">
      {runs.length > 0 && <Chip colour={seriesColour(theme, 0)} text="this run" />}
      {runs.map((run, index) => (
        <Chip
          key={run.experiment.id}
          colour={seriesColour(theme, index + 1)}
          text={run.name}
          onRemove={() => setWith(ids.filter((id) => id !== run.experiment.id).join(','))}
        />
      ))}
      {isOpen ? (
        <Candidates
          experiment={experiment}
          taken={[experiment.id, ...ids]}
          onPick={(id) => {
            setWith([...ids, id].join(','));
            setOpen(false);
          }}
        />
      ) : (
        <button type="button" onClick={() => setOpen(true)}>
          Compare with…
        </button>
      )}
    </div>
  );
}

function Chip(props: { readonly colour: string; readonly text: string; readonly onRemove?: () => void }) {
  return (
    <span className="tag chip">
      <span className="swatch" style={{ background: props.colour }} />
      {props.text}
      {props.onRemove && (
        <button
          type="button"
          className="link-button"
          aria-label={`Compare no more with ${props.text}`}
          onClick={props.onRemove}
        >
          ×
        </button>
      )}
    </span>
  );
}

/** Runs of the same sweep first; a search finds any other. */
function Candidates(props: {
  readonly experiment: Experiment;
  readonly taken: readonly string[];
  readonly onPick: (id: string) => void;
}) {
  const { sweep_id: sweep, config } = props.experiment;
  const { data } = useResource(`candidates ${sweep}`, (signal) =>
    get('/experiments', {
      query: { limit: 200, ...(sweep === null ? { dataset: String(config.dataset) } : { sweep }) },
      signal,
    }),
  );
  const items = (data?.items ?? []).filter(({ id }) => !props.taken.includes(id));
  return (
    <select
      aria-label="Run to compare with"
      // biome-ignore lint/a11y/noAutofocus: it opens where the button was that was pressed
      autoFocus
      value=""
      onChange={(event) => props.onPick(event.target.value)}
    >
      <option value="">{data === null ? 'Loading…' : `Choose one of ${items.length}`}</option>
      {items.map((item) => (
        <option key={item.id} value={item.id}>
          {experimentLine(item)} ({item.status})
        </option>
      ))}
    </select>
  );
}
