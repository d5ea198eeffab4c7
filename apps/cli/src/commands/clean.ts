import { leftoverFiles, removeLeftoverFiles } from '@spherelab/host';
import type { Command } from 'commander';
import { readEnvironment, serverAddress } from '../cli-environment.ts';
import { formatTable } from '../output/print-table.ts';
import { ApiClient, ServerAway } from '../server/api-client.ts';
import type { Leftovers } from '../server/api-types.ts';

type Line = { readonly where: string; readonly what: string; readonly count: number; readonly bytes: number };

/** `spherelab clean`: what nothing needs any more, on this machine and in the database. */
export function addCleanCommand(program: Command): void {
  program
    .command('clean')
    .description('delete what nothing needs any more: caches and work folders here, rows and jobs through the server')
    .option('--dry-run', 'list it, with bytes, and delete nothing')
    .option('--json', 'print JSON')
    .action(clean);
}

async function clean({
  dryRun = false,
  json = false,
}: {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}): Promise<void> {
  const found = leftoverFiles(readEnvironment().cacheFolder);
  const files = dryRun ? found : removeLeftoverFiles(found);
  const rows = await ofServer(dryRun);
  const lines: Line[] = [
    ...files.map(({ path, bytes, why }) => ({ where: path, what: why, count: 1, bytes })),
    ...(rows ?? []).filter(({ count }) => count > 0).map((row) => ({ where: 'database', ...row })),
  ];
  const bytes = lines.reduce((sum, line) => sum + line.bytes, 0);
  if (json) return void process.stdout.write(`${JSON.stringify({ dry_run: dryRun, bytes, items: lines })}\n`);
  if (lines.length > 0) {
    const cells = lines.map((line) => [line.where, line.what, String(line.count), String(line.bytes)]);
    process.stdout.write(`${formatTable(['where', 'what', 'count', 'bytes'], cells)}\n`);
  }
  process.stdout.write(`${dryRun ? 'would free' : 'freed'} ${(bytes / 1e6).toFixed(1)} MB\n`);
  if (rows === null)
    process.stderr.write('no server is running here: the database was left out (npm start, or SPHERELAB_URL)\n');
}

/** Null where none runs; its database is then nobody's to look into. */
async function ofServer(dryRun: boolean): Promise<Leftovers['items'] | null> {
  let url: string;
  try {
    url = serverAddress();
  } catch {
    return null;
  }
  const api = new ApiClient(url);
  try {
    const answer = dryRun ? await api.get<Leftovers>('/leftovers') : await api.post<Leftovers>('/leftovers/collect');
    return answer.items;
  } catch (error) {
    if (error instanceof ServerAway) return null;
    throw error;
  }
}
