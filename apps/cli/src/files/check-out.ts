import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from '../cli-error.ts';

/** Checks that a file can be written, before the work that is to end in it. @throws CliError */
export async function checkOut(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new CliError(
      `--out ${file}: ${isMissing ? 'there is no folder' : 'nothing can be written in'} ${folder}`,
      isMissing ? `mkdir -p ${folder}` : null,
      { cause: error },
    );
  }
  const there = await stat(file).catch(() => null);
  if (there?.isDirectory()) throw new CliError(`--out ${file}: is a folder; name a file in it`);
}
