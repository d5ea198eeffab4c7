import { createHash } from 'node:crypto';
import type { ExperimentConfig } from './experiment-schema.ts';
import type { Provenance } from './provenance.ts';

/** Fields that do not change what is computed. */
const labels: ReadonlySet<string> = new Set(['name', 'tags', 'priority', 'device', 'preset_policy']);

/**
 * Fields that releases of before lacked, at the value that means what those did. They are left out, so that identities and
 * checkpoints of then stay what they are; prisma/migrations/20261126010000_new_fields writes them into stored configs.
 */
const asBefore: Readonly<Partial<Record<string, unknown>>> = { sec_ramp: false, freeze_stages: 0, optimizer: 'adam' };

/** JSON with sorted keys and no white space: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const items = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(items).filter((key) => items[key] !== undefined);
    return `{${keys
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(items[key])}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The decisive config apart from the seed, as text: runs with equal settings are repetitions of one experiment. */
export function experimentSettings(config: ExperimentConfig): string {
  const { seed: _, ...settings } = decisiveFields(config);
  return canonicalJson(settings);
}

/**
 * SHA-256 (hex) of what decides the numbers: the completed config without labels, and by content all else that enters them.
 * Two requests with the same identity are the same experiment.
 */
export function experimentIdentity(config: ExperimentConfig, provenance: Provenance): string {
  return sha256({ config: decisiveFields(config), provenance });
}

/**
 * SHA-256 (hex) of the completed config without labels, and without `steps`: runs of one config, whatever their length. Where
 * sec_ramp spreads the weight over the whole run, its length decides every update, and counts.
 */
export function configSha256(config: ExperimentConfig): string {
  const { steps, ...rest } = decisiveFields(config);
  return sha256(config.sec_ramp ? { ...rest, steps } : rest);
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** The fields that decide numbers, but for those at the value that means what releases without them did. */
export function decisiveFields(config: ExperimentConfig): Record<string, unknown> {
  const entries = Object.entries(config).filter(([field, value]) => !labels.has(field) && value !== asBefore[field]);
  return Object.fromEntries(entries);
}
