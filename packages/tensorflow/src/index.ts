export { tf, usesOneDnn } from './engine.ts';
export { createGraphBuilder, type GraphBuilder, type NodeName } from './graph/graph-builder.ts';
export { type Feed, type GraphSession, openGraphSession } from './graph/graph-session.ts';
export { type Traced, traceOps } from './graph/trace-ops.ts';
export { type NativeBackend, nativeBackend, type OpAttribute } from './native-backend.ts';
export { gpuModel, usedDevice } from './used-device.ts';
export { type EngineReport, type KernelCheck, verifyKernels } from './verify-kernels.ts';
