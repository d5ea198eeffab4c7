import { type ExperimentField, experimentFields, experimentRequestSchema } from '@spherelab/config';
import type { Command } from 'commander';

/** The reference's own spellings. */
const referenceSpelling: Readonly<Partial<Record<ExperimentField, string>>> = {
  dataset: 'use_dataset',
  loss: 'use_loss',
  milestones: 'step_milestones',
};

/** Adds one flag for each field of an experiment, spelt as the reference spells it. */
export function addExperimentFlags(command: Command, except: readonly ExperimentField[] = []): Command {
  for (const field of experimentFields.filter((name) => !except.includes(name))) {
    const spelling = referenceSpelling[field];
    command.option(`--${field} <value>`, `${descriptionOf(field)}${spelling ? `; also --${spelling}` : ''}`);
    if (spelling !== undefined) command.option(`--${spelling} <value>`);
  }
  return command;
}

/**
 * The request that flags stand for. Values that cannot be read stay text, so that the API's own message names field and value.
 * As in the reference, `--lr 0` and `--lr_p 0` mean the data set's default.
 */
export function requestFromFlags(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const field of experimentFields) {
    const spelling = referenceSpelling[field];
    const text = options[field] ?? (spelling === undefined ? undefined : options[spelling]);
    if (typeof text !== 'string') continue;
    const value = readValue(field, text);
    if ((field === 'lr' || field === 'lr_p') && value === 0) continue;
    request[field] = value;
  }
  return request;
}

/** Reads one value by the kind of its field. */
export function readValue(field: ExperimentField, text: string): unknown {
  const kind = kindOf(field);
  if (kind === 'boolean') return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()] ?? text;
  if (kind === 'number') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (kind === 'array') {
    const items = text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    return field === 'milestones' ? items.map((item) => (Number.isFinite(Number(item)) ? Number(item) : item)) : items;
  }
  return text;
}

/** The same of a field that may be none: its value stays text, and the API names the nearest field. */
export function readFieldValue(field: string, text: string): unknown {
  return (experimentFields as readonly string[]).includes(field) ? readValue(field as ExperimentField, text) : text;
}

/** What the schema says of a field. */
function descriptionOf(field: ExperimentField): string {
  let schema: { description?: string | undefined; def: { innerType?: unknown } } = experimentRequestSchema.shape[field];
  while (schema.description === undefined && schema.def.innerType !== undefined) {
    schema = schema.def.innerType as typeof schema;
  }
  return schema.description ?? '';
}

function kindOf(field: ExperimentField): string {
  let schema: { def: { type: string; innerType?: unknown } } = experimentRequestSchema.shape[field];
  while (schema.def.innerType !== undefined) schema = schema.def.innerType as typeof schema;
  return schema.def.type;
}
