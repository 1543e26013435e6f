/** The package ws. In bundles for pages, package.json puts absent.js in its stead. */
export { WebSocket } from 'ws';
