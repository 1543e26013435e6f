/** libcurl.js: curl and Mbed TLS in WebAssembly, for browsers. */
import { WebSocket } from 'ws';
import { HOST } from '../chain.js';
import { startWisp } from '../relays.js';
import { receiveQueue, createSession } from '../session.js';
import { load } from './load.js';

/**
 * The part that is used.
 * @typedef {object} Libcurl
 * @property {(url?: string) => Promise<void>} load_wasm
 * @property {(url: string) => void} set_websocket
 * @property {new (host: string, port: number) => {onopen: () => void, onmessage: (bytes: Uint8Array) => void,
 *   onclose: (error: unknown) => void, send: (bytes: Uint8Array) => void, close: () => void}} TLSSocket
 */

/** @type {import('./index.js').Peer} */
export const libcurl = {
  name: 'libcurl.js',
  package: 'libcurl.js',
  shims: 'our Wisp server (wisp-process.js); in Node, the WebSocket of ws as the global WebSocket',
  async load() {
    const scope = /** @type {{WebSocket?: unknown}} */ (globalThis);
    scope.WebSocket ??= WebSocket;
    /** @type {{libcurl: Libcurl}} */
    const { libcurl: library } = await load('libcurl.js/bundled');
    await library.load_wasm();
    /** @type {Awaited<ReturnType<typeof startWisp>> | undefined} */
    let relay;
    return {
      name: libcurl.name,
      // Trust anchors cannot be configured.
      async open({ port }) {
        relay ??= await startWisp(port);
        library.set_websocket(relay.url);
        const { push, end, read } = receiveQueue();
        const socket = new library.TLSSocket(HOST, port);
        await new Promise((resolve, reject) => {
          socket.onopen = () => resolve(undefined);
          socket.onmessage = push;
          socket.onclose = (error) => {
            reject(new Error(`closed with ${error}`));
            end();
          };
        });
        return createSession(libcurl.name, {
          read,
          write: async (bytes) => socket.send(bytes),
          close: async () => socket.close(),
        });
      },
      end: async () => relay?.close(),
    };
  },
};
