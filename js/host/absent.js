/**
 * What bundles for pages have in the stead of Node's modules: `imports` of package.json. Importing it fails.
 * It has their names, because a bundler may look for those.
 */
export const hostAead = undefined;
export const loadWebSocket = undefined;
export const openTcp = undefined;

throw new Error('This module of Node is not here.');
