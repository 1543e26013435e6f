/** node:https. In bundles for pages, package.json puts https-page.js in its stead. */
export { Agent } from 'node:https';
