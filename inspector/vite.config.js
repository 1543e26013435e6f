/** How the two pages become static files: `npm run site` writes them to build/site. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { PAGE_POLICY } from '../scripts/serve.js';

/** @param {string} path from this folder */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Puts the policy into each page: a server that sends no such header does not leave it without one.
 * @returns {import('vite').Plugin}
 */
function policy() {
  return {
    name: 'policy',
    apply: 'build', // Vite's server for developing needs inline scripts
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

// eslint-disable-next-line no-restricted-exports -- Vite wants it
export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  plugins: [policy()],
  build: {
    outDir: here('../build/site'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false }, // it would be an inline script
    assetsInlineLimit: 0, // the policy has no data: for scripts and styles
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: here('index.html'), lab: here('lab.html') },
      external: [/^node:/, 'ws'], // never reached in a page
    },
  },
});
