/** Client connections to servers of the test PKI. */
import { connect, TrustStore } from '../../dist/index.js';

/** @typedef {import('./pki.js').Case} Case */
/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */

const CONNECTION_TIMEOUT_MS = 8000;

/** @type {Set<TLSSocket>} */
const dialled = new Set();

/**
 * The client options of a case: roots, CRLs, host name and time.
 * @param {Case} pki
 * @param {TrustStore} [trust] an existing store
 * @returns {Promise<ConnectOptions>}
 */
export async function optionsFor(pki, trust) {
  return {
    servername: pki.hostname,
    trust: trust ?? (await TrustStore.from(pki.roots)),
    crls: pki.crl,
    profile: pki.profile,
    now: new Date(pki.clock),
    timeout: CONNECTION_TIMEOUT_MS,
  };
}

/**
 * Connects to a server of the case on loopback.
 * @param {Case} pki
 * @param {{port: number}} server
 * @param {ConnectOptions} [options] override those of the case
 * @returns {Promise<TLSSocket>} not yet open
 */
export async function dial(pki, server, options = {}) {
  const all = { ...(await optionsFor(pki, options.trust)), ...options };
  const socket = connect({ hostname: '127.0.0.1', port: server.port }, all);
  dialled.add(socket);
  return socket;
}

/** Closes all connections opened by dial(). */
export async function closeDialled() {
  const sockets = [...dialled];
  dialled.clear();
  await Promise.all(sockets.map((socket) => socket.close().catch(() => {})));
}

/**
 * Runs `use` with a server, then closes all connections and the server.
 * @template {{close(): Promise<void>}} S
 * @template T
 * @param {S | Promise<S>} starting
 * @param {(server: S) => Promise<T>} use
 */
export async function withServer(starting, use) {
  const server = await starting;
  try {
    return await use(server);
  } finally {
    await closeDialled();
    await server.close();
  }
}

/**
 * Reads until `length` bytes have arrived.
 * @param {TLSSocket} socket
 * @param {number} [length] until the end by default
 * @returns {Promise<Buffer>} at least `length` bytes, unless the connection ends
 */
export async function readBytes(socket, length = Infinity) {
  const chunks = [];
  for (let size = 0; size < length;) {
    const chunk = await socket.read();
    if (chunk === null) {
      break;
    }
    chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}

/**
 * Reads until the text has arrived; throws if the connection ends first.
 * @param {TLSSocket} socket
 * @param {string} text
 * @returns {Promise<string>} everything read
 */
export async function readText(socket, text) {
  let all = '';
  while (!all.includes(text)) {
    const chunk = await socket.read();
    if (chunk === null) {
      throw new Error(`The connection ended after ${JSON.stringify(all)}`);
    }
    all += Buffer.from(chunk).toString('latin1');
  }
  return all;
}

/**
 * The error with which a promise rejects.
 * @param {Promise<unknown>} promise
 * @returns {Promise<any>}
 */
export async function rejection(promise) {
  const value = await promise.then(
    (result) => ({ result }),
    (error) => ({ error }),
  );
  if (!('error' in value)) {
    throw new Error(`Expected a rejection, got ${JSON.stringify(value.result)?.slice(0, 200)}`);
  }
  return value.error;
}
