// Brings the schema of DATABASE_URL up to date and ends: what a deployment runs before its new programs.
import { applyMigrations } from '@spherelab/db';
import { forgetForeignVariables, withPassword } from '@spherelab/host';

forgetForeignVariables(process.env);
const url = process.env.DATABASE_URL;
if (!url) {
  process.stderr.write('DATABASE_URL is not set\n');
  process.exit(1);
}
const applied = await applyMigrations(withPassword(url, process.env.POSTGRES_PASSWORD));
process.stdout.write(applied.length === 0 ? 'the schema is up to date\n' : `applied ${applied.join(', ')}\n`);
