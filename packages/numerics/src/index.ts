export { numericsNow, readNumerics } from './numerics.ts';
