#!/usr/bin/env node
// `npm start`: sets the clone up and starts the server, embedded; with DATABASE_URL and REDIS_URL it uses those.
// usage: npm start -- [--workers N] [--port N] [--state DIR] [--data-dir DIR]
import { setup } from './setup.mjs';

if (process.argv.includes('--help')) {
  console.log('usage: npm start -- [--workers N] [--port N] [--state DIR] [--data-dir DIR]');
} else {
  await setup();
  await import('../apps/launcher/dist/main.js');
}
