/** @file Builds the dashboard's page into build/page; scripts/setup/page.mjs calls it. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('.'),
  base: '/',
  logLevel: 'warn',
  cacheDir: at('../build/vite'),
  build: { outDir: at('../build/page'), emptyOutDir: true, reportCompressedSize: false },
});
