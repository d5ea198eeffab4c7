import { verifyKernels } from './verify-kernels.ts';

/** Run in a process of its own, so that a library that crashes while loading takes nobody with it. */
process.stdout.write(`${JSON.stringify(verifyKernels())}\n`);
