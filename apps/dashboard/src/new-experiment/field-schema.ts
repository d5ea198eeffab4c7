import { served } from '../navigation/base-path.ts';

/** One field of an experiment as openapi.json describes it, which comes from the schema that the API checks with. */
export type FieldSchema = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  /** The part of the form that it stands in. */
  readonly 'x-group'?: string;
  /** Values that are known by name, where others may be given too. */
  readonly 'x-known'?: readonly string[];
  /** The losses, optimizers or protocols that it belongs to; absent: all. */
  readonly 'x-losses'?: readonly string[];
  readonly 'x-optimizers'?: readonly string[];
  readonly 'x-protocols'?: readonly string[];
  /** What each of its values means. */
  readonly 'x-abouts'?: Readonly<Record<string, string>>;
  /** Fields without which it does nothing: it has an effect where they are neither 0 nor empty. */
  readonly 'x-needs'?: readonly string[];
};

type Document = {
  readonly components: {
    readonly schemas: { readonly ExperimentRequest: { readonly properties: Record<string, FieldSchema> } };
  };
};

/** The fields of an experiment by name. @throws TypeError where the server does not answer */
export async function readFieldSchemas(signal: AbortSignal): Promise<Readonly<Record<string, FieldSchema>>> {
  const document = (await (await fetch(served('/openapi.json'), { signal })).json()) as Document;
  const { force: _, ...fields } = document.components.schemas.ExperimentRequest.properties;
  return fields;
}

/** Names of the fields by part of the form, both in the order of the schema. */
export function groupsOf(schemas: Readonly<Record<string, FieldSchema>>): [title: string, fields: string[]][] {
  const groups = new Map<string, string[]>();
  for (const [name, { 'x-group': group = 'Other' }] of Object.entries(schemas)) {
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups];
}

/** A field that may be null is described by what else it may be. */
export function concreteSchema(schema: FieldSchema): FieldSchema {
  const concrete = schema.anyOf?.find(({ type }) => type !== 'null');
  return concrete === undefined ? schema : { ...concrete, description: schema.description ?? '' };
}

/** What is allowed, in a few characters; empty where the schema does not say. */
export function allowedText({ minimum, maximum, exclusiveMinimum }: FieldSchema): string {
  const low = exclusiveMinimum === undefined ? minimum : exclusiveMinimum;
  if (low === undefined && maximum === undefined) return '';
  return `${exclusiveMinimum === undefined ? 'from' : 'above'} ${low ?? '…'} to ${maximum ?? '…'}`;
}

/** Whether a field has an effect, given the values of the others; one that is combined has. */
export function hasEffect(
  schema: FieldSchema | undefined,
  settingOf: (field: string) => unknown,
  isCombined: (field: string) => boolean,
): boolean {
  return (schema?.['x-needs'] ?? []).every((field) => {
    const value = settingOf(field);
    return isCombined(field) || (Array.isArray(value) ? value.length > 0 : Boolean(value));
  });
}
