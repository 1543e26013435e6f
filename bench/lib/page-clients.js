/** The clients in a page, each over the bridge that it supports. browser.js serves this file and its imports. */
import { receiveQueue, createSession } from './session.js';

/** @typedef {import('./session.js').Session} Session */

/**
 * @typedef {object} Config
 * @property {string} host the name in the leaf
 * @property {number} port of the server
 * @property {string} roots PEM
 * @property {string} bridge websockify's URL
 * @property {string} relay URL of a plain WebSocket to the server
 * @property {string} wisp URL of a Wisp server
 */

/** @typedef {(config: Config) => Promise<() => Promise<Session>>} PageClient loads a client; then each call connects */

/** Browsers buffer unsent WebSocket data without a limit. */
const MAX_BUFFERED_BYTES = 1 << 20;

/** @param {string} url */
async function plainWebSocket(url) {
  const ws = new WebSocket(url);
  ws.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => {
    ws.onopen = resolve;
    ws.onerror = () => reject(new Error('The relay does not accept connections.'));
  });
  return {
    ws,
    async drained() {
      while (ws.bufferedAmount > MAX_BUFFERED_BYTES) await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}

/** @param {'bridge' | 'relay'} over @returns {PageClient} */
const pagetls = (over) => async (config) => {
  const { connect, TrustStore } = await load('/dist/index.js');
  const { host, port, [over]: bridge } = config;
  const trust = await TrustStore.from(config.roots);
  return async () => {
    const socket = connect({ hostname: '127.0.0.1', port }, { bridge, trust, servername: host });
    await socket.opened;
    return createSession('pagetls', {
      read: () => socket.read(),
      write: (bytes) => socket.write(bytes),
      close: () => socket.close(),
    });
  };
};

/** @type {PageClient} */
async function subtls({ relay, host, roots }) {
  const { startTls, TrustedCert, WebSocketReadQueue } = await load('/peers/subtls.js');
  const database = await TrustedCert.databaseFromPEM(roots);
  return async () => {
    const { ws, drained } = await plainWebSocket(relay);
    const queue = new WebSocketReadQueue(ws);
    const write = (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => ws.send(bytes);
    const tls = await startTls(host, database, queue.read.bind(queue), write);
    return createSession('subtls', {
      read: tls.read,
      async write(bytes) {
        await tls.write(bytes);
        await drained();
      },
      close: async () => ws.close(),
      block: 16_000,
    });
  };
}

/** @param {string} file @returns {PageClient} */
const reclaim =
  (file) =>
  async ({ relay, host, roots }) => {
    const { crypto, loadX509FromPem, makeTLSClient, setCryptoImplementation } = await load(file);
    setCryptoImplementation(crypto);
    const rootCAs = [loadX509FromPem(roots)];
    const logger = Object.fromEntries(['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]));
    return async () => {
      const { ws, drained } = await plainWebSocket(relay);
      const { push, end, read } = receiveQueue();
      const tls = await new Promise((resolve, reject) => {
        const client = makeTLSClient({
          host,
          rootCAs,
          logger,
          async write(/** @type {{header: Uint8Array<ArrayBuffer>, content: Uint8Array<ArrayBuffer>}} */ record) {
            ws.send(record.header);
            ws.send(record.content);
            await drained();
          },
          onHandshake: () => resolve(client),
          onApplicationData: push,
          onTlsEnd(/** @type {unknown} */ error) {
            reject(error);
            end(error);
          },
        });
        ws.onmessage = ({ data }) => client.handleReceivedBytes(new Uint8Array(data)).catch(reject);
        ws.onclose = () => end();
        client.startHandshake().catch(reject);
      });
      return createSession('reclaim', { read, write: tls.write, close: async () => ws.close() });
    };
  };

/** @type {PageClient} */
async function epoxy1({ wisp, host, port }) {
  const { default: start } = await load('/peers/epoxy1.js');
  const { EpoxyClient } = await start();
  const client = await new EpoxyClient(wisp, navigator.userAgent, 0);
  return async () => {
    const { push, end, read } = receiveQueue();
    const tls = await client.connect_tls(() => {}, end, end, push, `${host}:${port}`);
    return createSession('epoxy', { read, write: (bytes) => tls.send(bytes), close: () => tls.close() });
  };
}

/** @type {PageClient} */
async function epoxy2({ wisp, host, port, roots }) {
  const { default: start, EpoxyClient, EpoxyClientOptions } = await load('/peers/epoxy2.js');
  await start();
  const options = new EpoxyClientOptions();
  options.pem_files = [roots];
  options.wisp_v2 = false;
  options.udp_extension_required = false;
  const client = new EpoxyClient(wisp, options);
  return async () => {
    const tls = await client.connect_tls(`${host}:${port}`);
    const reader = tls.read.getReader();
    const writer = tls.write.getWriter();
    return createSession('epoxy', {
      read: async () => (await reader.read()).value,
      write: (bytes) => writer.write(bytes),
      // The promise of close() does not settle, although the connection ends.
      close: async () => void writer.close().catch(() => {}),
    });
  };
}

/** @type {PageClient} */
async function libcurl({ wisp, host, port }) {
  const { libcurl: library } = await load('/peers/libcurl.js');
  await library.load_wasm();
  library.set_websocket(wisp);
  return async () => {
    const { push, end, read } = receiveQueue();
    const socket = new library.TLSSocket(host, port);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onmessage = push;
      socket.onclose = socket.onerror = (/** @type {unknown} */ code) => {
        const why = typeof code === 'number' ? library.get_error_string(code) : 'no reason given';
        reject(new Error(`connection closed (${why}); trust anchors cannot be configured`));
        end();
      };
    });
    return createSession('libcurl', {
      read,
      write: async (bytes) => socket.send(bytes),
      close: async () => socket.close(),
    });
  };
}

/** Hides the import from tsc: these modules are served, not installed. @param {string} path */
const load = (path) => import(path);

/** By the names that the suite prints. @type {Record<string, PageClient>} */
export const PAGE_CLIENTS = {
  pagetls: pagetls('bridge'),
  'pagetls, plain relay': pagetls('relay'),
  subtls,
  '@reclaimprotocol/tls, WebCrypto': reclaim('/peers/reclaim-webcrypto.js'),
  '@reclaimprotocol/tls, JavaScript': reclaim('/peers/reclaim-javascript.js'),
  '@mercuryworkshop/epoxy-tls 1': epoxy1,
  '@mercuryworkshop/epoxy-tls 2': epoxy2,
  'libcurl.js': libcurl,
};
