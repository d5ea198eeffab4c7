import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { verificationText } from '../output/verification-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Page, Verification } from '../server/api-types.ts';

type VerifyOptions = { readonly stretch: string; readonly json?: boolean };

const pollEveryMs = 500;

/** `verify`: whether a finished run can be computed again to the same bits. */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify <id>')
    .description('have a worker compute a stretch of a finished run again, and compare it with what is stored')
    .option('--stretch <which>', 'random: one between two checkpoints that are kept; all: every one', 'random')
    .option('--json', 'print the verification as JSON')
    .action(verify);
}

async function verify(id: string, { stretch, json }: VerifyOptions): Promise<void> {
  const api = new ApiClient(serverAddress());
  const route = `/experiments/${encodeURIComponent(id)}`;
  const asked = await api.post<Verification>(`${route}/verify`, { stretch });
  if (process.stderr.isTTY) process.stderr.write('waiting for a worker to compute it again\n');
  let done: Verification | undefined;
  for (;;) {
    const { items } = await api.getPatiently<Page<Verification>>(`${route}/verifications`);
    done = items.find((one) => one.id === asked.id);
    if (done === undefined) throw new CliError(`experiment ${id} was deleted while it was verified`);
    if (done.report !== null) break;
    await sleep(pollEveryMs);
  }
  process.stdout.write(json ? `${JSON.stringify(done)}\n` : verificationText(done));
  if (done.report?.same_bits !== true || done.report.findings.length > 0) process.exitCode = 1;
}
