/** How a socket ends, whoever begins. */
import { once } from 'node:events';
import { finished } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  MB,
  LARGE,
  hash,
  onServer,
  record,
  closed,
  collect,
  opened,
  stateOf,
  answer,
  atEnd,
  openOf,
  rawOf,
  resetOf,
} from './tools.js';

/** @typedef {import('./tools.js').Scenario} Scenario */

/** Sends a request, and reads until the end. @type {Scenario['run']} */
async function requestAndRead(open) {
  const socket = await openOf(open);
  const events = record(socket);
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.write('x');
  await closed(socket);
  return { text, events };
}

/** Sends a request and ends. @type {Scenario['run']} */
async function requestAndEnd(open) {
  const socket = await openOf(open);
  const events = record(socket);
  socket.resume();
  socket.end('x');
  await closed(socket);
  return events;
}

/** @type {Record<string, Scenario>} */
export const ENDING = {
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
      await opened(socket);
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
    run: requestAndRead,
  },
  'ending: the server resets after our end()': {
    serve: (socket) => socket.on('end', () => resetOf(socket)).resume(),
    run: requestAndEnd,
  },
  'ending: the TCP connection ends without close_notify': {
    tls: true,
    serve: (socket) => socket.once('data', () => socket.write('part', () => rawOf(socket).end())),
    run: requestAndRead,
  },
  'ending: the TCP connection ends without close_notify after our end()': {
    tls: true,
    serve: (socket) => socket.on('end', () => rawOf(socket).end()).resume(),
    run: requestAndEnd,
  },
};
