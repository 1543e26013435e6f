/** An HTTPS server of Node in a process of its own, for bench/suites/adapters.js. */
import { once } from 'node:events';
import { createServer } from 'node:https';

const BODY = Buffer.alloc(1000, 'pagetls ');

process.on('message', async (/** @type {{cert: string, key: string}} */ { cert, key }) => {
  const server = createServer({ cert, key, noDelay: true, keepAliveTimeout: 600_000 }, (_, response) =>
    response.end(BODY),
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
});
process.on('disconnect', () => process.exit());
