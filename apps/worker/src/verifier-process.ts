// The process that verifies a finished run: forked by the supervisor, one for each. Here too TensorFlow is loaded.
import { readNumerics } from '@spherelab/numerics';
import { verifyRun } from '@spherelab/training';
import { dieWithSupervisor } from './die-with-supervisor.ts';
import type { VerifierAnswer, VerifierOrder } from './verifier-messages.ts';

dieWithSupervisor();
process.once('message', (order: VerifierOrder) => void verify(order));

async function verify(order: VerifierOrder): Promise<void> {
  const answer: VerifierAnswer = await verifyRun({
    ...order,
    numerics: readNumerics(),
    emit: () => undefined,
    stop: () => null,
  }).then(
    (report) => ({ report }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(answer, () => process.exit(0));
}
