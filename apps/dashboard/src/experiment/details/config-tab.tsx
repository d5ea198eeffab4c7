import type { Experiment } from '../../api/types.ts';
import { useQueryValue } from '../../navigation/use-query-value.ts';
import { Segmented } from '../../parts/segmented.tsx';
import { SourceMark } from '../../parts/source-mark.tsx';

/** The complete config; each value with its source. */
export function ConfigTab({ experiment }: { readonly experiment: Experiment }) {
  const { config, sources } = experiment;
  const [form, setForm] = useQueryValue('as', 'table');
  return (
    <>
      <div className="bar spread">
        <p className="muted">
          Identity <span className="mono">{experiment.identity.slice(0, 16)}…</span>: what decides the numbers, without
          name, tags and priority.
        </p>
        <Segmented
          label="Show the config as"
          value={form as 'table' | 'json'}
          options={[
            ['table', 'Table'],
            ['json', 'JSON'],
          ]}
          onChange={setForm}
        />
      </div>
      {form === 'json' ? (
        <pre className="panel panel-body mono code" tabIndex={-1}>
          {JSON.stringify(config, null, 2)}
        </pre>
      ) : (
        <div className="panel config-columns">
          {Object.entries(config).map(([field, value]) => (
            <div key={field}>
              <span className="mono">{field}</span>
              <strong>{typeof value === 'string' ? value : JSON.stringify(value)}</strong>
              <SourceMark source={sources[field]} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}
