/** How a socket opens, or does not. */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../servers.js';
import { record, closed, collect, opened, stateOf, atEnd } from './tools.js';

/** @typedef {import('./tools.js').Scenario} Scenario */

/** @type {Record<string, Scenario>} */
export const OPENING = {
  'opening: events and states in their order': {
    async run(open) {
      const socket = open();
      const events = record(socket);
      const before = stateOf(socket);
      /** @type {object[]} */
      const states = [];
      for (const name of ['connect', 'ready', ...(socket.encrypted ? ['secureConnect'] : [])]) {
        socket.once(name, () => states.push({ name, ...stateOf(socket) }));
      }
      await opened(socket);
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
      const socket = open({ port: await freePort() });
      const events = record(socket);
      const gone = closed(socket);
      const [error] = await once(socket, 'error');
      await gone;
      return { events, code: error.code, syscall: error.syscall };
    },
  },
  'opening: the server closes instead of a handshake': {
    tls: true,
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
    tls: true,
    async run(open) {
      const socket = open({ untrusted: true });
      const events = record(socket);
      await closed(socket);
      return { events, authorized: socket.authorized };
    },
  },
  'opening: the certificate is for another name': {
    tls: true,
    async run(open) {
      const socket = open({ servername: 'other.example' });
      const events = record(socket);
      await closed(socket);
      return { events, authorized: socket.authorized };
    },
  },
};
