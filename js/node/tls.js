/**
 * pagetls/node-tls: a drop-in for node:tls, for client libraries in bundles. configure() says how bytes travel.
 */
import { TLSError } from '../errors.js';
import { convertALPNProtocols } from './alpn.js';
import { configure } from './configuration.js';
import { DEFAULT_CIPHERS, getCiphers } from './openssl-ciphers.js';
import { loadRootCertificates, rootCertificates } from './root-certificates.js';
import { createSecureContext, SecureContext } from './secure-context.js';
import { checkServerIdentity } from './server-identity.js';
import { connect, TLSSocket } from './tls-client.js';

export {
  checkServerIdentity,
  configure,
  connect,
  convertALPNProtocols,
  createSecureContext,
  DEFAULT_CIPHERS,
  getCiphers,
  loadRootCertificates,
  rootCertificates,
  SecureContext,
  TLSSocket,
};

/** @typedef {import('./configuration.js').Configuration} Configuration */
/** @typedef {import('./tls-client.js').ConnectOptions} ConnectOptions */

export const DEFAULT_MIN_VERSION = 'TLSv1.2';
export const DEFAULT_MAX_VERSION = 'TLSv1.3';
export const DEFAULT_ECDH_CURVE = 'auto';
export const CLIENT_RENEG_LIMIT = 3;
export const CLIENT_RENEG_WINDOW = 600;

const noServer = () =>
  new TLSError('ERR_TLS_INVALID_OPTION', 'pagetls/node-tls has no servers: pagetls is a TLS client.');

export class Server {
  constructor() {
    throw noServer();
  }
}

/** @returns {never} */
export function createServer() {
  throw noServer();
}

// `import tls from 'tls'` is what libraries write.
// eslint-disable-next-line no-restricted-exports
export default {
  checkServerIdentity,
  CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW,
  configure,
  connect,
  convertALPNProtocols,
  createSecureContext,
  createServer,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE,
  DEFAULT_MAX_VERSION,
  DEFAULT_MIN_VERSION,
  getCiphers,
  loadRootCertificates,
  rootCertificates,
  SecureContext,
  Server,
  TLSSocket,
};
