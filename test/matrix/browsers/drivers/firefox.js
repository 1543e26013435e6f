/** Debian's Firefox, by WebDriver BiDi: it needs no driver beside it. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { findProgram } from '../../../../scripts/run.js';
import { start as startProcess } from '../../../helpers/servers.js';

/** @typedef {import('./index.js').Browser} Browser */

const PROGRAM = 'firefox-esr';
export const skip = findProgram(PROGRAM) ? false : `${PROGRAM} is not installed (Debian's package firefox-esr)`;

/** Nothing beyond loopback. @type {Record<string, boolean | number | string>} */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.newtabpage.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.search.update': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.prefetch-next': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.server': 'data:,#none',
};

/** The part of WebDriver BiDi used here. */
class Connection {
  #socket;
  #number = 0;
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
  #commands = new Map();

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const { id, type, result, error, message } = JSON.parse(String(data));
      const command = this.#commands.get(id);
      this.#commands.delete(id);
      if (type === 'success') command?.resolve(result);
      else command?.reject(new Error(`${error}: ${message}`));
    });
    socket.on('close', () => {
      for (const { reject } of this.#commands.values()) reject(new Error('Firefox has ended.'));
    });
  }

  /** @param {string} url @returns {Promise<Connection>} */
  static open(url) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      socket.on('open', () => resolve(new Connection(socket)));
      socket.on('error', reject);
    });
  }

  /** @param {string} method @param {Record<string, unknown>} [params] @returns {Promise<any>} */
  send(method, params = {}) {
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#commands.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close() {
    this.#socket.close();
  }
}

/** @returns {Promise<Browser>} */
export async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'pagetls-firefox-'));
  const lines = Object.entries(PREFERENCES).map(
    (entry) => `user_pref(${entry.map((part) => JSON.stringify(part))});\n`,
  );
  await writeFile(join(folder, 'user.js'), lines.join(''));
  const program = startProcess(
    PROGRAM,
    ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port=0', 'about:blank'],
    folder,
    { HOME: folder, MOZ_CRASHREPORTER_DISABLE: '1' },
  );
  try {
    const [, url] = await program.seen(/WebDriver BiDi listening on (ws:\S+)/);
    const connection = await Connection.open(`${url}/session`);
    const { capabilities } = await connection.send('session.new', { capabilities: {} });
    return {
      version: capabilities.browserVersion,
      async open(url) {
        const { context } = await connection.send('browsingContext.create', { type: 'tab' });
        const goto = (/** @type {string} */ other) =>
          connection.send('browsingContext.navigate', { context, url: other, wait: 'complete' });
        await goto(url);
        return {
          goto: async (other) => void (await goto(other)),
          async call(name, ...args) {
            const { type, result, exceptionDetails } = await connection.send('script.callFunction', {
              functionDeclaration:
                'async (name, args) => JSON.stringify(await globalThis.callable[name](...JSON.parse(args)) ?? null)',
              arguments: [name, JSON.stringify(args)].map((value) => ({ type: 'string', value })),
              awaitPromise: true,
              target: { context },
            });
            if (type !== 'success') throw new Error(exceptionDetails.text);
            return JSON.parse(result.value);
          },
          close: async () => void (await connection.send('browsingContext.close', { context })),
        };
      },
      async close() {
        connection.close();
        await program.close();
      },
    };
  } catch (error) {
    await program.close();
    throw error;
  }
}
