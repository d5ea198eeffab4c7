import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { DatasetError } from '../dataset-error.ts';

/** The largest real one is 7 MB. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Reads a file of annotations, `file` relative to the data root. Throws DatasetError missing_file (it says where the file
 * belongs), outside_data_root or malformed_file.
 */
export async function annotationFile(dataRoot: string, file: string): Promise<Buffer> {
  const path = join(dataRoot, file);
  const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DatasetError('missing_file', `${file} was expected under the data root ${dataRoot}`, { cause });
  });
  // Anything else, such as a pipe, could keep a reader waiting for ever.
  if (!facts.isFile()) throw new DatasetError('missing_file', `${path} is not a file`);
  const [realPath, realRoot] = await Promise.all([realpath(path), realpath(dataRoot)]);
  if (!realPath.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
    throw new DatasetError('outside_data_root', `${path} leads out of the data root`);
  }
  if (facts.size > MAX_BYTES) {
    throw new DatasetError('malformed_file', `${file} has ${facts.size} bytes; at most ${MAX_BYTES} are expected`);
  }
  return readFile(path).catch((cause: Error) => {
    throw new DatasetError('missing_file', `${path} cannot be read: ${cause.message}`, { cause });
  });
}

/** Lines of a text file as Python's readlines has them: any line end, and none after the last one. */
export async function annotationLines(dataRoot: string, file: string): Promise<string[]> {
  const bytes = await annotationFile(dataRoot, file);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DatasetError('malformed_file', `${file} is not UTF-8 text`, { cause });
  }
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
