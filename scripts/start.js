/**
 * npm start: the inspector, a bridge that only it may use, and the lab. Ends with Ctrl-C, and everything with it.
 *
 *   npm start -- [--port NUMBER]
 */
import { parseArgs } from 'node:util';
import { systemBundle } from '../js/trust-store.js';
import { startBridge } from './bridge.js';
import { buildPackage } from './build.js';
import { startLab } from './lab.js';
import { runMain, UserError, print } from './run.js';
import { startPage } from './serve.js';
import { setup } from './setup.js';
import { buildSite } from './site.js';

const DEFAULT_PORT = 8080;

/** @typedef {import('../inspector/src/types.js').Config} Config */

/**
 * @typedef {object} Inspector
 * @property {string} url of the page
 * @property {import('./serve.js').Page} page
 * @property {import('./bridge.js').Bridge} bridge
 * @property {import('./lab.js').Lab} lab
 * @property {() => Promise<void>} close ends everything, in the reverse order of its start
 */

/**
 * @typedef {object} InspectorOptions
 * @property {number} [port] of the page; left out, 8080 if that is free and else another
 * @property {Record<string, string>} [folders] further folders to serve
 * @property {string[]} [allowTargets] further targets that the bridge may reach
 */

/**
 * Starts the lab, the page and the bridge. dist/ must be built.
 * @param {InspectorOptions} [options]
 * @returns {Promise<Inspector>}
 * @throws {UserError} saying which part did not start; the others have ended by then
 */
export async function startInspector({ port, folders = {}, allowTargets = [] } = {}) {
  /** @type {(() => Promise<void>)[]} */
  const ends = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  /**
   * @template {{ close: () => Promise<void> }} T
   * @param {string} name
   * @param {() => Promise<T>} start
   */
  const part = async (name, start) => {
    try {
      const started = await start();
      ends.push(started.close);
      return started;
    } catch (error) {
      await close();
      throw new UserError(`${name} could not be started: ${error instanceof Error ? error.message : error}`);
    }
  };

  const lab = await part('The lab', startLab);
  const system = await systemRoots();
  /** @type {Config} */
  const config = { bridge: '', targets: lab.targets, system: system !== null };
  const page = await part('The page', async () =>
    startPageOn(port, {
      folders: { '/': await buildSite(), ...folders },
      texts: {
        '/config.json': () => JSON.stringify(config),
        ...(system !== null && { '/system-roots.pem': () => system }),
      },
    }),
  );
  const bridge = await part('The bridge', () =>
    startBridge({
      origins: page.origins,
      allowTargets: [...new Set([...Object.values(lab.targets), ...allowTargets])],
      args: ['--port', '443'],
    }),
  );
  config.bridge = `${bridge.url}/`;
  return { url: page.url, page, bridge, lab, close };
}

/** What this machine trusts, as PEM: the certificates of its bundle, and nothing else that may be in that file. */
async function systemRoots() {
  const { text } = await systemBundle();
  return text?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g)?.join('') ?? null;
}

/**
 * @param {number | undefined} port
 * @param {Omit<import('./serve.js').PageOptions, 'port'>} content
 */
async function startPageOn(port, content) {
  try {
    return await startPage({ ...content, port: port ?? DEFAULT_PORT });
  } catch (error) {
    if (port !== undefined || /** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error;
    return startPage({ ...content, port: 0 });
  }
}

/** @param {string[]} args @returns {{ port?: number }} @throws {UserError} */
function readArguments(args) {
  const usage = 'usage: npm start -- [--port NUMBER]';
  let text;
  try {
    text = parseArgs({ args, options: { port: { type: 'string' } } }).values.port;
  } catch {
    throw new UserError(usage);
  }
  if (text === undefined) return {};
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) throw new UserError(usage);
  return { port };
}

/** Resolves at the first signal to end; a second one ends at once, as usual. @returns {Promise<void>} */
function endSignal() {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => resolve());
  });
}

await runMain(import.meta.url, async (args) => {
  const options = readArguments(args);
  const { mbedtlsSource } = await setup({ packages: 'start' });
  await buildPackage(mbedtlsSource);
  const end = endSignal();
  const inspector = await startInspector(options);
  print(`
The inspector: ${inspector.url}

The lab:       ${inspector.url}lab.html

Ask for any host in the inspector, such as example.org, or see in the lab what can go wrong.
Straight to a verdict: ${inspector.url}#expired.pagetls.test
The bridge is at ${inspector.bridge.url}, for this page only: to the lab, and to port 443 of public hosts.

Ctrl-C ends it all.`);
  const why = await Promise.race([end, inspector.bridge.ended.then(() => 'The bridge has ended by itself.')]);
  await inspector.close();
  if (why) throw new UserError(`${why}\n${inspector.bridge.stderr().trimEnd()}`);
});
