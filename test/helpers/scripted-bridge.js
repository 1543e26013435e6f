/** A WebSocket server in place of the bridge, scripted by a test, for behaviour that the real bridge cannot be forced into. */
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
 * @param {(ws: WebSocket, number: number) => void} script handles a connection; the first has number 1
 * @returns {Promise<ScriptedBridge>}
 */
export async function startScriptedBridge(script) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  /** @type {string[]} */
  const tokens = [];
  server.on('connection', (ws, request) => {
    ws.on('error', () => {});
    tokens.push(new URL(request.url ?? '', 'ws://localhost').searchParams.get('token') ?? '');
    script(ws, tokens.length);
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

/** Relays like a bridge. @param {WebSocket} ws @param {number} port on 127.0.0.1 */
export function relayTo(ws, port) {
  const target = connect({ port, host: '127.0.0.1', noDelay: true });
  target.on('data', (chunk) => ws.send(chunk));
  target.on('end', () => ws.close(1000));
  target.on('error', () => ws.close(4001));
  ws.on('message', (data) => target.write(/** @type {Buffer} */ (data)));
  ws.on('close', () => target.end());
}
