/** Timeouts, and members of Node's sockets. */
import { setTimeout as delay } from 'node:timers/promises';
import { record, closed, collect, openOf } from './tools.js';

/** @typedef {import('./tools.js').Scenario} Scenario */

/** @type {Record<string, Scenario>} */
export const MEMBERS = {
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
    tls: true,
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
