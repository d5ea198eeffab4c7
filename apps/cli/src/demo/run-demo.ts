import { stopSignals } from '@spherelab/host';
import { CliError } from '../cli-error.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Experiment, Sweep } from '../server/api-types.ts';
import { demoUsage, readDemoOptions } from './demo-options.ts';
import { type DemoPlan, demoLosses, planDemo } from './demo-plan.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';
import { belowFeatures, demoTable } from './demo-table.ts';
import { followDemo } from './follow-demo.ts';
import { normPicture } from './norm-picture.ts';

const out = (text: string) => void process.stdout.write(`${text}\n`);

/** `npm run demo`. @returns the exit code */
export async function runDemo(args: readonly string[]): Promise<number> {
  const signals = stopSignals();
  const interrupted = new Promise<void>((resolve) => signals.asked.addEventListener('abort', () => resolve()));
  let server: DemoServer | null = null;
  try {
    const options = readDemoOptions(args);
    if (options.help) {
      out(demoUsage);
      return 0;
    }
    const plan = await planDemo(options.dataset, out, signals.asked);
    out('starting database, API and workers');
    server = await startDemoServer(signals);
    const code = await Promise.race([demonstrate(new ApiClient(server.url), plan), interrupted.then(() => 130)]);
    if (code === 130 || options.exit) return code;
    out('Ctrl-C stops the server.');
    await interrupted;
    return code;
  } catch (error) {
    if (signals.asked.aborted) return 130;
    if (!(error instanceof CliError) && !(error instanceof TypeError)) throw error;
    process.stderr.write(`demo: ${error.message}\n`);
    return 1;
  } finally {
    await server?.stop();
  }
}

async function demonstrate(api: ApiClient, plan: DemoPlan): Promise<number> {
  const startedMs = Date.now();
  await cancelEarlier(api);
  const cells = demoLosses.flatMap((loss) => [0, plan.secWei[loss]].map((secWei) => ({ loss, sec_wei: secWei })));
  const base = { ...plan.base, tags: ['demo'] };
  const sweep = await api.post<Sweep>('/sweeps', { name: 'demo', base, cells, force: true });
  const page = `${api.url}/lab/sweeps/${sweep.id}`;
  out(
    `training ${plan.network}: ${cells.length} runs on ${plan.base.dataset} (4 losses, plain and with SEC)\nwatch them: ${page}`,
  );
  const runs = await followDemo(api, sweep.id, out);
  await report(api, runs, plan.base.dataset);
  out(`took ${((Date.now() - startedMs) / 60_000).toFixed(1)} minutes`);
  out(`\nthe sweep, its curves, norms and neighbours: ${page}`);
  out(`the same in a terminal: SPHERELAB_URL=${api.url} npx spherelab list`);
  return runs.every((run) => run.status === 'succeeded') ? 0 : 1;
}

/** A demo that was killed leaves its sweep queued; it would train beside the new one. */
async function cancelEarlier(api: ApiClient): Promise<void> {
  const { items } = await api.get<{ readonly items: readonly Sweep[] }>('/sweeps?limit=100');
  const open = items.filter(
    (sweep) => sweep.name === 'demo' && ((sweep.counts.queued ?? 0) > 0 || (sweep.counts.running ?? 0) > 0),
  );
  for (const sweep of open) await api.post(`/sweeps/${sweep.id}/cancel`);
}

async function report(api: ApiClient, runs: readonly Experiment[], dataset: string): Promise<void> {
  for (let pair = 0; pair + 1 < runs.length; pair += 2) {
    const [plain, sec] = [runs[pair], runs[pair + 1]];
    if (plain?.status === 'succeeded' && sec?.status === 'succeeded') out(await normPicture(api, plain, sec));
  }
  out(`\nTest classes of ${dataset}, none of them seen in training (percent; norm_cv as is):\n${demoTable(runs)}`);
  const below = belowFeatures(runs);
  if (below !== null) out(below);
  for (const run of runs.filter((one) => one.status !== 'succeeded')) {
    out(
      `${run.id} (${String(run.config.loss)}, sec_wei ${String(run.config.sec_wei)}) is ${run.status}: ${run.error?.message ?? run.status_reason ?? ''}`,
    );
  }
}
