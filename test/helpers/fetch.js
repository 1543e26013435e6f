/** fetch() of the package against servers of the test PKI on loopback. */
import { once } from 'node:events';
import https from 'node:https';
import { createFetch } from '../../dist/fetch/index.js';
import { optionsFor } from './client.js';
import { pki } from './pki.js';

/** @typedef {import('../../dist/fetch/index.js').Fetch} Fetch */
/** @typedef {import('../../dist/fetch/index.js').FetchOptions} FetchOptions */

export const certificates = pki('good-p256');

/**
 * @param {FetchOptions} [options]
 * @returns {Promise<Fetch>} trusts the servers of this file
 */
export async function trustingFetch(options = {}) {
  return createFetch({ ...(await optionsFor(certificates)), ...options });
}

/** @param {{port: number}} server @param {string} [path] */
export const urlOf = ({ port }, path = '/') => `https://127.0.0.1:${port}${path}`;

/**
 * Node's own HTTPS server.
 * @param {import('node:http').RequestListener} answer
 * @param {import('node:https').ServerOptions} [options]
 * @param {string} [address] to listen on
 */
export async function startHttps(answer, options = {}, address = '127.0.0.1') {
  const server = https.createServer({ cert: certificates.chain, key: certificates.key, ...options }, answer);
  let connections = 0;
  server.on('secureConnection', (socket) => {
    connections++;
    socket.on('error', () => {}); // some tests end connections
  });
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port,
    server,
    /** How many TLS connections there have been. */
    connections: () => connections,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * The error with which a promise rejects, and its cause.
 * @param {Promise<unknown>} promise
 * @returns {Promise<{error: any, code: string | undefined}>}
 */
export async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    const cause = error instanceof Error ? /** @type {any} */ (error.cause) : undefined;
    return { error, code: cause?.code };
  }
  throw new Error('It did not fail.');
}

/**
 * @param {Iterable<Uint8Array> | AsyncIterable<Uint8Array>} parts
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>} one part for each read
 */
export function streamOf(parts) {
  const iterator = Symbol.asyncIterator in parts ? parts[Symbol.asyncIterator]() : parts[Symbol.iterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        done ? controller.close() : controller.enqueue(/** @type {Uint8Array<ArrayBuffer>} */ (value));
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
