/** Reads the arguments of `connect()` and rejects unknown options. */
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
 * @property {string} [servername] name for the Server Name Indication, which the certificate must match; the address's host by default
 * @property {string[]} [ALPNProtocols] in order of preference
 * @property {ProtocolVersion} [minVersion] TLSv1.2 by default
 * @property {ProtocolVersion} [maxVersion] TLSv1.3 by default
 * @property {string[]} [ciphers] IANA names in order of preference; ChaCha20-Poly1305 first by default
 * @property {TrustStore} [trust] Mozilla's root list by default
 * @property {PemOrDerList} [crls] CRLs to check the chain against
 * @property {Profile} [profile] rules for certificates, keys and signatures; webpki by default
 * @property {PemOrDer} [cert] the client's own certificate chain, leaf first
 * @property {PemOrDer} [key] its private key, unencrypted
 * @property {Date} [now] the time of verification; the current time by default
 * @property {boolean} [rejectUnauthorized] false: connect even if the server's chain is not valid; `verification` still lists every problem
 * @property {(hostname: string, certificate: Certificate) => Error | undefined} [checkServerIdentity] an additional check, after all others; return an Error to reject the server
 * @property {AbortSignal} [signal] aborts the connection at any time
 * @property {number} [timeout] milliseconds to open the connection; 30,000 by default, 0 for no timeout
 * @property {number} [closeTimeout] milliseconds to close the connection; 10,000 by default
 * @property {(line: string) => void} [keylog] receives the lines of an NSS key log
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
 * @property {boolean} allowHalfOpen each side may still send after the other's close_notify; not a public option yet
 * @property {ConnectOptions['keylog']} keylog
 */

/** Checks the type of each option. @type {Record<keyof ConnectOptions, (value: unknown) => boolean>} */
export const OPTION_CHECKS = {
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
    if (!Object.hasOwn(OPTION_CHECKS, name)) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', `Unknown option ${JSON.stringify(name)}.`);
    }
    if (value !== undefined && !OPTION_CHECKS[/** @type {keyof ConnectOptions} */ (name)](value)) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', `The option ${name} cannot be ${String(value)}.`);
    }
  }
  const server = parseAddress(address);
  const name = options.servername === undefined ? server.hostname : parseHost(options.servername);
  // The rest are the engine's: the loop above has rejected unknown options.
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
    address: server,
    transport: chooseTransport(server, { bridge, transport }),
    trust: trust ? () => trust : defaultTrustStore,
    engine: {
      ...engine,
      hostname: name,
      servername: isIpAddress(name) ? undefined : name.replace(/\.$/, '').toLowerCase(),
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
function isIpAddress(host) {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host);
}

/**
 * @param {Address} address
 * @param {ConnectOptions} options
 */
function chooseTransport(address, { bridge, transport }) {
  if (bridge !== undefined && transport !== undefined) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'Pass either bridge or transport, not both.');
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
    `A web page needs the option bridge or transport to reach ${formatAddress(address)}.`,
  );
}
