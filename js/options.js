/** Reads what `connect()` is given, refusing what it does not understand. */
import { formatAddress, parseAddress, parseHost } from './address.js';
import { TLSError } from './errors.js';
import { CLOSE_TIMEOUT_MS, MAX_TIMEOUT_MS, OPEN_TIMEOUT_MS } from './limits.js';
import { defaultTrustStore, TrustStore } from './trust-store.js';
import { websockify } from './transports/websockify.js';
import { tcp } from './transports/tcp.js';

/** @typedef {import('./address.js').Address} Address */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').Profile} Profile */
/** @typedef {import('./engine.js').EngineOptions} EngineOptions */
/** @typedef {import('./engine.js').ProtocolVersion} ProtocolVersion */
/** @typedef {import('./input.js').PemOrDer} PemOrDer */
/** @typedef {import('./input.js').PemOrDerList} PemOrDerList */
/** @typedef {import('./transports/transport.js').Transport} Transport */

/**
 * @typedef {object} ConnectOptions
 * @property {string | URL} [bridge] ws(s)://… of a websockify bridge
 * @property {Transport} [transport] how to reach the server; in Node direct TCP by default
 * @property {string} [servername] the Server Name Indication and the name that the certificate must be for; the address's host by default
 * @property {string[]} [ALPNProtocols] in order of preference
 * @property {ProtocolVersion} [minVersion] TLSv1.2 by default
 * @property {ProtocolVersion} [maxVersion] TLSv1.3 by default
 * @property {string[]} [ciphers] IANA names in order of preference; ChaCha20-Poly1305 first by default
 * @property {TrustStore} [trust] Mozilla's list by default
 * @property {PemOrDerList} [crls] revocation lists to check the chain against
 * @property {Profile} [profile] which signatures and keys are acceptable; webpki by default
 * @property {PemOrDer} [cert] the client's own certificate chain, leaf first
 * @property {PemOrDer} [key] its private key, not encrypted
 * @property {Date} [now] the time to judge certificates at; the present by default
 * @property {boolean} [rejectUnauthorized] false goes on with a server whose chain is not good; every problem is still reported
 * @property {(hostname: string, certificate: Certificate) => Error | undefined} [checkServerIdentity] one more check, after all others: an Error refuses the server
 * @property {AbortSignal} [signal] ends the connection at any time
 * @property {number} [timeout] milliseconds until it must be open; 30,000 by default, 0 for ever
 * @property {number} [closeTimeout] milliseconds that closing may take; 10,000 by default
 * @property {(line: string) => void} [keylog] takes the lines of an NSS key log
 */

/**
 * @typedef {object} Settings
 * @property {Address} address
 * @property {Transport} transport
 * @property {() => TrustStore | Promise<TrustStore>} trust
 * @property {Omit<EngineOptions, 'trust'>} engine
 * @property {ConnectOptions['checkServerIdentity']} checkServerIdentity
 * @property {AbortSignal | undefined} signal
 * @property {number} timeout
 * @property {number} closeTimeout
 * @property {boolean} allowHalfOpen one side may go on sending when the other has sent close_notify; not an option yet
 * @property {ConnectOptions['keylog']} keylog
 */

/** What each option must be. @type {Record<keyof ConnectOptions, (value: unknown) => boolean>} */
export const CHECKS = {
  bridge: (value) => typeof value === 'string' || value instanceof URL,
  transport: (value) => typeof value === 'function',
  servername: (value) => typeof value === 'string',
  ALPNProtocols: isStringArray,
  minVersion: (value) => typeof value === 'string',
  maxVersion: (value) => typeof value === 'string',
  ciphers: isStringArray,
  trust: (value) => value instanceof TrustStore,
  crls: () => true,
  profile: (value) => typeof value === 'string',
  cert: () => true,
  key: () => true,
  now: (value) => value instanceof Date,
  rejectUnauthorized: (value) => typeof value === 'boolean',
  checkServerIdentity: (value) => typeof value === 'function',
  signal: (value) => value instanceof AbortSignal,
  timeout: isMilliseconds,
  closeTimeout: isMilliseconds,
  keylog: (value) => typeof value === 'function',
};

/** @param {unknown} value */
function isStringArray(value) {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** @param {unknown} value */
function isMilliseconds(value) {
  return typeof value === 'number' && value >= 0 && value <= MAX_TIMEOUT_MS;
}

/**
 * @param {string | {hostname: string, port?: number | string}} address
 * @param {ConnectOptions} options
 * @returns {Settings}
 */
export function readOptions(address, options) {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, name)) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', `There is no option ${JSON.stringify(name)}.`);
    }
    if (value !== undefined && !CHECKS[/** @type {keyof ConnectOptions} */ (name)](value)) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', `The option ${name} cannot be ${String(value)}.`);
    }
  }
  const where = parseAddress(address);
  const name = options.servername === undefined ? where.hostname : parseHost(options.servername);
  // What is left over is the engine's; CHECKS has let nothing else through.
  const {
    bridge,
    transport,
    servername,
    trust,
    checkServerIdentity,
    signal,
    timeout,
    closeTimeout,
    keylog,
    ...engine
  } = options;
  return {
    address: where,
    transport: chooseTransport(where, { bridge, transport }),
    trust: trust ? () => trust : defaultTrustStore,
    engine: {
      ...engine,
      hostname: name,
      servername: isAddressLiteral(name) ? undefined : name.replace(/\.$/, '').toLowerCase(),
      keylog: keylog !== undefined,
    },
    checkServerIdentity,
    signal,
    timeout: timeout ?? OPEN_TIMEOUT_MS,
    closeTimeout: closeTimeout ?? CLOSE_TIMEOUT_MS,
    allowHalfOpen: false,
    keylog,
  };
}

/** @param {string} host */
function isAddressLiteral(host) {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host);
}

/**
 * @param {Address} address
 * @param {ConnectOptions} options
 */
function chooseTransport(address, { bridge, transport }) {
  if (bridge !== undefined && transport !== undefined) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'Give bridge or transport, not both.');
  }
  if (transport) {
    return transport;
  }
  if (bridge !== undefined) {
    return websockify(bridge);
  }
  if (typeof process === 'object' && process.versions?.node) {
    return tcp();
  }
  throw new TLSError(
    'ERR_TLS_NO_TRANSPORT',
    `A web page cannot reach ${formatAddress(address)} without a bridge or transport.`,
  );
}
