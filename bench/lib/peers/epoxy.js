/** @mercuryworkshop/epoxy-tls: rustls in WebAssembly over Wisp, in its two interfaces. */
import { WebSocket } from 'ws';
import { HOST } from '../chain.js';
import { startWisp } from '../relays.js';
import { inbox, sessionOf } from '../session.js';
import { load } from './load.js';

const SHIMS = "a Wisp server of ours (wisp-process.js); in Node, ws's WebSocket as the global one";

/** It looks for the browser's where Node 20 has none. */
function provideWebSocket() {
  const place = /** @type {{WebSocket?: unknown}} */ (globalThis);
  place.WebSocket ??= WebSocket;
}

/** Wisp servers, one for each port that is asked for. */
function wisps() {
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
 * What is used of 1.x.
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
    provideWebSocket();
    /** @type {{default: () => Promise<Epoxy1>}} */
    const { default: start } = await load('@mercuryworkshop/epoxy-tls');
    const { EpoxyClient } = await start();
    const { urlFor, end: endAll } = wisps();
    return {
      name: epoxy1.name,
      async open({ port }) {
        const client = await new EpoxyClient(await urlFor(port), 'bench', 0);
        const { put, end, read } = inbox();
        const nothing = () => {};
        // It has no way to name trust anchors: those of Mozilla are built in.
        const tls = await client.connect_tls(nothing, end, end, put, `${HOST}:${port}`);
        return sessionOf(epoxy1.name, { read, write: (bytes) => tls.send(bytes), close: () => tls.close() });
      },
      end: endAll,
    };
  },
};

/**
 * What is used of 2.x.
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
    provideWebSocket();
    /** @type {Epoxy2} */
    const { default: start, EpoxyClient, EpoxyClientOptions } = await load('epoxy-tls-2/epoxy-bundled');
    await start();
    const { urlFor, end } = wisps();
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
        return sessionOf(epoxy2.name, {
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
