// `spherelab backup FILE` and `spherelab restore FILE`: everything of a database to a file and back.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openNamedDatabase, restoreBackup, writeBackup } from '@spherelab/db';
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

const { asked } = stopSignals();
/** The database rolls back what a restore did by then. */
const interrupted = new Promise<never>((_, reject) => {
  asked.addEventListener('abort', () => reject(new Error(`interrupted (${asked.reason}); nothing was changed`)));
});
interrupted.catch(() => undefined);

try {
  const { DATABASE_URL: address, POSTGRES_PASSWORD: password } = process.env;
  const named = address === undefined ? undefined : withPassword(address, password);
  const [url, release] = await openNamedDatabase(named, path.resolve(values.state));
  try {
    const where = url.replace(/^\w+:\/\/(?:[^@/]*@)?/, '');
    const place = named === undefined ? `of ${path.resolve(values.state)}` : `${where} (DATABASE_URL)`;
    process.stderr.write(`${verb === 'backup' ? 'backing up' : 'restoring into'} the database ${place}\n`);
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
