/** @mercuryworkshop/epoxy-tls, versions 1 and 2, whose interfaces differ: rustls in WebAssembly over Wisp. */
import { WebSocket } from 'ws';
import { HOST } from '../chain.js';
import { startWisp } from '../relays.js';
import { receiveQueue, createSession } from '../session.js';
import { load } from './load.js';

const SHIMS = 'our Wisp server (wisp-process.js); in Node, the WebSocket of ws as the global WebSocket';

/** The library uses the global WebSocket, which Node 20 lacks. */
function polyfillWebSocket() {
  const scope = /** @type {{WebSocket?: unknown}} */ (globalThis);
  scope.WebSocket ??= WebSocket;
}

/** Starts one Wisp server for each target port, on demand. */
function wispServers() {
  /** @type {Map<number, ReturnType<typeof startWisp>>} */
  const started = new Map();
  return {
    async urlFor(/** @type {number} */ port) {
      const relay = started.get(port) ?? startWisp(port);
      started.set(port, relay);
      return (await relay).url;
    },
    async end() {
      for (const relay of started.values()) await (await relay).close();
    },
  };
}

/**
 * The part of version 1 that is used.
 * @typedef {object} Epoxy1
 * @property {new (url: string, agent: string, redirects: number) => Promise<{connect_tls: (...rest: [() => void, () => void,
 *   (error: unknown) => void, (bytes: Uint8Array) => void, string]) => Promise<{send: (bytes: Uint8Array) => Promise<void>,
 *   close: () => Promise<void>}>}>} EpoxyClient
 */

/** @type {import('./index.js').Peer} */
const epoxy1 = {
  name: '@mercuryworkshop/epoxy-tls 1',
  package: '@mercuryworkshop/epoxy-tls',
  shims: SHIMS,
  async load() {
    polyfillWebSocket();
    /** @type {{default: () => Promise<Epoxy1>}} */
    const { default: start } = await load('@mercuryworkshop/epoxy-tls');
    const { EpoxyClient } = await start();
    const { urlFor, end: endAll } = wispServers();
    return {
      name: epoxy1.name,
      async open({ port }) {
        const client = await new EpoxyClient(await urlFor(port), 'bench', 0);
        const { push, end, read } = receiveQueue();
        const nothing = () => {};
        // Trust anchors cannot be configured: Mozilla's are built in.
        const tls = await client.connect_tls(nothing, end, end, push, `${HOST}:${port}`);
        return createSession(epoxy1.name, { read, write: (bytes) => tls.send(bytes), close: () => tls.close() });
      },
      end: endAll,
    };
  },
};

/**
 * The part of version 2 that is used.
 * @typedef {object} Epoxy2
 * @property {() => Promise<void>} default
 * @property {new () => {pem_files: string[], wisp_v2: boolean, udp_extension_required: boolean, user_agent: string}} EpoxyClientOptions
 * @property {new (url: string, options: object) => {connect_tls: (url: string) => Promise<{read: ReadableStream<Uint8Array>,
 *   write: WritableStream<Uint8Array>}>, free: () => void}} EpoxyClient
 */

/** @type {import('./index.js').Peer} */
const epoxy2 = {
  name: '@mercuryworkshop/epoxy-tls 2',
  package: 'epoxy-tls-2',
  shims: SHIMS,
  async load() {
    polyfillWebSocket();
    /** @type {Epoxy2} */
    const { default: start, EpoxyClient, EpoxyClientOptions } = await load('epoxy-tls-2/epoxy-bundled');
    await start();
    const { urlFor, end } = wispServers();
    return {
      name: epoxy2.name,
      async open({ port, roots }) {
        const options = new EpoxyClientOptions();
        options.pem_files = [roots];
        options.wisp_v2 = false;
        options.udp_extension_required = false;
        const client = new EpoxyClient(await urlFor(port), options);
        const tls = await client.connect_tls(`${HOST}:${port}`);
        const reader = tls.read.getReader();
        const writer = tls.write.getWriter();
        return createSession(epoxy2.name, {
          read: async () => (await reader.read()).value,
          write: (bytes) => writer.write(bytes),
          close: () => writer.close(),
        });
      },
      end,
    };
  },
};

export const epoxies = [epoxy1, epoxy2];
