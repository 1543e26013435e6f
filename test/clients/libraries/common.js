/** What the scenarios of all libraries share. It runs in Node and in pages. */
import { TrustStore } from '../../../dist/index.js';
import { configure } from '../../../dist/node/net.js';
import { tcp } from '../../../dist/transports/tcp.js';
import { websockify } from '../../../dist/transports/websockify.js';
import { pattern } from '../../fixtures/pattern.js';

/** @typedef {import('../../../dist/index.js').ConnectOptions} ConnectOptions */

/**
 * Where a server is, and who asks. It is data, and so can be sent to a page.
 * @typedef {object} Place
 * @property {string} host the name in the server's certificate, which no resolver knows
 * @property {number[]} ports
 * @property {string} roots PEM
 * @property {string} clock
 * @property {string} cert PEM
 * @property {string} key PEM
 * @property {string} user
 * @property {string} password
 * @property {string} [bridge] otherwise TCP
 */

/**
 * A client that is connected.
 * @typedef {object} Session
 * @property {() => Promise<void>} work asks the server for something, and checks the answer
 * @property {() => Promise<void>} move moves 10 MB to the server and, where it can, back
 * @property {() => Promise<unknown>} end closes the client cleanly
 */

/** @typedef {(place: Place) => Promise<Session>} Open */

export const TEN_MEGABYTES = pattern(0, 10_000_000);

/** @param {number} port */
export const at = (port) => ({ hostname: '127.0.0.1', port });

/** @param {string | Uint8Array} data */
export async function sha256(data) {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest('SHA-256', /** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {unknown} actual @param {unknown} expected */
export function same(actual, expected) {
  const [one, other] = [actual, expected].map((value) => JSON.stringify(value));
  if (one !== other) throw new Error(`${one} instead of ${other}`);
}

/** Unlike once(), this does not reject at 'error'. @param {{once: (name: any, listener: (value?: any) => void) => unknown}} emitter @param {string} name @returns {Promise<any>} */
export const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

/** For `connect()`. @param {Place} place @returns {Promise<ConnectOptions>} */
export async function connectOptions({ host, roots, clock, cert, key, bridge }) {
  const trust = await TrustStore.from(roots);
  return { servername: host, trust, now: new Date(clock), cert, key, ...(bridge ? { bridge } : {}) };
}

/**
 * For libraries that call `net` and `tls`: what only pagetls knows. The name is dialled as 127.0.0.1.
 * @param {Place} place
 */
export function configureDropIns({ clock, bridge }) {
  const dial = bridge ? websockify(bridge) : tcp();
  configure({
    now: new Date(clock),
    transport: (address, context) => dial({ ...address, hostname: '127.0.0.1' }, context),
  });
}
