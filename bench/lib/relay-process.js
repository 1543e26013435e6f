/** A relay in plain Node, for comparison. `relay-process.js HOST PORT` connects every WebSocket to that TCP server. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createWebSocketStream, WebSocketServer } from 'ws';

const [host, port] = process.argv.slice(2);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (ws) => {
  const target = connect({ host, port: Number(port), noDelay: true });
  const client = createWebSocketStream(ws);
  for (const side of [target, client]) side.on('error', () => [target, client].forEach((other) => other.destroy()));
  client.pipe(target).pipe(client);
});
await once(server, 'listening');
process.stdout.write(
  `${JSON.stringify({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port })}\n`,
);
