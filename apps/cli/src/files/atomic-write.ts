import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from '../cli-error.ts';

/** A name beside `file` that no reader takes for it. */
export function temporaryBeside(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
}

/** Writes a file so that it is there whole or not at all. Throws CliError where the folder cannot be written. */
export async function atomicWrite(file: string, content: Uint8Array | string, mode = 0o666): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    const handle = await open(temporary, 'w', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CliError(`${file} cannot be written (${code})`, null, { cause: error });
  }
}
