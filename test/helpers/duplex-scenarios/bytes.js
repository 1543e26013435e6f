/** What becomes of bytes, and how they flow. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { MB, LARGE, hash, onServer, closed, collect, answer, atEnd, openOf } from './tools.js';

/** @typedef {import('./tools.js').Scenario} Scenario */

/** @type {Record<string, Scenario>} */
export const BYTES = {
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
};
