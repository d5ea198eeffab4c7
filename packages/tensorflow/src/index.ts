export { tf } from './engine.ts';
export { type EngineReport, type KernelCheck, verifyKernels } from './verify-kernels.ts';
