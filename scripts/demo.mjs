#!/usr/bin/env node
// `npm run demo`: sets the clone up, starts everything, trains a sweep and shows it.
// usage: npm run demo -- [--exit] [--dataset NAME]
import { setup } from './setup.mjs';

if (!process.argv.includes('--help')) await setup();
const { runDemo } = await import('../apps/cli/dist/demo/run-demo.js');
// Whatever still waits for a server that is stopped would keep the process for a minute.
process.exit(await runDemo(process.argv.slice(2)));
