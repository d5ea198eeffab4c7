export { engineCacheFolder } from './engine-cache.ts';
export { EngineError } from './engine-error.ts';
export { forgetEngine, installEngine } from './install-engine.ts';
export { verifyEngine } from './verify-engine.ts';
