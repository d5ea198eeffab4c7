import { fileURLToPath } from 'node:url';

/** The checkout: apps/cli/dist/ is three folders beneath it. */
export const checkoutFolder = fileURLToPath(new URL('../../../', import.meta.url));
