import { claimVerification, isVerificationWaiting } from '@spherelab/db';
import { type Device, isGpu } from './device.ts';
import type { DeviceSlots } from './device-slots.ts';
import { verifyExperiment } from './verify-experiment.ts';
import type { WorkerContext } from './worker-context.ts';

/**
 * Looks for runs to verify while a device is free; experiments that wait come first, for they take it as soon as the queue tells.
 * @returns what ends the watch; one that is under way ends with the process
 */
export function watchVerifications(
  context: WorkerContext,
  slots: DeviceSlots,
  given: (device: Device) => void,
): () => void {
  const { database, workerName, numbers } = context;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (slots.allTaken || !(await isVerificationWaiting(database.pool))) return;
    const device = slots.take();
    if (device === null) return;
    try {
      const by = { worker: workerName, hasGpu: isGpu(device), leaseMs: numbers.leaseMs };
      const verification = await claimVerification(database.pool, by);
      if (verification === null) return;
      await context.trainers.end(device);
      await verifyExperiment(context, verification, device);
    } finally {
      given(device);
    }
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error: Error) => context.log('warn', 'no verification', { error: error.message }))
      .finally(() => {
        isLooking = false;
      });
  }, numbers.verificationWatchMs);
  return () => clearInterval(timer);
}
