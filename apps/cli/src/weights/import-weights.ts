import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isPublishedSha256, weightsRecord } from '@spherelab/catalogue';
import { openFileReader, readerSha256 } from '@spherelab/datasets/file-reader';
import type { NetworkOptions } from '@spherelab/models';
import { readTorchFile, type TorchFile } from '@spherelab/weight-files';
import { readEnvironment } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { temporaryBeside } from '../files/atomic-write.ts';

export type ImportOptions = {
  readonly backbone?: string;
  readonly need_bn: string;
  readonly needBn?: string;
  readonly embedding_dim?: string;
  readonly force?: boolean;
};

export type ImportReport = {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  /** Whether the SHA-256 is that of a published file of this name. */
  readonly known: boolean;
  /** false where the same file was there already. */
  readonly copied: boolean;
  readonly backbone: string;
  readonly matched: readonly string[];
  readonly missing: readonly string[];
  readonly unused: readonly string[];
};

/** As the API takes names of weights. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const DEFAULT_BACKBONE = 'bn_inception';
const DEFAULT_EMBEDDING_DIM = 512;
/** The names and shapes of a network's tensors depend neither on the size of its pictures nor on what is frozen. */
const ANY_IMAGE_SIZE = 227;

/**
 * Checks a file against a network and copies it to <data root>/weights. What is checked is the copy, before it gets its
 * name: a file that changes meanwhile cannot slip in.
 * @throws CliError, TorchFileError
 */
export async function importWeights(file: string, options: ImportOptions): Promise<ImportReport> {
  const name = path.basename(file);
  if (!FILE_NAME.test(name) || name === 'random') {
    throw new CliError(
      `${name} is no name for weights: letters, digits, dot, dash and underscore are allowed, and not "random"`,
    );
  }
  const needBn = booleanFlag('--need_bn', options.needBn ?? options.need_bn);
  const target = path.join(readEnvironment().dataRoot, 'weights', name);
  const temporary = temporaryBeside(target);
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await copyFile(file, temporary).catch((cause: NodeJS.ErrnoException) => {
      throw new CliError(`${file} cannot be copied to ${path.dirname(target)} (${cause.code})`, null, { cause });
    });
    const checked = await check(name, temporary, options, needBn);
    const copied = await publish(temporary, target, checked.sha256, options.force === true);
    return { name, path: target, copied, ...checked };
  } finally {
    await rm(temporary, { force: true });
  }
}

type Checked = Omit<ImportReport, 'name' | 'path' | 'copied'>;

async function check(name: string, file: string, options: ImportOptions, needBn: boolean): Promise<Checked> {
  const [reader, close] = openFileReader(file);
  try {
    const sha256 = readerSha256(reader);
    const known = weightsRecord(name);
    if (known !== null && !isPublishedSha256(known, sha256)) {
      throw new CliError(
        `${name} has SHA-256 ${sha256}, the published file of that name has ${known.sha256}`,
        'the download was damaged, or it is another file: fetch it again, or give it another name',
      );
    }
    const content = readTorchFile(reader);
    const backbone = options.backbone ?? known?.backbone ?? DEFAULT_BACKBONE;
    const embeddingDim = embeddingDimOf(content, options.embedding_dim);
    // TensorFlow takes a second to load: a file that is refused before does not wait for it.
    const { importStateDict } = await import('@spherelab/models');
    const network = await networkFor({ backbone, embeddingDim, needBn, imageSize: ANY_IMAGE_SIZE, freezeBn: true });
    const { matched, missing, unused } = importStateDict(network, content);
    return { sha256, known: known !== null, backbone, matched, missing, unused };
  } finally {
    close();
  }
}

async function networkFor(options: NetworkOptions) {
  const { createNetwork } = await import('@spherelab/models');
  try {
    return createNetwork(options);
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new CliError(`--backbone ${options.backbone}: ${cause.message}`, null, { cause });
    throw cause;
  }
}

/** A file that has a head decides its width, whatever wrapper stands before the key. */
function embeddingDimOf({ tensors }: TorchFile, flag: string | undefined): number {
  if (flag === undefined) {
    const head = [...tensors].find(([key]) => /(^|\.)head\.fc\.weight$/.test(key))?.[1];
    return head?.shape[0] ?? DEFAULT_EMBEDDING_DIM;
  }
  const value = Number(flag);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new CliError(`--embedding_dim ${flag}: must be a whole number from 1 on`);
}

function booleanFlag(flag: string, text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new CliError(`${flag} ${text}: must be true or false`);
}

/** Gives the checked copy its name. Returns false where the same content has it already. */
async function publish(temporary: string, target: string, sha256: string, force: boolean): Promise<boolean> {
  const present = sha256OfPresent(target);
  if (present === sha256) return false;
  if (present !== null && !force) {
    throw new CliError(
      `${target} is there with another content (SHA-256 ${present})`,
      'experiments may have used it: choose another name, or replace it with --force',
    );
  }
  const handle = await open(temporary, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, target);
  return true;
}

function sha256OfPresent(target: string): string | null {
  try {
    const [reader, close] = openFileReader(target);
    try {
      return readerSha256(reader);
    } finally {
      close();
    }
  } catch (error) {
    if ((error as { readonly cause?: NodeJS.ErrnoException }).cause?.code === 'ENOENT') return null;
    throw error;
  }
}
