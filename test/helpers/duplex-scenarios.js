/**
 * What client libraries do with a socket, as scenarios that run over Node's own tls.TLSSocket and over ours. Each returns
 * what it saw, which must be the same for both.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { finished, PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {import('node:tls').TLSSocket} Socket */

/**
 * @typedef {object} Options
 * @property {boolean} [allowHalfOpen]
 * @property {number} [port] another than the server's
 * @property {string} [host]
 * @property {boolean} [untrusted] trust another root
 * @property {string} [servername]
 */

/** @typedef {(options?: Options) => Socket} Open opens a socket to the server */

/**
 * @typedef {object} Scenario
 * @property {(socket: Socket) => void} [serve] what the server does with a connection; echo by default
 * @property {(open: Open) => unknown} run
 */

const EVENTS = ['connect', 'ready', 'secureConnect', 'end', 'finish', 'error', 'close', 'timeout', 'drain'];
const MB = 1024 * 1024;

/** @param {number} size */
export const patternOf = (size) => Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 255));
const LARGE = patternOf(10 * MB);

/** @param {Uint8Array} bytes */
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** What the server saw. */
const onServer = { got: '', sent: 0 };

/** Records events, with the code of an error and the argument of 'close'. @param {Socket} socket @param {string[]} [names] */
function record(socket, names = EVENTS) {
  /** @type {string[]} */
  const seen = [];
  for (const name of names) {
    socket.on(name, (value) => {
      const detail =
        value instanceof Error ? `: ${/** @type {any} */ (value).code}` : name === 'close' ? `: ${value}` : '';
      seen.push(`${name}${detail}`);
    });
  }
  return seen;
}

/** @param {Socket} socket */
const closed = (socket) => new Promise((resolve) => void socket.once('close', resolve));

/** @param {Socket} socket @param {number} [length] until the end by default */
async function collect(socket, length = Infinity) {
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  await new Promise((/** @type {(value?: void) => void} */ resolve) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= length) {
        resolve();
      }
    });
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  return Buffer.concat(chunks);
}

/** @param {Socket} socket */
const open = async (socket) => {
  await once(socket, 'secureConnect');
  return socket;
};

/** @param {Socket} socket */
const stateOf = (socket) => ({
  connecting: socket.connecting,
  pending: socket.pending,
  readyState: socket.readyState,
  destroyed: socket.destroyed,
  readable: socket.readable,
  writable: socket.writable,
  encrypted: socket.encrypted,
  authorized: socket.authorized,
  authorizationError: socket.authorizationError,
  timeout: socket.timeout ?? 0,
});

/** Ends later than it writes: Node 20 can leave out close_notify otherwise. @param {Socket} socket @param {Uint8Array | string} bytes */
const answer = (socket, bytes) => void socket.write(bytes, () => setImmediate(() => socket.end()));

/** A server that reads the whole request, and then answers with what `answer` makes of it. @param {(request: Buffer) => Uint8Array | string} make */
const atEnd = (make) => (/** @type {Socket} */ socket) => {
  /** @type {Buffer[]} */
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('end', () => answer(socket, make(Buffer.concat(chunks))));
};

/** The server's sockets are `allowHalfOpen`. @type {Record<string, Scenario>} */
export const SCENARIOS = {
  /* --- opening ----------------------------------------------------------------------- */
  'opening: events and states in their order': {
    async run(open) {
      const socket = open();
      const events = record(socket);
      const before = stateOf(socket);
      /** @type {object[]} */
      const states = [];
      for (const name of ['connect', 'ready', 'secureConnect']) {
        socket.once(name, () => states.push({ name, ...stateOf(socket) }));
      }
      await once(socket, 'secureConnect');
      const after = stateOf(socket);
      socket.destroy();
      await closed(socket);
      return { before, states, after, events, end: stateOf(socket) };
    },
  },
  'opening: what is written before is sent': {
    async run(open) {
      const socket = open();
      const returned = socket.write('early ');
      socket.write('bird');
      const bytes = await collect(socket, 10);
      socket.destroy();
      return { returned, text: String(bytes) };
    },
  },
  'opening: end() at once': {
    serve: atEnd((request) => `${request.length} bytes`),
    async run(open) {
      const socket = open();
      const events = record(socket);
      const gone = closed(socket);
      socket.end();
      const reading = collect(socket);
      const ended = await Promise.race([gone.then(() => true), delay(1000, false)]);
      socket.destroy();
      return { ended, text: String(await reading), events: events.slice(0, 6) };
    },
  },
  'opening: end(data) at once loses neither request nor answer': {
    serve: atEnd((request) => `got ${request}`),
    async run(open) {
      const socket = open();
      const events = record(socket);
      const gone = closed(socket);
      socket.end('request');
      const text = String(await collect(socket));
      await gone;
      return { text, events };
    },
  },
  'opening: destroy() at once': {
    async run(open) {
      const socket = open();
      const events = record(socket);
      socket.destroy();
      await closed(socket);
      await delay(20);
      return { events, ...stateOf(socket) };
    },
  },
  'opening: destroy(error) with a pending write': {
    async run(open) {
      const socket = open();
      const events = record(socket);
      /** @type {unknown[]} */
      const results = [];
      socket.write('x', (error) => results.push(/** @type {any} */ (error)?.code));
      socket.destroy(Object.assign(new Error('mine'), { code: 'MINE' }));
      await closed(socket);
      return { events, results };
    },
  },
  'opening: nobody listens on the port': {
    async run(open) {
      const server = net.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close();
      await once(server, 'close');
      const socket = open({ port });
      const events = record(socket);
      const gone = closed(socket);
      const [error] = await once(socket, 'error');
      await gone;
      return { events, code: error.code, syscall: error.syscall };
    },
  },
  'opening: the server closes instead of a handshake': {
    async run(open) {
      const server = net.createServer((socket) => socket.once('data', () => socket.end())).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const socket = open({ port: /** @type {net.AddressInfo} */ (server.address()).port });
      const events = record(socket);
      await closed(socket);
      server.close();
      return { events };
    },
  },
  'opening: the certificate is of another root': {
    async run(open) {
      const socket = open({ untrusted: true });
      const events = record(socket);
      await closed(socket);
      return { events, authorized: socket.authorized };
    },
  },
  'opening: the certificate is for another name': {
    async run(open) {
      const socket = open({ servername: 'other.example' });
      const events = record(socket);
      await closed(socket);
      return { events, authorized: socket.authorized };
    },
  },

  /* --- bytes ------------------------------------------------------------------------- */
  'bytes: counts of both directions': {
    async run(open) {
      const socket = open();
      socket.write('12345');
      const queued = socket.bytesWritten;
      await collect(socket, 5);
      socket.write(Buffer.alloc(100_000));
      await collect(socket, 100_000);
      const counts = [queued, socket.bytesRead, socket.bytesWritten];
      socket.destroy();
      await closed(socket);
      return { counts, after: [socket.bytesRead, socket.bytesWritten] };
    },
  },
  'bytes: 10 MB there and back': {
    async run(open) {
      const socket = open();
      socket.write(LARGE);
      const bytes = await collect(socket, LARGE.length);
      socket.end();
      await closed(socket);
      return { same: bytes.equals(LARGE) };
    },
  },
  'bytes: 10 MB in ten thousand writes': {
    async run(open) {
      const socket = open();
      const reading = collect(socket, LARGE.length);
      for (let at = 0; at < LARGE.length; at += 1024) {
        socket.write(LARGE.subarray(at, at + 1024));
      }
      const bytes = await reading;
      socket.end();
      await closed(socket);
      return { same: bytes.equals(LARGE) };
    },
  },
  'bytes: strings by their encoding, views, corked writes': {
    async run(open) {
      const socket = open();
      socket.cork();
      socket.write('6869', 'hex');
      socket.write('é', 'latin1');
      socket.write('é');
      socket.write(new Uint8Array([1, 2, 3]).subarray(1));
      socket.write('');
      socket.uncork();
      const bytes = await collect(socket, 7);
      socket.destroy();
      return bytes.toString('hex');
    },
  },
  'bytes: what cannot be written throws': {
    async run(open) {
      const socket = await openOf(open);
      const codes = [null, 1, {}, undefined].map((value) => {
        try {
          socket.write(/** @type {any} */ (value));
          return 'none';
        } catch (error) {
          return /** @type {any} */ (error).code;
        }
      });
      socket.destroy();
      return codes;
    },
  },
  'bytes: setEncoding() joins split characters': {
    serve: (socket) => {
      socket.write(Buffer.from([0xe2, 0x82]));
      socket.once('data', () => answer(socket, Buffer.from([0xac])));
    },
    async run(open) {
      const socket = open();
      socket.setEncoding('utf8');
      socket.write('next');
      /** @type {unknown[]} */
      const chunks = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      await closed(socket);
      return chunks.join('');
    },
  },
  'bytes: write callbacks come in order, before the end': {
    async run(open) {
      const socket = open();
      /** @type {string[]} */
      const order = [];
      socket.write('a', () => order.push('a'));
      socket.write(Buffer.alloc(MB), () => order.push('b'));
      socket.write('c', () => order.push('c'));
      socket.on('finish', () => order.push('finish'));
      socket.end(() => order.push('end'));
      socket.resume();
      await closed(socket);
      return order;
    },
  },
  'bytes: an async iterator reads to the end': {
    serve: (socket) => answer(socket, LARGE.subarray(0, MB)),
    async run(open) {
      const chunks = [];
      const socket = open();
      for await (const chunk of socket) {
        chunks.push(chunk);
      }
      return { hash: hash(Buffer.concat(chunks)), destroyed: socket.destroyed };
    },
  },
  'bytes: read() when readable': {
    serve: (socket) => answer(socket, '0123456789'),
    async run(open) {
      const socket = open();
      let text = '';
      socket.on('readable', () => {
        for (let part = socket.read(3); part !== null; part = socket.read(3)) {
          text += `${part}|`;
        }
      });
      await closed(socket);
      return text;
    },
  },
  'bytes: pipeline() in both directions': {
    serve: atEnd((request) => request.subarray(0, MB)),
    async run(open) {
      const socket = open();
      const to = new PassThrough();
      const from = new PassThrough();
      const reading = (async () => {
        const chunks = [];
        for await (const chunk of from) chunks.push(chunk);
        return Buffer.concat(chunks);
      })();
      to.end(LARGE);
      await Promise.all([pipeline(to, socket), pipeline(socket, from)]);
      return hash(await reading);
    },
  },

  /* --- flow -------------------------------------------------------------------------- */
  'flow: pause() holds bytes back, resume() brings them': {
    async run(open) {
      const socket = await openOf(open);
      let count = 0;
      socket.on('data', (chunk) => (count += chunk.length));
      socket.pause();
      socket.write('abc');
      await delay(50);
      const paused = [count, socket.isPaused()];
      socket.resume();
      while (count < 3) await once(socket, 'data');
      socket.destroy();
      return { paused, count };
    },
  },
  'flow: write() says when to wait, and drain when to go on': {
    serve: (socket) => {
      socket.pause();
      setTimeout(() => socket.resume(), 100);
      socket.on('end', () => socket.end());
    },
    async run(open) {
      const socket = await openOf(open);
      const small = socket.write('x');
      let chunks = 0;
      while (socket.write(Buffer.alloc(64 * 1024)) && chunks < 1000) chunks++;
      const stopped = socket.writableNeedDrain;
      await once(socket, 'drain');
      const after = [socket.writableNeedDrain, socket.writableLength];
      socket.end();
      await closed(socket.resume());
      return { small, stopped, after };
    },
  },
  'flow: a server that sends 64 MB to a paused socket is stopped': {
    serve: (socket) => {
      onServer.sent = 0;
      const more = () => {
        while (onServer.sent < 64 * MB && !socket.destroyed) {
          onServer.sent += MB;
          if (!socket.write(LARGE.subarray(0, MB))) {
            socket.once('drain', more);
            return;
          }
        }
      };
      more();
      socket.once('data', () => socket.end());
    },
    async run(open) {
      const socket = await openOf(open);
      socket.pause();
      await delay(400);
      const held = socket.readableLength < MB && onServer.sent < 32 * MB;
      socket.destroy();
      await closed(socket);
      return { held };
    },
  },

  /* --- ending ------------------------------------------------------------------------ */
  'ending: the server ends first': {
    serve: (socket) => answer(socket, 'bye'),
    async run(open) {
      const socket = open();
      const events = record(socket);
      const gone = closed(socket);
      const text = String(await collect(socket));
      await gone;
      return { text, events, ...stateOf(socket) };
    },
  },
  'ending: the server ends first, and nobody reads': {
    serve: (socket) => answer(socket, 'bye'),
    async run(open) {
      const socket = open();
      const events = record(socket);
      await once(socket, 'secureConnect');
      await delay(100);
      const before = [...events];
      socket.resume();
      await closed(socket);
      return { before, events };
    },
  },
  'ending: the server ends first, and we go on with allowHalfOpen': {
    serve: (socket) => {
      answer(socket, 'bye');
      socket.on('data', (chunk) => {
        onServer.got = String(chunk);
      });
    },
    async run(open) {
      const socket = open({ allowHalfOpen: true });
      const events = record(socket);
      socket.resume();
      await once(socket, 'end');
      const state = stateOf(socket);
      await new Promise((resolve) => void socket.write('still here', resolve));
      await delay(50);
      const before = [...events];
      socket.end();
      await closed(socket);
      return { before, events, got: onServer.got, ...state };
    },
  },
  'ending: we end first, and the answer of 1 MB follows': {
    serve: atEnd(() => LARGE.subarray(0, MB)),
    async run(open) {
      const socket = open();
      const events = record(socket, ['finish', 'end', 'error', 'close']);
      const gone = closed(socket);
      socket.write('request');
      socket.end();
      await once(socket, 'finish');
      const state = stateOf(socket);
      const answer = await collect(socket);
      await gone;
      return { answer: hash(answer), state, events };
    },
  },
  'ending: end() twice, and its callbacks': {
    serve: atEnd(() => 'x'),
    async run(open) {
      const socket = await openOf(open);
      /** @type {unknown[]} */
      const order = [];
      socket.end('a', () => order.push('first'));
      /** @type {any} */ (socket).end((/** @type {any} */ error) => order.push(`second ${error?.code}`));
      socket.resume();
      await closed(socket);
      /** @type {any} */ (socket).end((/** @type {any} */ error) => order.push(`third ${error?.code}`));
      await delay(10);
      return order;
    },
  },
  'ending: write() after end()': {
    serve: atEnd(() => 'x'),
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.end();
      const returned = socket.write('more', (/** @type {any} */ error) => events.push(`callback: ${error?.code}`));
      socket.resume();
      await closed(socket);
      return { returned, events };
    },
  },
  'ending: write() after destroy()': {
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.destroy();
      const returned = socket.write('more', (/** @type {any} */ error) => events.push(`callback: ${error?.code}`));
      await closed(socket);
      await delay(10);
      return { returned, events };
    },
  },
  'ending: write() after the server has ended and we too': {
    serve: (socket) => socket.end(),
    async run(open) {
      const socket = open();
      const events = record(socket);
      socket.resume();
      await closed(socket);
      socket.write('late', (/** @type {any} */ error) => events.push(`callback: ${error?.code}`));
      await delay(10);
      return events;
    },
  },
  'ending: destroy()': {
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      const same = socket.destroy() === socket;
      socket.destroy(new Error('too late'));
      await closed(socket);
      await delay(20);
      return { same, events, ...stateOf(socket), errored: socket.errored };
    },
  },
  'ending: destroy(error)': {
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.destroy(Object.assign(new Error('mine'), { code: 'MINE' }));
      await closed(socket);
      return { events, errored: socket.errored?.message };
    },
  },
  'ending: destroySoon() sends what is written': {
    serve: atEnd((request) => hash(request)),
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.write(LARGE.subarray(0, MB));
      /** @type {any} */ (socket).destroySoon();
      await closed(socket);
      return { events, state: stateOf(socket) };
    },
  },
  'ending: stream.finished() after an early destroy()': {
    async run(open) {
      const socket = await openOf(open);
      const waiting = new Promise((resolve) => finished(socket, resolve));
      socket.destroy();
      return /** @type {any} */ (await waiting)?.code;
    },
  },
  'ending: the server resets': {
    serve: (socket) => socket.once('data', () => resetOf(socket)),
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.resume();
      socket.write('x');
      await closed(socket);
      return events;
    },
  },
  'ending: the server resets after its last bytes': {
    serve: (socket) => socket.once('data', () => socket.write('last', () => setTimeout(() => resetOf(socket), 50))),
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      let text = '';
      socket.on('data', (chunk) => (text += chunk));
      socket.write('x');
      await closed(socket);
      return { text, events };
    },
  },
  'ending: the server resets after our end()': {
    serve: (socket) => socket.on('end', () => resetOf(socket)).resume(),
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.resume();
      socket.end('x');
      await closed(socket);
      return events;
    },
  },
  'ending: the TCP connection ends without close_notify': {
    serve: (socket) => socket.once('data', () => socket.write('part', () => rawOf(socket).end())),
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      let text = '';
      socket.on('data', (chunk) => (text += chunk));
      socket.write('x');
      await closed(socket);
      return { text, events };
    },
  },
  'ending: the TCP connection ends without close_notify after our end()': {
    serve: (socket) => socket.on('end', () => rawOf(socket).end()).resume(),
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.resume();
      socket.end('x');
      await closed(socket);
      return events;
    },
  },

  /* --- timeouts ---------------------------------------------------------------------- */
  'timeout: once when idle, and the socket stays open': {
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.setTimeout(30, () => events.push('callback'));
      const { timeout } = socket;
      await delay(150);
      const idle = [...events];
      socket.write('x');
      await collect(socket, 1);
      await delay(100);
      socket.destroy();
      await closed(socket);
      return { timeout, idle, events };
    },
  },
  'timeout: not while bytes move': {
    serve: (socket) => {
      const timer = setInterval(() => socket.write('.'), 20);
      socket.on('close', () => clearInterval(timer));
    },
    async run(open) {
      const socket = await openOf(open);
      const events = record(socket);
      socket.setTimeout(200);
      socket.resume();
      await delay(500);
      const during = [...events];
      socket.setTimeout(0);
      socket.destroy();
      await closed(socket);
      return { during, timeout: socket.timeout };
    },
  },
  'timeout: setTimeout(0, callback) removes it': {
    async run(open) {
      const socket = await openOf(open);
      const callback = () => {};
      const same = socket.setTimeout(1000, callback) === socket;
      const listeners = [socket.listenerCount('timeout')];
      socket.setTimeout(0, callback);
      listeners.push(socket.listenerCount('timeout'));
      socket.destroy();
      return { same, listeners };
    },
  },

  /* --- members ----------------------------------------------------------------------- */
  'members: addresses': {
    async run(open) {
      const socket = await openOf(open);
      const { remoteAddress, remoteFamily, localAddress, localFamily } = /** @type {any} */ (socket);
      const ports = [typeof socket.remotePort, typeof socket.localPort];
      const address = /** @type {any} */ (socket.address());
      const same = address.port === socket.localPort;
      socket.destroy();
      await closed(socket);
      return {
        ...{ remoteAddress, remoteFamily, localAddress, localFamily, ports, same, family: address.family },
        after: [socket.remoteAddress, socket.localAddress, socket.address()],
      };
    },
  },
  'members: setters return the socket': {
    async run(open) {
      const socket = await openOf(open);
      const same = [socket.setNoDelay(), socket.setKeepAlive(true, 1000), socket.ref(), socket.unref(), socket.ref()];
      const all = same.every((one) => one === socket);
      socket.destroy();
      return all;
    },
  },
  'members: what TLS negotiated': {
    async run(open) {
      const socket = await openOf(open);
      const { encrypted, authorized, authorizationError, alpnProtocol } = socket;
      const { servername } = /** @type {any} */ (socket);
      const now = {
        ...{ encrypted, authorized, authorizationError, alpnProtocol, servername },
        protocol: socket.getProtocol(),
        key: socket.getEphemeralKeyInfo(),
        reused: socket.isSessionReused(),
        cipherKeys: Object.keys(socket.getCipher()).sort(),
      };
      socket.destroy();
      await closed(socket);
      return { now, after: socket.getProtocol() };
    },
  },
};

/** @param {Open} make */
const openOf = (make) => open(make());

/** The TCP socket below a socket of the server. @param {Socket} socket @returns {net.Socket} */
const rawOf = (socket) => /** @type {any} */ (socket)._parent;

/** @param {Socket} socket */
const resetOf = (socket) => rawOf(socket).resetAndDestroy();
