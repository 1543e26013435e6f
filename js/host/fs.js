/** node:fs. In bundles for pages, package.json puts absent.js in its stead. */
export { readFile } from 'node:fs/promises';
