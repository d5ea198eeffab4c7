import { useEffect, useState } from 'react';
import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { setQueryValues, useQueryValue } from '../navigation/use-query-value.ts';

const typingPauseMs = 250;
const statuses = ['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'] as const;

/** Search and filters of the list; what is chosen is in the address. */
export function ExperimentFilters() {
  const { data: facets } = useResource('facets', (signal) => get('/experiments/facets', { signal }), 5_000);
  const [status, setStatus] = useQueryValue('status');
  const [dataset, setDataset] = useQueryValue('dataset');
  const [loss, setLoss] = useQueryValue('loss');
  const [tag, setTag] = useQueryValue('tag');
  const [sweep] = useQueryValue('sweep');
  const [filter] = useQueryValue('filter');
  return (
    <search className="bar">
      <TextField name="q" type="search" label="Search experiments" placeholder="Search, as shapes triplet SEC" />
      <TextField name="filter" type="text" label="Filter by values" placeholder="Filter, as sec_wei>0, lr=0.001" />
      <Choice
        label="Status"
        value={status}
        onChange={setStatus}
        options={statuses.map((name) => [name, `${name} (${facets?.statuses[name] ?? 0})`])}
      />
      <Choice label="Data set" value={dataset} onChange={setDataset} options={counted(facets?.datasets)} />
      <Choice label="Loss" value={loss} onChange={setLoss} options={counted(facets?.losses)} />
      <Choice label="Tag" value={tag} onChange={setTag} options={counted(facets?.tags)} />
      {sweep !== '' && <span className="tag">sweep {sweep.slice(0, 8)}</span>}
      {[filter, status, dataset, loss, tag, sweep].some((value) => value !== '') && (
        <button
          type="button"
          onClick={() => setQueryValues({ status: '', dataset: '', loss: '', tag: '', sweep: '', q: '', filter: '' })}
        >
          Clear
        </button>
      )}
    </search>
  );
}

/** A text of the query, taken when the typing pauses. */
function TextField(props: {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  readonly type: 'search' | 'text';
}) {
  const [value, setValue] = useQueryValue(props.name);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => setValue(text), typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, value, setValue]);
  return (
    <input
      type={props.type}
      aria-label={props.label}
      placeholder={props.placeholder}
      value={text}
      onChange={(event) => setText(event.target.value)}
      style={{ width: 250 }}
    />
  );
}

function counted(counts: Readonly<Record<string, number>> = {}): (readonly [string, string])[] {
  return Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => [name, `${name} (${count})`]);
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}) {
  const { value, options } = props;
  const isListed = value === '' || options.some(([name]) => name === value);
  return (
    <select aria-label={props.label} value={value} onChange={(event) => props.onChange(event.target.value)}>
      <option value="">{props.label}: all</option>
      {!isListed && <option value={value}>{value}</option>}
      {options.map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}
