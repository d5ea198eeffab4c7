import { stat } from 'node:fs/promises';

/** The folder, or null where there is none. */
export async function presentFolder(folder: string): Promise<string | null> {
  const found = await stat(folder).catch(() => null);
  return found?.isDirectory() ? folder : null;
}
