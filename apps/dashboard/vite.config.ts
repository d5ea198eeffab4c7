import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const outDir = fileURLToPath(new URL('dist', import.meta.url));
/** Where `npm run dev` finds an API. */
const api = process.env.SPHERELAB_URL || 'http://127.0.0.1:3000';
const apiRoutes = [
  'experiments',
  'sweeps',
  'studies',
  'events',
  'workers',
  'queue',
  'datasets',
  'reports',
  'checkpoints',
];

/** Writes .gz and .br beside each file, so that the API sends what is compressed already. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      const folder = path.join(outDir, 'assets');
      for (const file of readdirSync(folder).filter((name) => /\.(js|css|svg)$/.test(name))) {
        const content = readFileSync(path.join(folder, file));
        writeFileSync(path.join(folder, `${file}.gz`), gzipSync(content, { level: 9 }));
        writeFileSync(path.join(folder, `${file}.br`), brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress()],
  // Files name each other by where they stand; the API tells index.html where it is (SPHERELAB_BASE_PATH).
  base: './',
  build: { outDir, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    // The API takes changes from its own page only, and this page is another one for it.
    proxy: Object.fromEntries(
      [...apiRoutes, 'thumbnails', 'openapi.json'].map((route) => [
        `/${route}`,
        { target: api, changeOrigin: true, headers: { origin: new URL(api).origin } },
      ]),
    ),
  },
});
