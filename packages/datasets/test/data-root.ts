import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Makes a data root with these files, hands it to `use`, and removes it. */
export async function withDataRoot<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (dataRoot: string) => Promise<T>,
): Promise<T> {
  const dataRoot = await mkdtemp(path.join(tmpdir(), 'spherelab-root-'));
  try {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(dataRoot, file)), { recursive: true });
      await writeFile(path.join(dataRoot, file), content);
    }
    return await use(dataRoot);
  } finally {
    await rm(dataRoot, { recursive: true, force: true });
  }
}

const checkout = fileURLToPath(new URL('../../..', import.meta.url));

/** Real photographs and annotations: `SPHERELAB_REAL_DATA_DIR`, or `shared/data` in the checkout or beside it; or null. */
export function realDataFolder(): string | null {
  const named = process.env.SPHERELAB_REAL_DATA_DIR;
  const folders = named ? [named] : [path.join(checkout, 'shared/data'), path.join(checkout, '../shared/data')];
  return folders.find((folder) => existsSync(folder)) ?? null;
}
