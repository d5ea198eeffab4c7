// `spherelab backup FILE` and `spherelab restore FILE`: everything of a database to a file and back.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { restoreBackup, startEmbeddedPostgres, writeBackup } from '@spherelab/db';
import { forgetForeignVariables, stopSignals, withPassword } from '@spherelab/host';
import { checkoutFolder } from './system-options.ts';

forgetForeignVariables(process.env);
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    state: { type: 'string', default: process.env.SPHERELAB_STATE_DIR || path.join(checkoutFolder, '.spherelab') },
    replace: { type: 'boolean', default: false },
  },
});
const [verb, file] = positionals as ['backup' | 'restore', string];

/** The database that variables name, or the embedded one, which is started for this if it does not run. */
async function openTarget(): Promise<{ url: string; release: () => Promise<void> }> {
  const { DATABASE_URL: address, POSTGRES_PASSWORD: password } = process.env;
  if (address) return { url: withPassword(address, password), release: async () => undefined };
  const server = await startEmbeddedPostgres({ stateFolder: path.resolve(values.state) });
  return { url: server.url, release: server.adopted ? async () => undefined : server.stop };
}

const { asked } = stopSignals();
/** The database rolls back what a restore did by then. */
const interrupted = new Promise<never>((_, reject) => {
  asked.addEventListener('abort', () => reject(new Error(`interrupted (${asked.reason}); nothing was changed`)));
});
interrupted.catch(() => undefined);

try {
  const { url, release } = await openTarget();
  try {
    const rows =
      verb === 'backup'
        ? await writeBackup(url, path.resolve(file), asked)
        : await Promise.race([restoreBackup(url, path.resolve(file), { replace: values.replace }), interrupted]);
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    process.stdout.write(`${verb === 'backup' ? 'wrote' : 'restored'} ${total} rows: ${describe(rows)}\n`);
  } finally {
    await release();
  }
} catch (error) {
  process.stderr.write(`spherelab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function describe(rows: Readonly<Record<string, number>>): string {
  const present = Object.entries(rows).filter(([, count]) => count > 0);
  return present.map(([table, count]) => `${count} ${table}`).join(', ') || 'none';
}
