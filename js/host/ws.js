/** The WebSocket of the package ws. In bundles for pages, package.json puts absent.js in its stead. */

/** Imported by a function, as a bundle for Node may leave the package out. */
export const loadWebSocket = async () => (await import('ws')).WebSocket;
