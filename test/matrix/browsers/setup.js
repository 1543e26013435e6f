/** What the tests of browsers have in common: the installed package on a site, the bridge, and servers behind it. */
import { join } from 'node:path';
import { inProject } from '../../../scripts/run.js';
import { startBridge } from '../../helpers/bridge.js';
import { emptyProject } from '../../helpers/packed.js';
import { pki } from '../../helpers/pki.js';
import { startTransferServer } from '../../helpers/transfer-server.js';
import { startSite } from './site.js';

/** Of a page on any site. */
export const PAGE = '/pages/page.html';
export const PACKAGE = '/dist/index.js';

/** @type {Promise<string> | undefined} */
let installing;

/** @returns {Promise<string>} the folder of the installed package, dist/ */
function installedPackage() {
  installing ??= emptyProject({}).then((folder) => join(folder, 'node_modules/pagetls/dist'));
  return installing;
}

/**
 * @param {object} [options]
 * @param {string[]} [options.targets] more that the bridge may reach
 */
export async function startAll({ targets = [] } = {}) {
  const packageFolder = await installedPackage();
  const folders = {
    '/pages/': inProject('test/matrix/browsers/pages'),
    '/fixtures/': inProject('test/fixtures'),
    '/dist/': packageFolder,
  };
  const good = pki('good-p256');
  const [site, other, server] = await Promise.all([startSite(folders), startSite(folders), startTransferServer(good)]);
  const bridge = await startBridge({ origins: [site.origin], allowTargets: [server.target, ...targets] });
  return {
    site,
    /** Of another origin. */
    other,
    server,
    bridge,
    packageFolder,
    /** @type {import('./pages/tasks.js').Endpoint} */
    endpoint: {
      bridge: `${bridge.url}/`,
      target: server.target,
      hostname: good.hostname,
      clock: good.clock,
      roots: good.roots,
    },
    async close() {
      await Promise.all([site.close(), other.close(), bridge.close()]);
      await server.close();
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startAll>>} All */
