/** pagetls and the peers in Chromium, each in a separate page, over the bridge that each supports. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { startBridge } from '../../scripts/bridge.js';
import { findProgram, inProject } from '../../scripts/run.js';
import { newPage, startChromium } from '../../test/helpers/page.js';
import { bundle } from '../lib/bundle.js';
import { HOST, threeCertificates } from '../lib/chain.js';
import { PAGE_CLIENTS } from '../lib/page-clients.js';
import { startPlainRelay, startWisp } from '../lib/relays.js';
import { startServers } from '../lib/server.js';

/** @typedef {import('../lib/page-clients.js').Config} Config */

export const about =
  'ms and MB/s in Chromium, TLS 1.3 with three P-256 certificates and the cipher suite that each client negotiates by ' +
  'default: pagetls over websockify, and like subtls and @reclaimprotocol/tls over a plain WebSocket relay in Node; the ' +
  'others over our Wisp server, where all their connections share one WebSocket that is already open';

const DOWNLOAD_BYTES = { full: 8_000_000, quick: 1_000_000 };
const TRIAL_BYTES = 100_000;
const TRIAL_TIMEOUT_MS = 15_000;

/** @param {string} crypto @param {string} entry */
const reclaim = (crypto, entry) =>
  bundle(
    `export { ${crypto} as crypto } from '@reclaimprotocol/tls/${entry}';` +
      "export { loadX509FromPem, makeTLSClient, setCryptoImplementation } from '@reclaimprotocol/tls';",
  );

/** @param {string[]} path */
const file = (...path) => readFile(inProject(...path));

/** The files served in addition to the package itself. @type {Record<string, () => Promise<string | Buffer>>} */
const FILES = {
  '/lib/page-clients.js': () => file('bench/lib/page-clients.js'),
  '/lib/session.js': () => file('bench/lib/session.js'),
  '/peers/subtls.js': () => bundle("export { startTls, TrustedCert, WebSocketReadQueue } from 'subtls';"),
  '/peers/reclaim-webcrypto.js': () => reclaim('webcryptoCrypto', 'webcrypto'),
  '/peers/reclaim-javascript.js': () => reclaim('pureJsCrypto', 'purejs-crypto'),
  '/peers/epoxy1.js': () => file('node_modules/@mercuryworkshop/epoxy-tls/pkg/epoxy-module-bundled.js'),
  '/peers/epoxy2.js': () => file('node_modules/epoxy-tls-2/full/epoxy-bundled.js'),
  '/peers/libcurl.js': () => file('node_modules/libcurl.js/libcurl_full.mjs'),
};

/** Serves pages without a content security policy, which some clients would violate. */
async function servePages() {
  const server = createServer(async ({ url = '' }, response) => {
    const inDist = /^\/dist\/((?:[\w-]+\/)*[\w-]+\.(?:js|wasm))$/.exec(url);
    const make = inDist ? () => file('dist', inDist[1]) : FILES[url];
    try {
      const body = url === '/' ? '<!doctype html><title>bench</title>' : await make();
      const type = url === '/' ? 'text/html' : url.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
      response.setHeader('Content-Type', type).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds, note }) {
  if (findProgram('chromium') === undefined) {
    note("browsers: install Debian's package chromium.");
    return;
  }
  const identity = threeCertificates('P-256');
  const { servers, close } = await startServers(identity);
  const [{ port, roots }] = servers;
  const pages = await servePages();
  const bridge = await startBridge({ origins: [pages.origin], allowTargets: [`127.0.0.1:${port}`] });
  const relays = [await startPlainRelay(port), await startWisp(port)];
  const browser = await startChromium();
  /** @type {Config} */
  const config = { host: HOST, port, roots, bridge: bridge.url, relay: relays[0].url, wisp: relays[1].url };
  try {
    /** @type {{name: string, page: import('playwright-core').Page}[]} */
    const usable = [];
    const unable = [];
    for (const name of Object.keys(PAGE_CLIENTS)) {
      const { page } = await newPage(browser);
      await page.goto(pages.origin);
      const error = await page.evaluate(prepare, { name, config, length: TRIAL_BYTES, limit: TRIAL_TIMEOUT_MS });
      if (error === undefined) usable.push({ name, page });
      else {
        unable.push({ name, error });
        await page.close();
      }
    }
    const peer = (/** @type {string} */ name) => !name.startsWith('pagetls');
    yield {
      name: 'in Chromium, until the connection is open',
      contestants: usable.map(({ name, page }) => ({
        name,
        peer: peer(name),
        sample: () => page.evaluate(handshake, undefined),
      })),
      unable,
      rounds: rounds(51, 5),
      warmUp: rounds(25, 3),
    };
    const length = quick ? DOWNLOAD_BYTES.quick : DOWNLOAD_BYTES.full;
    yield {
      name: `in Chromium, download, ${length / 1e6} MB`,
      contestants: usable.map(({ name, page }) => ({
        name,
        peer: peer(name),
        sample: async () => ({ 'MB/s': length / 1000 / (await page.evaluate(download, length)) }),
      })),
      unable,
      rounds: rounds(9, 2),
      warmUp: 1,
    };
  } finally {
    await browser.close();
    for (const { close: end } of [...relays, bridge, pages]) await end();
    await close();
  }
}

/* --- in the page -------------------------------------------------------------------- */

/** @typedef {{ openSession: () => Promise<import('../lib/session.js').Session> }} Prepared */

/**
 * Loads a client, and tries it.
 * @param {{name: string, config: Config, length: number, limit: number}} options limit in milliseconds
 * @returns {Promise<string | undefined>} the error, if it cannot connect
 */
async function prepare({ name, config, length, limit }) {
  const path = '/lib/page-clients.js';
  /** @type {typeof import('../lib/page-clients.js')} */
  const { PAGE_CLIENTS: clients } = await import(path);
  const trial = async () => {
    const open = await clients[name](config);
    /** @type {Prepared} */ (/** @type {unknown} */ (globalThis)).openSession = open;
    const session = await open();
    await session.download(length);
    await session.close();
  };
  const timeout = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no result within ${limit / 1000} s`)), limit);
  });
  try {
    await Promise.race([trial(), timeout]);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).slice(0, 200);
  }
}

/** @param {undefined} _nothing */
async function handshake(_nothing) {
  const started = performance.now();
  const session = await /** @type {Prepared} */ (/** @type {unknown} */ (globalThis)).openSession();
  const ms = performance.now() - started;
  session.close().catch(() => {});
  return { ms };
}

/** @param {number} length @returns {Promise<number>} milliseconds, without opening the connection */
async function download(length) {
  const session = await /** @type {Prepared} */ (/** @type {unknown} */ (globalThis)).openSession();
  const started = performance.now();
  await session.download(length);
  const ms = performance.now() - started;
  session.close().catch(() => {});
  return ms;
}
