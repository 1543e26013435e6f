/** What this folder takes from Node. In bundles for pages, package.json puts stream-page.js in its stead. */
export { Buffer } from 'node:buffer';
export { createHash, X509Certificate } from 'node:crypto';
export { readFileSync } from 'node:fs';
export { addAbortSignal, Duplex } from 'node:stream';
