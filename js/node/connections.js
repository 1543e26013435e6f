/** Opens connections for the HTTP clients of Node, with the options of connect(). */
import { connect } from '../connect.js';
import { TLSError } from '../errors.js';
import { asGiven } from '../option-kinds.js';
import { readOptions } from '../options-reader.js';
import { CONNECT_KINDS } from '../options.js';
import { tcp } from '../transports/tcp.js';

/** @typedef {import('../options.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../socket.js').TLSSocket} TLSSocket */
/** @typedef {Omit<ConnectOptions, 'allowHalfOpen'>} ClientOptions */

/**
 * @template T
 * @typedef {import('../options-reader.js').Kind<T>} Kind
 */

/** HTTP is over TLS from the first byte, and its clients end the connection themselves. */
const NOT_FOR_CLIENTS = ['allowHalfOpen', 'secureTransport', 'starttls'];
const CLIENT_KINDS = Object.fromEntries(
  Object.entries(CONNECT_KINDS)
    .filter(([name]) => !NOT_FOR_CLIENTS.includes(name))
    .map(([name, kind]) => [name, asGiven(kind)]),
);

/** Options of `connect()` that HTTP clients have. */
export const CLIENT_NAMES = Object.keys(CLIENT_KINDS);

/**
 * @template {Record<string, Kind<any>>} Kinds
 * @param {string} owner for error messages
 * @param {Kinds} own options besides those of connect(), which they replace
 * @param {unknown} options
 * @returns {{own: import('../options-reader.js').Values<Kinds>, connect: ClientOptions}} only what was given
 */
export function readClientOptions(owner, own, options) {
  const values = readOptions(owner, { ...CLIENT_KINDS, ...own }, options);
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const pick = (/** @type {boolean} */ ours) =>
    Object.fromEntries(given.filter(([name]) => Object.hasOwn(own, name) === ours));
  const protocols = values.alpn === undefined ? { ALPNProtocols: ['http/1.1'] } : {};
  return { own: /** @type {any} */ (pick(true)), connect: { ...protocols, ...pick(false) } };
}

/**
 * @param {{host?: string | null, port?: number | string | null, servername?: string | null, localAddress?: string | null, family?: number}} target
 * @param {ClientOptions} options its `servername` goes before the target's
 * @returns {TLSSocket}
 * @throws {TLSError} ERR_TLS_INVALID_ADDRESS or ERR_TLS_INVALID_OPTION
 */
export function openSocket({ host, port, servername, localAddress, family }, options) {
  const local = {
    ...(localAddress ? { localAddress } : {}),
    ...(family ? { family: /** @type {4 | 6} */ (family) } : {}),
  };
  const transport = Object.keys(local).length > 0 ? tcp(local) : undefined;
  if (transport && (options.transport || options.bridge !== undefined)) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'localAddress and family need TCP, not another transport.');
  }
  const address = { hostname: host ?? 'localhost', port: port ?? 443 };
  return connect(address, {
    ...(transport ? { transport } : {}),
    ...(servername && options.sni === undefined ? { servername } : {}),
    ...options,
  });
}
