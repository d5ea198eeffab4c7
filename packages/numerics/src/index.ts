export { readNumerics } from './numerics.ts';
