/** What this folder takes from Node: the only place that imports it, so that a bundle can put npm packages in its stead. */
export { Buffer } from 'node:buffer';
export { X509Certificate } from 'node:crypto';
export { Duplex } from 'node:stream';
