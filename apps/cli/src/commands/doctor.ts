import { availableParallelism, cpus } from 'node:os';
import { engineCacheFolder, forgetEngine, installEngine, verifyEngine } from '@spherelab/tensorflow/install';
import type { Command } from 'commander';
import { jsonLine } from '../output/terminal-text.ts';

/** `spherelab doctor`: is the engine there, and does it compute what it should? */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the native engine: TensorFlow version, device, kernels against known values')
    .option('--repair', 'forget the cached engine and build it anew')
    .option('--json', 'print JSON')
    .action(doctor);
}

async function doctor(options: { readonly repair?: boolean; readonly json?: boolean }): Promise<void> {
  if (options.repair) await forgetEngine();
  await installEngine((step) => process.stderr.write(`engine: ${step}\n`));
  const engine = await verifyEngine();
  const report = {
    ok: true,
    ...engine,
    node: process.versions.node,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    engine_cache: engineCacheFolder(),
  };
  if (options.json) {
    process.stdout.write(jsonLine(report));
    return;
  }
  const lines = [
    `TensorFlow  ${report.tensorflow} through tfjs ${report.tfjs} (${report.backend})`,
    `device      ${report.device}`,
    `cpu         ${report.cpu}, ${report.cores} cores; Node ${report.node}`,
    `engine      ${report.engine_cache}`,
    ...report.kernels.map((check) => `kernel      ${check.kernel}: ${check.ok ? 'ok' : 'WRONG'}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
