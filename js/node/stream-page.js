/** What pages have in the stead of stream.js: the npm packages `buffer` and `readable-stream`. */
import * as streams from 'readable-stream';

export { Buffer } from 'buffer';

/** @type {Pick<typeof import('node:stream'), 'addAbortSignal' | 'Duplex'>} */
export const { addAbortSignal, Duplex } = /** @type {any} */ (streams);

/** Pages have no node:crypto. @type {typeof import('node:crypto').X509Certificate | undefined} */
export const X509Certificate = undefined;
/** @type {typeof import('node:crypto').createHash | undefined} */
export const createHash = undefined;
/** Nor files. @type {typeof import('node:fs').readFileSync | undefined} */
export const readFileSync = undefined;
