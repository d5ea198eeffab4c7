// `spherelab keys`: makes, lists and revokes keys in the database itself, so that the first one needs none.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type AccessScope,
  accessScopes,
  applyMigrations,
  createAccessKey,
  type Database,
  latestAuditEntries,
  listAccessKeys,
  openDatabase,
  openNamedDatabase,
  revokeAccessKey,
} from '@spherelab/db';
import { forgetForeignVariables, withPassword } from '@spherelab/host';

forgetForeignVariables(process.env);
const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    scope: { type: 'string', default: 'write' },
    state: { type: 'string', default: process.env.SPHERELAB_STATE_DIR ?? path.join(checkout, '.spherelab') },
  },
});
const [verb, argument = ''] = positionals;
const auditEntriesShown = 100;

async function create({ pool }: Database): Promise<string> {
  if (!(accessScopes as readonly string[]).includes(values.scope)) {
    throw new Error(`--scope ${values.scope}: must be ${accessScopes.join(', ')}`);
  }
  const { key, text } = await createAccessKey(pool, argument, values.scope as AccessScope);
  return `key ${key.id} (${key.name}, ${key.scope}); it is shown this once:\n${text}`;
}

async function list({ pool }: Database): Promise<string> {
  const lines = (await listAccessKeys(pool)).map(({ id, name, scope, last_used_at, revoked_at }) => {
    const use = last_used_at === null ? 'never used' : `last used ${last_used_at.toISOString()}`;
    return `${id}  ${scope.padEnd(5)}  ${use}${revoked_at ? `, revoked ${revoked_at.toISOString()}` : ''}  ${name}`;
  });
  return lines.length === 0 ? 'there are no keys' : lines.join('\n');
}

async function revoke({ pool }: Database): Promise<string> {
  const key = await revokeAccessKey(pool, argument);
  if (key === null) throw new Error(`there is no key ${argument} that is not revoked`);
  return `revoked ${key.id} (${key.name})`;
}

async function log({ pool }: Database): Promise<string> {
  const entries = await latestAuditEntries(pool, auditEntriesShown);
  return entries
    .map(({ at, key_id, who, method, address, status }) =>
      [at.toISOString(), key_id ?? '-', who, method, address, status].join('  '),
    )
    .join('\n');
}

const verbs: Readonly<Record<string, (database: Database) => Promise<string>>> = { create, list, revoke, log };

try {
  const work = verbs[verb ?? ''];
  if (work === undefined) throw new Error(`keys ${verb ?? ''}: must be ${Object.keys(verbs).join(', ')}`);
  const { DATABASE_URL: address, POSTGRES_PASSWORD: password } = process.env;
  const named = address === undefined ? undefined : withPassword(address, password);
  const [url, release] = await openNamedDatabase(named, path.resolve(values.state));
  try {
    await applyMigrations(url);
    const database = openDatabase(url);
    const said = await work(database).finally(() => database.close());
    // What people called a key is shown, not obeyed.
    process.stdout.write(`${said.replace(/[^\P{Cc}\n]/gu, '?')}\n`);
  } finally {
    await release();
  }
} catch (error) {
  process.stderr.write(`spherelab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
