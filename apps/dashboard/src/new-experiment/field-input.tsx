import { useEffect, useRef, useState } from 'react';
import type { FieldProblem } from '../api/problem-error.ts';
import { SourceMark } from '../parts/source-mark.tsx';
import { allowedText, concreteSchema, type FieldSchema } from './field-schema.ts';
import { fieldText, parseField } from './field-text.ts';

/** What was typed is checked when the typing pauses so long. */
const typingPauseMs = 400;

type FieldInputProps = {
  readonly name: string;
  readonly schema: FieldSchema;
  /** what the user gave; undefined: the preset's value holds */
  readonly given: unknown;
  /** what the completed config has */
  readonly resolved: unknown;
  readonly source: string | undefined;
  readonly problem: FieldProblem | undefined;
  readonly suggestions?: readonly string[];
  readonly onChange: (value: unknown) => void;
};

/** One hyper-parameter: its value, where that comes from, and what is wrong with it. */
export function FieldInput(props: FieldInputProps) {
  const { name, given, source, problem, onChange } = props;
  const schema = concreteSchema(props.schema);
  const id = `field-${name}`;
  return (
    <div className="field">
      <div className="field-head">
        <label htmlFor={id} className="mono">
          {name}
        </label>
        {given === undefined ? (
          <SourceMark source={source} />
        ) : (
          <button
            type="button"
            className="link-button small"
            onClick={() => onChange(undefined)}
            aria-label={`Reset ${name} to its preset`}
          >
            reset
          </button>
        )}
      </div>
      <Control {...props} id={id} schema={schema} />
      <span className="small muted" id={`${id}-help`}>
        {helpText(schema, given ?? props.resolved)}
      </span>
      {problem && (
        <span className="field-error" id={`${id}-problem`}>
          {problem.reason}
          {problem.allowed && problem.allowed.length < 120 ? ` (allowed: ${problem.allowed})` : ''}
        </span>
      )}
    </div>
  );
}

/** What the field, or the value that it has, means, and what is allowed. */
function helpText(schema: FieldSchema, value: unknown): string {
  const about = schema['x-abouts']?.[String(value)] ?? schema.description;
  return [about, allowedText(schema)].filter(Boolean).join('; ');
}

function Control({
  id,
  name,
  schema,
  given,
  resolved,
  problem,
  suggestions,
  onChange,
}: FieldInputProps & { readonly id: string }) {
  const value = fieldText(given ?? resolved);
  // What is being typed stays as it is, whatever is resolved meanwhile.
  const [typed, setTyped] = useState<string | null>(null);
  const commit = () => {
    if (typed !== null && typed !== value) onChange(parseField(schema, typed));
  };
  const latestCommit = useRef(commit);
  latestCommit.current = commit;
  useEffect(() => {
    if (typed === null) return;
    const timer = setTimeout(() => latestCommit.current(), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const state = {
    id,
    className: given === undefined ? '' : 'changed',
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem === undefined ? `${id}-help` : `${id}-problem ${id}-help`,
  };
  const options = schema.type === 'boolean' ? ['true', 'false'] : schema.enum;
  if (options) {
    return (
      <select {...state} value={value} onChange={(event) => onChange(parseField(schema, event.target.value))}>
        {value === '' && <option value="">choose</option>}
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  }
  const isNumber = schema.type === 'number' || schema.type === 'integer';
  return (
    <>
      <input
        {...state}
        type="text"
        inputMode={isNumber ? 'decimal' : 'text'}
        list={suggestions ? `${id}-list` : undefined}
        placeholder={schema.type === 'array' ? 'a, b, c' : undefined}
        value={typed ?? value}
        onChange={(event) => {
          setTyped(event.target.value);
          if (suggestions?.includes(event.target.value)) onChange(event.target.value);
        }}
        onBlur={() => {
          commit();
          setTyped(null);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} aria-label={`${suggestion}, a value of ${name}`} />
          ))}
        </datalist>
      )}
    </>
  );
}
