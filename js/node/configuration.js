/** What `configure()` of pagetls/node-net and pagetls/node-tls sets: how bytes travel, and what is trusted. */
import { TLSError } from '../errors.js';
import { readOptions } from '../options-reader.js';
import { CONNECT_KINDS, readConnectOptions } from '../options.js';
import { mayHaveTcp } from '../transports/tcp-here.js';
import { tcp } from '../transports/tcp.js';
import { isDiallingBridge } from '../transports/bridge-dial.js';

/** @typedef {import('../options.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../transports/transport.js').Transport} Transport */

/**
 * Of every connection; the meaning is that in `connect()`. `timeout` is the time to open a connection.
 * @typedef {Pick<ConnectOptions, 'bridge' | 'transport' | 'trust' | 'crls' | 'now' | 'profile' | 'publicSuffixes' | 'timeout' | 'closeTimeout'>} Configuration
 */

/** @satisfies {Record<keyof Configuration, import('../options-reader.js').Kind<any>>} */
const KINDS = {
  bridge: CONNECT_KINDS.bridge,
  transport: CONNECT_KINDS.transport,
  trust: CONNECT_KINDS.trust,
  crls: CONNECT_KINDS.crls,
  now: CONNECT_KINDS.now,
  profile: CONNECT_KINDS.profile,
  publicSuffixes: CONNECT_KINDS.publicSuffixes,
  timeout: CONNECT_KINDS.timeout,
  closeTimeout: CONNECT_KINDS.closeTimeout,
};

/** @type {Configuration} */
let configuration = {};

/**
 * Replaces the configuration of all connections that are opened from now on. pagetls/node-net and pagetls/node-tls have the same.
 * @param {Configuration} [options]
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function configure(options) {
  const given = readOptions('configure()', KINDS, options);
  if (given.bridge !== undefined || given.transport !== undefined) {
    readConnectOptions('localhost', given); // checks them together
  }
  configuration = given;
}

/** Without what is about the transport. */
export function configured() {
  const { bridge: _bridge, transport: _transport, ...others } = configuration;
  return others;
}

/**
 * How a connection gets to its server.
 * @param {{localAddress?: unknown, localPort?: unknown, family?: unknown}} options of Node's socket.connect()
 * @returns {Pick<ConnectOptions, 'bridge' | 'transport'>}
 * @throws {TLSError} ERR_TLS_NO_TRANSPORT or ERR_TLS_INVALID_OPTION
 */
export function route({ localAddress, localPort, family }) {
  if (isDiallingBridge()) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      "The package ws dials the bridge by pagetls's drop-ins for net and tls: leave ws out of the bundle (esbuild: external: ['ws']).",
    );
  }
  const { bridge, transport } = configuration;
  const local = { ...(localAddress ? { localAddress } : {}), ...(localPort ? { localPort } : {}) };
  if (bridge === undefined && transport === undefined) {
    if (!mayHaveTcp()) {
      throw new TLSError(
        'ERR_TLS_NO_TRANSPORT',
        "A web page has no TCP: first call configure({bridge: 'wss://…'}) of pagetls/node-net or pagetls/node-tls.",
      );
    }
    const version = family === 'IPv6' ? 6 : family === 'IPv4' ? 4 : family;
    return { transport: tcp(/** @type {any} */ ({ ...local, ...(version ? { family: version } : {}) })) };
  }
  if (Object.keys(local).length > 0) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'localAddress and localPort need TCP, not another transport.');
  }
  return transport === undefined ? { bridge } : { transport };
}
