/** node:net. In bundles for pages, package.json puts absent.js in its stead. */
export { connect } from 'node:net';

/** Whether sockets can share a buffer to read into: not on Windows, where the reads of several sockets overlap. */
export const canShareBuffer = process.platform !== 'win32';
