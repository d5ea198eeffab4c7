import { useState } from 'react';
import { get, post } from '../api/client.ts';
import { ProblemError } from '../api/problem-error.ts';
import type { ResolvedExperiment } from '../api/types.ts';
import { type Resource, useResource } from '../api/use-resource.ts';
import { useQueryValue } from '../navigation/use-query-value.ts';
import { PendingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { FieldInput } from './field-input.tsx';
import { type FieldSchema, groupsOf, hasEffect, readFieldSchemas } from './field-schema.ts';
import { GridEditor } from './grid-editor.tsx';
import { JsonView } from './json-view.tsx';
import { type ExperimentBody, SubmitBar } from './submit-bar.tsx';
import { type Draft, firstOf, type Grid, useDraft, useGrid } from './use-draft.ts';

/** A new experiment: presets filled in, each value with its source, checked by the API as it is written. */
export default function NewExperimentPage() {
  const [draft, setDraft] = useDraft();
  const [grid, setGrid] = useGrid();
  const [view, setView] = useQueryValue('as', 'form');
  const schemas = useResource('field schemas', readFieldSchemas);
  // Of a sweep the first run is checked as it is written, the others when they are queued.
  const first = { ...draft, ...firstOf(grid) };
  const resolved = useResource(`resolve ${JSON.stringify(first)}`, (signal) =>
    post('/experiments/resolve', { body: first as ExperimentBody, signal }),
  );
  return (
    <>
      <PageHead
        title="New experiment"
        sub="Values come from the preset of the data set, loss and regulariser; beside each stands its source. What you change is marked."
      >
        <Segmented
          label="Edit as"
          value={view as 'form' | 'json'}
          options={[
            ['form', 'Form'],
            ['json', 'JSON'],
          ]}
          onChange={setView}
        />
      </PageHead>
      {view === 'json' ? (
        <div className="panel panel-body">
          <JsonView draft={draft} onChange={setDraft} />
        </div>
      ) : schemas.data === null ? (
        <PendingNote resource={schemas} what="the form" />
      ) : (
        <Form draft={draft} grid={grid} onChange={setDraft} schemas={schemas.data} resolved={resolved} />
      )}
      {schemas.data !== null && <GridEditor grid={grid} onChange={setGrid} schemas={schemas.data} />}
      <SubmitBar draft={draft} grid={grid} problem={resolved.error} />
    </>
  );
}

function Form(props: {
  readonly draft: Draft;
  readonly grid: Grid;
  readonly onChange: (draft: Draft) => void;
  readonly schemas: Readonly<Record<string, FieldSchema>>;
  readonly resolved: Resource<ResolvedExperiment>;
}) {
  const { draft, grid, onChange, schemas, resolved } = props;
  const [last, setLast] = useState<ResolvedExperiment | null>(null);
  // While a change is checked the values before it stay, so that nothing jumps.
  if (resolved.data !== null && resolved.data !== last) setLast(resolved.data);
  const known = resolved.data ?? last;
  const datasets = useResource('datasets', (signal) => get('/datasets', { signal }));
  const names = [
    ...new Set([
      ...(datasets.data?.items ?? []).filter(({ facts }) => facts !== null).map(({ name }) => name),
      ...(schemas.dataset?.['x-known'] ?? []),
    ]),
  ];
  const problems = problemsOf(resolved.error);
  const settingOf = (field: string) => draft[field] ?? known?.config[field];
  const isShown = (field: string) =>
    !(field in grid) &&
    (field in draft || hasEffect(schemas[field], settingOf, (other) => other in grid)) &&
    (!isOptional(schemas[field]) ||
      field in (known?.config ?? {}) ||
      field in draft ||
      schemas[field]?.['x-protocols']?.includes(String(draft.protocol)));
  return (
    <>
      {groupsOf(schemas).map(([title, fields]) => (
        <section className="panel" key={title}>
          <div className="panel-head">
            <h2>{title}</h2>
          </div>
          <div className="panel-body form-grid">
            {fields.filter(isShown).map((field) => (
              <FieldInput
                key={field}
                name={field}
                schema={schemas[field] as FieldSchema}
                given={draft[field]}
                resolved={known?.config[field]}
                source={known?.sources[field]}
                problem={problems.find((problem) => problem.field === field)}
                {...(field === 'dataset' ? { suggestions: names } : {})}
                onChange={(value) => onChange(withField(draft, field, value, schemas))}
              />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

/** What a field may belong to, by the field that chooses it. */
const owners: Readonly<Record<string, 'x-losses' | 'x-optimizers' | 'x-protocols'>> = {
  loss: 'x-losses',
  optimizer: 'x-optimizers',
  protocol: 'x-protocols',
};

/** Whether the field belongs to some losses, optimizers or protocols only. */
function isOptional(schema: FieldSchema | undefined): boolean {
  return Object.values(owners).some((key) => schema?.[key] !== undefined);
}

function withField(draft: Draft, field: string, value: unknown, schemas: Readonly<Record<string, FieldSchema>>): Draft {
  const { [field]: _, ...rest } = draft;
  const next = value === undefined ? rest : { ...rest, [field]: value };
  // What belongs to another loss, optimizer or protocol would be refused.
  const key = owners[field];
  if (key === undefined) return next;
  const belongs = (name: string) => schemas[name]?.[key]?.includes(String(value)) ?? true;
  return Object.fromEntries(Object.entries(next).filter(([name]) => belongs(name)));
}

function problemsOf(error: unknown) {
  return error instanceof ProblemError ? error.fields : [];
}
