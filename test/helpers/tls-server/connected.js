/** Open connections of the client under test to this server, and what is checked of them. */
import assert from 'node:assert/strict';
import { dial, readText, withServer } from '../client.js';
import { startTlsServer } from './server.js';

/** @typedef {import('../../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./server.js').Options} Options */

/**
 * Runs `use` when both sides have finished the handshake, then closes the connection and the server.
 * @template T
 * @param {import('../pki.js').Case} subject
 * @param {Partial<Options>} server
 * @param {ConnectOptions} client
 * @param {(connection: Connection, socket: TLSSocket) => Promise<T>} use
 */
export const withConnection = (subject, server, client, use) =>
  withServer(startTlsServer(subject, server), async (running) => {
    const socket = await dial(subject, running, client);
    await socket.opened;
    const connection = await running.connection();
    await connection.until(() => connection.open);
    return use(connection, socket);
  });

/** Data still goes to the server and back. @param {Connection} connection @param {TLSSocket} socket */
export async function assertEcho(connection, socket) {
  const text = `still here ${connection.received.length}`;
  await socket.write(text);
  assert.equal(await readText(socket, text), text);
}

/** Waits for an alert of the client, the only one, on the open connection. @param {Connection} connection @param {number} level @param {number} description */
export async function assertAlert(connection, level, description) {
  await connection.until(() => connection.alerts.length > 0);
  assert.deepEqual(connection.alerts, [{ level, description, protected: 'application' }]);
}
