/** node:net. In bundles for pages, package.json puts absent.js in its stead. */
export { connect } from 'node:net';
