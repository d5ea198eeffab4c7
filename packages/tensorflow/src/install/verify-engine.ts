import { fileURLToPath } from 'node:url';
import { lastLines, runCommand } from '@spherelab/host';
import type { EngineReport } from '../verify-kernels.ts';
import { EngineError } from './engine-error.ts';

/**
 * Loads the engine in a throw-away process and checks its kernels.
 * @throws EngineError when it does not load or computes something else than the known values
 */
export async function verifyEngine(): Promise<EngineReport> {
  const script = fileURLToPath(new URL('../verify-main.js', import.meta.url));
  const result = await runCommand(process.execPath, [script], { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  const line = result.stdout.trim().split('\n').at(-1) ?? '';
  if (result.code !== 0 || !line.startsWith('{')) {
    throw new EngineError(
      `the engine does not load:\n${lastLines(result)}`,
      'run `npx spherelab doctor --repair` to build it anew',
    );
  }
  const report = JSON.parse(line) as EngineReport;
  const wrong = report.kernels.filter((check) => !check.ok);
  if (wrong.length > 0) {
    const details = wrong.map((check) => `${check.kernel}: expected ${check.expected}, got ${check.got}`).join('; ');
    throw new EngineError(
      `the engine computes wrong values: ${details}`,
      'try another TensorFlow (SPHERELAB_TENSORFLOW_DIR)',
    );
  }
  return report;
}
