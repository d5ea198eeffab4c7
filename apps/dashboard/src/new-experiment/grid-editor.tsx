import { useEffect, useState } from 'react';
import { concreteSchema, type FieldSchema } from './field-schema.ts';
import { fieldText, parseField } from './field-text.ts';
import type { Grid } from './use-draft.ts';

/** What is not a hyper-parameter, and lists, whose values have commas of their own. */
const neverCombined = ['name', 'tags', 'priority', 'device', 'milestones'];

/** Fields of which several values are combined, and their values. */
export function GridEditor(props: {
  readonly grid: Grid;
  readonly onChange: (grid: Grid) => void;
  readonly schemas: Readonly<Record<string, FieldSchema>>;
}) {
  const { grid, onChange, schemas } = props;
  const free = Object.keys(schemas).filter((field) => !neverCombined.includes(field) && !(field in grid));
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Sweep</h2>
        <span className="muted small">Values to combine, separated by commas; each combination is a run</span>
      </div>
      <div className="panel-body form-grid">
        {Object.entries(grid).map(([field, values]) => (
          <div className="field" key={field}>
            <div className="field-head">
              <label htmlFor={`grid-${field}`} className="mono">
                {field}
              </label>
              <button
                type="button"
                className="link-button small"
                aria-label={`Combine values of ${field} no more`}
                onClick={() => onChange(Object.fromEntries(Object.entries(grid).filter(([name]) => name !== field)))}
              >
                remove
              </button>
            </div>
            <ValuesInput
              id={`grid-${field}`}
              schema={schemas[field] as FieldSchema}
              values={values}
              onChange={(changed) => onChange({ ...grid, [field]: changed })}
            />
          </div>
        ))}
        <div className="field">
          <label htmlFor="grid-add">Combine values of</label>
          <select id="grid-add" value="" onChange={(event) => onChange({ ...grid, [event.target.value]: [] })}>
            <option value="">choose a field</option>
            {free.map((field) => (
              <option key={field}>{field}</option>
            ))}
          </select>
        </div>
      </div>
    </section>
  );
}

function ValuesInput(props: {
  readonly id: string;
  readonly schema: FieldSchema;
  readonly values: readonly unknown[];
  readonly onChange: (values: readonly unknown[]) => void;
}) {
  const { id, schema, values, onChange } = props;
  const value = values.map(fieldText).join(', ');
  const [text, setText] = useState(value);
  const read = (written: string) =>
    written
      .split(',')
      .filter((part) => part.trim() !== '')
      .map((part) => parseField(schema, part));
  // What is typed stays as it is written while it means the values that hold.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other values replace the text
  useEffect(() => {
    if (read(text).map(fieldText).join(', ') !== value) setText(value);
  }, [value]);
  const { enum: options } = concreteSchema(schema);
  return (
    <input
      id={id}
      type="text"
      value={text}
      placeholder={options === undefined ? '0, 0.5, 1' : options.join(', ')}
      onChange={(event) => {
        setText(event.target.value);
        onChange(read(event.target.value));
      }}
      onBlur={() => setText(value)}
    />
  );
}
