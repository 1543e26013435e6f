/** Starts the servers of examples/, for `npm start` and their tests. */
import { inProject } from './run.js';

/**
 * What `start()` of an example's server.js returns.
 * @typedef {object} Started
 * @property {string[]} targets host:port, for the bridge to allow
 * @property {Record<string, unknown>} config for its page, as config.json, with the bridge
 * @property {string} [bundle] a folder to serve as bundle/ of the example
 * @property {() => Promise<void>} close
 */

/** Folders of examples/ with a page and a server.js. */
const EXAMPLES = ['fetch-private-ca', 'sql-console', 'mqtt-dashboard'];

/**
 * @typedef {object} Examples
 * @property {string[]} targets of all
 * @property {Record<string, string>} folders for the page server
 * @property {(bridge: () => string) => Record<string, () => string>} texts for the page server: the configurations
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Examples>} */
export async function startExamples() {
  /** @type {Map<string, Started>} */
  const started = new Map();
  const close = async () => {
    for (const one of started.values()) await one.close();
  };
  const all = await Promise.allSettled(
    EXAMPLES.map(async (name) => {
      const { start } = await import(inProject('examples', name, 'server.js'));
      started.set(name, await start());
    }),
  );
  const { stop } = await import('esbuild'); // setup() installs it after this module is loaded
  await stop(); // otherwise its process outlives this one for a moment
  const failed = all.find((one) => one.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  const bundles = [...started].flatMap(([name, { bundle }]) => (bundle ? [[`/examples/${name}/bundle/`, bundle]] : []));
  return {
    targets: [...started.values()].flatMap(({ targets }) => targets),
    folders: {
      '/examples/': inProject('examples'),
      '/dist/': inProject('dist'),
      ...Object.fromEntries(bundles),
    },
    texts: (bridge) =>
      Object.fromEntries(
        [...started].map(([name, { config }]) => [
          `/examples/${name}/config.json`,
          () => JSON.stringify({ ...config, bridge: bridge() }),
        ]),
      ),
    close,
  };
}
