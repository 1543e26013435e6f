/** The transport over a websockify bridge: its options, the bridge's URL and the token. */
import { formatAddress, parseAddress } from '../address.js';
import { TLSError } from '../errors.js';
import {
  BRIDGE_CONNECT_TIMEOUT_MS,
  BRIDGE_FIRST_BYTE_TIMEOUT_MS,
  BRIDGE_MAX_RETRIES,
  BRIDGE_RETRIES,
} from '../limits.js';
import { integer, milliseconds, text, textOrCallback, url as bridgeUrl } from '../option-kinds.js';
import { readOptions } from '../options-reader.js';
import { describe, quote } from '../quote.js';
import { dialBridge } from './bridge-dial.js';
import { openWebSocket } from './websocket-channel.js';

export { CLOSE_CODES, RETRIED_CLOSE_CODES } from './close-codes.js';

/** @typedef {import('./transport.js').Address} Address */
/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./websocket-channel.js').AnyWebSocket} AnyWebSocket */
/** @typedef {(address: Address, context: {signal: AbortSignal}) => string | Promise<string>} TokenMaker */

/**
 * @typedef {object} WebsockifyOptions
 * @property {string} [origin] the Origin header; only Node can set it
 * @property {string | TokenMaker} [token] sent in the query as `token`; host:port by default. A function is called for
 *   each attempt, for bridges that require a token signed by your server
 * @property {number} [connectTimeout] milliseconds to get the token and open the WebSocket; 10,000 by default, 0 for no timeout
 * @property {number} [firstByteTimeout] milliseconds from our first byte to the server's, or with `starttls` to its greeting; 45,000 by default, longer than the bridge may take to look up and dial; 0 for no timeout
 * @property {number} [retries] how often to retry after a transient failure (see RETRIED_CLOSE_CODES) before the server's first byte; 1 by default
 */

/** @satisfies {Record<keyof WebsockifyOptions, import('../options-reader.js').Kind<any>>} */
const KINDS = {
  origin: text,
  token: /** @type {import('../options-reader.js').Kind<string | TokenMaker>} */ (textOrCallback),
  connectTimeout: milliseconds,
  firstByteTimeout: milliseconds,
  retries: integer(0, BRIDGE_MAX_RETRIES),
};

/**
 * TCP through a websockify bridge.
 *
 * A browser's WebSocket cannot be paused: data that the page does not read accumulates without limit in the browser and
 * here. In Node, reading is paused.
 * @param {string | URL} bridge ws(s)://…, or http(s)://… with the same meaning
 * @param {WebsockifyOptions} [options]
 * @returns {Transport}
 */
export function websockify(bridge, options) {
  const base = readBridge(bridge);
  const given = readOptions('websockify()', KINDS, options);
  const { origin, token = formatAddress } = given;
  const limits = {
    connectTimeout: given.connectTimeout ?? BRIDGE_CONNECT_TIMEOUT_MS,
    firstByteTimeout: given.firstByteTimeout ?? BRIDGE_FIRST_BYTE_TIMEOUT_MS,
    retries: given.retries ?? BRIDGE_RETRIES,
  };
  return async (address, { signal, plaintext = false }) => {
    const target = typeof token === 'string' ? address : bridgeTarget(address);
    return openWebSocket({ ...limits, plaintext }, signal, async () => {
      const makeSocket = await loadWebSocket(origin);
      const url = new URL(base);
      url.searchParams.set('token', await askToken(token, target, signal));
      return { url: url.href, make: () => makeSocket(url) };
    });
  };
}

/** @param {string | URL} bridge */
function readBridge(bridge) {
  const text = bridgeUrl.read(bridge);
  if (text === undefined) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `bridge must be a URL, not ${describe(bridge)}.`);
  }
  let url;
  try {
    url = new URL(text, typeof location === 'object' ? location.href : undefined);
  } catch (cause) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `bridge: ${quote(text)} is not a URL.`, { cause });
  }
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `bridge: ${url.href} is not a ws: or wss: URL.`);
  }
  url.hash = '';
  return url;
}

/**
 * The address as a bridge spells it: it looks names up as absolute ones, so they have no final dot.
 * @param {Address} address
 */
function bridgeTarget(address) {
  const { hostname, port } = parseAddress(address);
  if (hostname.includes('%')) {
    throw new TLSError(
      'ERR_TLS_INVALID_ADDRESS',
      `A bridge cannot reach ${quote(hostname)}: the zone names an interface of this machine, not of the bridge's.`,
    );
  }
  return { hostname: hostname.replace(/\.$/, ''), port };
}

/**
 * @param {string | TokenMaker} token
 * @param {Address} address
 * @param {AbortSignal} signal
 */
async function askToken(token, address, signal) {
  let value;
  try {
    value = typeof token === 'function' ? await token(address, { signal }) : token;
  } catch (cause) {
    throw new TLSError('ERR_TLS_BRIDGE_TOKEN', 'The token function failed.', { cause });
  }
  if (typeof value !== 'string' || value === '') {
    throw new TLSError('ERR_TLS_BRIDGE_TOKEN', 'The token must be a non-empty string.');
  }
  return value;
}

/**
 * The platform's own WebSocket cannot pause reading; that of `ws` can.
 * @param {string | undefined} origin
 * @returns {Promise<(url: URL) => AnyWebSocket>}
 */
async function loadWebSocket(origin) {
  const WsWebSocket = typeof process === 'object' ? await importWs().catch(useOwn(origin)) : undefined;
  if (WsWebSocket) {
    const options = { origin, perMessageDeflate: false };
    return (url) =>
      dialBridge(
        () => /** @type {AnyWebSocket} */ (/** @type {unknown} */ (new WsWebSocket(url, ['binary'], options))),
      );
  }
  return (url) => new WebSocket(url, ['binary']);
}

/** Fails where package.json has no such module, and where the package `ws` was left out. Pages do not ask. */
const importWs = async () => (await import('#ws')).loadWebSocket();

/** @param {string | undefined} origin @returns {(cause: unknown) => void} */
const useOwn = (origin) => (cause) => {
  if (typeof WebSocket !== 'function' || origin !== undefined) {
    throw cause; // it cannot send an Origin
  }
};
