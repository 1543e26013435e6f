/** What this folder takes from Node: the only place that imports it, so that a bundle can put npm packages in its stead. */
export { Buffer } from 'node:buffer';
export { Duplex } from 'node:stream';
