/** Builds the two pages as static files in build/site (`npm run site`). */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { PAGE_POLICY } from '../scripts/serve.js';

/** @param {string} path from this folder */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Puts the Content-Security-Policy into each page, for servers that do not send it as a header.
 * @returns {import('vite').Plugin}
 */
function contentSecurityPolicy() {
  return {
    name: 'content-security-policy',
    apply: 'build', // Vite's development server needs inline scripts
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

// eslint-disable-next-line no-restricted-exports -- Vite requires it
export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  plugins: [contentSecurityPolicy()],
  build: {
    outDir: here('../build/site'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false }, // the polyfill is an inline script
    assetsInlineLimit: 0, // the policy forbids data: URLs for scripts and styles
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: here('index.html'), lab: here('lab.html') },
      external: [/^node:/, 'ws'], // never loaded in a page
    },
  },
});
