/** What runtimes of the matrix connect to: real servers with one certificate, and how much they send. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after } from 'node:test';
import { pattern } from '../fixtures/pattern.js';
import { startHttps } from '../helpers/https-server.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { startTransferServer } from '../helpers/transfer-server.js';

export const MB = 1_000_000;
export const BYTES = 10 * MB;
/** More than the buffers of kernel, bridge and runtime hold on loopback. */
export const MUCH = 64 * MB;

export const certificates = pki('good-p256');
/** What clients need to verify the servers. */
export const base = {
  servername: certificates.hostname,
  roots: certificates.roots,
  now: certificates.clock,
};

/** @type {(() => unknown)[]} */
const closers = [];

/**
 * Closes a server after the tests of the file that imports this, in the reverse order.
 * @template {{close: () => unknown}} T
 * @param {T} server
 * @returns {T}
 */
export const closeLater = (server) => {
  closers.push(() => server.close());
  return server;
};
after(async () => {
  for (const close of closers.reverse()) await close();
});

/** @param {import('node:net').Server} server */
export const portOf = (server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port;

export const transfers = closeLater(await startTransferServer(certificates));
export const echo = closeLater(await startNodeTls(certificates));
export const https = closeLater(await startHttps(certificates));

/** Answers only after the client's end. */
export const endsLast = closeLater(
  await startNodeTls(certificates, { allowHalfOpen: true }, (socket) => {
    /** @type {Buffer[]} */
    const chunks = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => socket.end(Buffer.concat(chunks)));
    socket.on('error', () => {});
  }),
);

let accepted = 0;
/** Bytes of `firehose` that have left it for the last client. */
export const acceptedBytes = () => accepted;
/** Sends MUCH. */
export const firehose = closeLater(
  await startNodeTls(certificates, {}, async (socket) => {
    socket.on('error', () => {});
    accepted = 0;
    for (let at = 0; at < MUCH && !socket.destroyed; at += MB) {
      await new Promise((resolve) => socket.write(pattern(at, MB), resolve));
      accepted += MB;
    }
    socket.end();
  }),
);

/** Reads nothing. */
export const deaf = closeLater(
  await startNodeTls(certificates, {}, (socket) => {
    socket.on('error', () => {});
    socket.pause();
  }),
);

/** Accepts and says nothing. */
const mute = closeLater(createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1'));
await once(mute, 'listening');
export const mutePort = portOf(mute);
