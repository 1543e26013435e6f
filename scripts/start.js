/**
 * npm start: starts the inspector, the lab, the examples, and a bridge that only these pages may use. Ctrl-C stops everything.
 *
 *   npm start -- [--port NUMBER]
 */
import { parseArgs } from 'node:util';
import { systemBundle } from '../js/trust-store.js';
import { startBridge } from './bridge.js';
import { buildPackage } from './build.js';
import { startExamples } from './examples.js';
import { startLab } from './lab.js';
import { runMain, UserError, print } from './run.js';
import { startPageServer } from './serve.js';
import { setup } from './setup.js';
import { buildSite } from './site.js';

const DEFAULT_PORT = 8080;

/** @typedef {import('../inspector/src/types.js').Config} Config */

/**
 * @typedef {object} Inspector
 * @property {string} url of the page
 * @property {import('./serve.js').PageServer} page
 * @property {import('./bridge.js').Bridge} bridge
 * @property {import('./lab.js').Lab} lab
 * @property {() => Promise<void>} close stops everything, in reverse order
 */

/**
 * @typedef {object} InspectorOptions
 * @property {number} [port] of the page; default: 8080, or any free port if 8080 is in use
 * @property {Record<string, string>} [folders] more folders to serve
 * @property {string[]} [allowTargets] more private targets for the bridge to allow
 * @property {boolean} [examples] start and serve the examples too
 */

/**
 * Starts the lab, the page and the bridge. dist/ must be built.
 * @param {InspectorOptions} [options]
 * @returns {Promise<Inspector>}
 * @throws {UserError} if a part does not start; the others are stopped first
 */
export async function startInspector({ port, folders = {}, allowTargets = [], examples = false } = {}) {
  /** @type {(() => Promise<void>)[]} */
  const closers = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  /**
   * @template {{ close: () => Promise<void> }} T
   * @param {string} name
   * @param {() => Promise<T>} start
   */
  const startPart = async (name, start) => {
    try {
      const started = await start();
      closers.push(started.close);
      return started;
    } catch (error) {
      await close();
      throw new UserError(`${name} did not start: ${error instanceof Error ? error.message : error}`);
    }
  };

  const lab = await startPart('The lab', startLab);
  const shown = examples ? await startPart('An example', startExamples) : undefined;
  const system = await systemRoots();
  /** @type {Config} */
  const config = { bridge: '', targets: lab.targets, system: system !== null };
  const page = await startPart('The page', async () =>
    startPageServerOn(port, {
      folders: { '/': await buildSite(), ...shown?.folders, ...folders },
      texts: {
        ...shown?.texts(() => config.bridge),
        '/config.json': () => JSON.stringify(config),
        ...(system !== null && { '/system-roots.pem': () => system }),
      },
    }),
  );
  const bridge = await startPart('The bridge', () =>
    startBridge({
      origins: page.origins,
      allowTargets: [...new Set([...Object.values(lab.targets), ...(shown?.targets ?? []), ...allowTargets])],
      args: ['--port', '443'],
    }),
  );
  config.bridge = `${bridge.url}/`;
  return { url: page.url, page, bridge, lab, close };
}

/** The system's trust store as PEM, without anything else in that file; null if there is none. */
async function systemRoots() {
  const bundle = await systemBundle();
  return bundle?.text?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g)?.join('') ?? null;
}

/**
 * @param {number | undefined} port
 * @param {Omit<import('./serve.js').PageOptions, 'port'>} content
 */
async function startPageServerOn(port, content) {
  try {
    return await startPageServer({ ...content, port: port ?? DEFAULT_PORT });
  } catch (error) {
    if (port !== undefined || /** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error;
    return startPageServer({ ...content, port: 0 });
  }
}

/** @param {string[]} args @returns {{ port?: number }} @throws {UserError} */
function readArguments(args) {
  const usage = 'Usage: npm start -- [--port NUMBER]';
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

/** Resolves at the first termination signal. A second one kills the process. @returns {Promise<void>} */
function terminationSignal() {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => resolve());
  });
}

await runMain(import.meta.url, async (args) => {
  const options = readArguments(args);
  const { mbedtlsSource } = await setup({ packages: 'start' });
  await buildPackage(mbedtlsSource);
  const stopped = terminationSignal();
  const inspector = await startInspector({ ...options, examples: true });
  print(`
Inspector: ${inspector.url}
Lab:       ${inspector.url}lab.html
Example:   ${inspector.url}#expired.pagetls.test
Examples:  ${inspector.url}examples/

Enter any host name in the inspector, such as example.org, or open the lab to see what can go wrong.
The bridge at ${inspector.bridge.url} accepts these pages only, and connects to the lab,
the servers of the examples, and port 443 of public hosts.

Press Ctrl-C to stop.`);
  const failure = await Promise.race([stopped, inspector.bridge.ended.then(() => 'The bridge exited unexpectedly.')]);
  await inspector.close();
  if (failure) throw new UserError(`${failure}\n${inspector.bridge.stderr().trimEnd()}`);
});
