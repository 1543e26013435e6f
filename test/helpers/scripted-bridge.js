/** A WebSocket server that plays the bridge's part as a test writes it, for what the real one cannot be made to do at will. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocketServer } from 'ws';

/** @typedef {import('ws').WebSocket} WebSocket */

/**
 * @typedef {object} ScriptedBridge
 * @property {string} url
 * @property {string[]} tokens of the connections so far
 * @property {WebSocketServer} server
 * @property {() => Promise<void>} close
 */

/**
 * @param {(ws: WebSocket, number: number) => void} play one connection, the first being 1
 * @returns {Promise<ScriptedBridge>}
 */
export async function startScriptedBridge(play) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  /** @type {string[]} */
  const tokens = [];
  server.on('connection', (ws, request) => {
    ws.on('error', () => {});
    tokens.push(new URL(request.url ?? '', 'ws://localhost').searchParams.get('token') ?? '');
    play(ws, tokens.length);
  });
  return {
    url: `ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    tokens,
    server,
    async close() {
      for (const ws of server.clients) ws.terminate();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** What a bridge is for. @param {WebSocket} ws @param {number} port on 127.0.0.1 */
export function relayTo(ws, port) {
  const target = connect({ port, host: '127.0.0.1', noDelay: true });
  target.on('data', (chunk) => ws.send(chunk));
  target.on('end', () => ws.close(1000));
  target.on('error', () => ws.close(4001));
  ws.on('message', (data) => target.write(/** @type {Buffer} */ (data)));
  ws.on('close', () => target.end());
}
