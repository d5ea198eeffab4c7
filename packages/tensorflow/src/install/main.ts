import { EngineError } from './engine-error.ts';
import { installEngine } from './install-engine.ts';

/** Setup's last step: `node packages/tensorflow/dist/install/main.js`. Prints progress; exits 1 with a hint when it fails. */
let told = '';

function show(step: string, fraction: number | null): void {
  const percent = fraction === null ? '' : ` ${Math.floor(fraction * 10) * 10} %`;
  const line = `  engine: ${step}${percent}`;
  if (line === told) return;
  told = line;
  process.stdout.write(`${line}\n`);
}

try {
  const report = await installEngine(show);
  if (report !== null) {
    const kernels = report.kernels.map((check) => check.kernel).join(', ');
    process.stdout.write(`  engine: TensorFlow ${report.tensorflow} on ${report.device}, verified ${kernels}\n`);
  }
} catch (error) {
  if (!(error instanceof EngineError)) throw error;
  process.stderr.write(`engine: ${error.message}\n  -> ${error.hint}\n`);
  process.exitCode = 1;
}
