/** Files, in Node, Deno and Bun. Elsewhere package.json puts fs-page.js in its stead. */
export { readFile } from 'node:fs/promises';
