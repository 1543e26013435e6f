/** WebKitGTK's MiniBrowser, by WebDriver, on a display of its own. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../../../scripts/run.js';
import { start as startProcess, startOnFreePort } from '../../../helpers/servers.js';

/** @typedef {import('./index.js').Browser} Browser */

const missing = [
  ['WebKitWebDriver', 'webkit2gtk-driver'],
  ['Xvfb', 'xvfb'],
].find(([program]) => findProgram(program) === undefined);
export const skip = missing ? `${missing[0]} is not installed (Debian's package ${missing[1]})` : false;

const SCRIPT_TIMEOUT_MS = 120_000;

/** @param {string} url @param {string} method @param {unknown} [body] @returns {Promise<any>} */
async function send(url, method, body) {
  const response = await fetch(url, { method, body: method === 'POST' ? JSON.stringify(body) : undefined });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/**
 * Ends the browsers of a driver. After the end of their session, most end by themselves, but not all; what is left would keep the
 * driver's output open.
 * @param {number | undefined} driver its process
 */
async function endBrowsers(driver) {
  const children = await readFile(`/proc/${driver}/task/${driver}/children`, 'utf8').catch(() => '');
  for (const child of children.split(' ').filter(Boolean)) {
    try {
      process.kill(Number(child), 'SIGKILL');
    } catch {
      // it has ended
    }
  }
}

/** @returns {Promise<Browser>} */
export async function start() {
  const temporary = (/** @type {string} */ name) => mkdtemp(join(tmpdir(), `pagetls-${name}-`));
  const display = startProcess(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'],
    await temporary('xvfb'),
  );
  const [, number] = await display.seen(/^(\d+)$/m);
  const folder = await temporary('webkit');
  const driver = await startOnFreePort(async (port) =>
    startProcess('WebKitWebDriver', [`--port=${port}`], folder, {
      DISPLAY: `:${number}`,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      LIBGL_ALWAYS_SOFTWARE: '1',
      NO_AT_BRIDGE: '1',
    }),
  );
  /** One session is one window: it is used for one page after the other. */
  const root = `http://127.0.0.1:${driver.port}/session`;
  const stop = async () => {
    await endBrowsers(driver.pid);
    await driver.close();
    await display.close();
  };
  try {
    const probe = await send(root, 'POST', { capabilities: {} });
    const version = probe.capabilities.browserVersion;
    await send(`${root}/${probe.sessionId}`, 'DELETE');
    await endBrowsers(driver.pid);
    return {
      version,
      async open(url) {
        const { sessionId } = await send(root, 'POST', { capabilities: {} });
        const session = `${root}/${sessionId}`;
        await send(`${session}/timeouts`, 'POST', { script: SCRIPT_TIMEOUT_MS });
        const goto = (/** @type {string} */ other) => send(`${session}/url`, 'POST', { url: other });
        await goto(url);
        return {
          goto,
          async call(name, ...args) {
            const answer = await send(`${session}/execute/async`, 'POST', {
              script: `const [name, args, done] = arguments;
                (async () => globalThis.callable[name](...JSON.parse(args)))().then(
                  (result) => done(JSON.stringify({ result: result ?? null })),
                  (error) => done(JSON.stringify({ failed: String(error) })),
                );`,
              args: [name, JSON.stringify(args)],
            });
            const { result, failed } = JSON.parse(answer);
            if (failed !== undefined) throw new Error(failed);
            return result;
          },
          async close() {
            await send(session, 'DELETE');
            await endBrowsers(driver.pid);
          },
        };
      },
      close: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
