/** A server that speaks plaintext lines first, and TLS after STARTTLS, in this process. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/** @typedef {import('./pki.js').Case} Case */

/**
 * Greets with `220 hello`, and answers line by line: `STARTTLS` with `220 go ahead`, and then TLS, in which it echoes; `FIN` by
 * ending its stream; `STAY` by not ending it when the client does; `RST` by a reset; `COUNT` and a number with that many bytes; `FLOOD` and a number with that many MB, at the network's pace; any other line with itself.
 * @param {Case} pki
 * @param {object} [options]
 * @param {string} [options.injected] what follows the answer to STARTTLS in the same segment
 * @param {string | null} [options.greeting]
 */
export async function startStarttlsServer(pki, { injected = '', greeting = '220 hello\r\n' } = {}) {
  const secureContext = createSecureContext({ cert: pki.chain, key: pki.key });
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  /** @type {string[]} */
  const lines = [];
  let ended = 0;
  let flooded = 0;
  const flood = (/** @type {import('node:net').Socket} */ socket, /** @type {number} */ blocks) => {
    const block = Buffer.alloc(1 << 20);
    const more = () => {
      while (blocks > 0 && (blocks--, socket.write(block, () => (flooded += block.length))));
    };
    socket.on('drain', more);
    more();
  };
  let stays = false;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('end', () => {
      ended++;
      if (!stays) socket.end();
    });
    if (greeting !== null) socket.write(greeting);
    let text = '';
    socket.on('data', function read(chunk) {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end + 1);
        text = text.slice(end + 1);
        lines.push(line.trim());
        const [command, argument] = line.trim().split(' ');
        if (command === 'STARTTLS') {
          socket.off('data', read);
          socket.write(`220 go ahead\r\n${injected}`);
          const secure = new TLSSocket(socket, { isServer: true, secureContext });
          secure.on('error', () => {});
          secure.pipe(secure);
          return;
        }
        if (command === 'STAY') stays = true;
        else if (command === 'FIN') socket.end('bye\r\n');
        else if (command === 'RST') socket.resetAndDestroy();
        else if (command === 'FLOOD') flood(socket, Number(argument));
        else if (command === 'COUNT') socket.write(Buffer.alloc(Number(argument), 'x'));
        else socket.write(line);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    sockets,
    /** Every line that arrived. */
    lines,
    /** How many bytes of FLOOD have been accepted by the network. */
    flooded: () => flooded,
    /** How many clients have ended their stream. */
    ended: () => ended,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
