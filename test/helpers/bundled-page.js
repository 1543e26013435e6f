/** A page as users write it, in an empty project, and Chromium to run what a bundler makes of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inProject, run } from '../../scripts/run.js';
import { startPageServer } from '../../scripts/serve.js';
import { startBridge } from './bridge.js';
import { startHttps } from './https-server.js';
import { emptyProject } from './packed.js';
import { newPage, startChromium } from './page.js';
import { pki } from './pki.js';
import { freePort, start } from './servers.js';

/** No tool calls home. */
const QUIET = { NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', CI: '1', NO_COLOR: '1' };

/** Development servers build when the page is opened. */
const PAGE_TIMEOUT_MS = 60_000;

const certificates = pki('good-p256');
const { hostname, roots, chain, clock } = certificates;

/** What a server is to verify. */
export const CHAIN = { chain, hostname, now: clock };

/** The result of every page: what nginx sent by connect() and by fetch(), and what comes of Mozilla's roots. */
const RESULT = ['hello', 'hello', 'ERR_TLS_CERT_NOT_TRUSTED', 'ERR_TLS_CERT_NOT_TRUSTED'];

/** @param {string} path of a folder @returns {string[]} the files in it */
const filesIn = (path) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

/**
 * @param {string[]} names of folders in test/matrix/bundlers/projects/
 * @param {Record<string, string>} [files] more of them
 * @param {string[]} [packages] more to install
 * @returns {Promise<string>} the folder
 */
export function bundlerProject(names, files = {}, packages) {
  const all = names.flatMap((name) => {
    const from = inProject('test/matrix/bundlers/projects', name);
    return filesIn(from).map((path) => [relative(from, path), readFileSync(path, 'utf8')]);
  });
  return emptyProject({ ...Object.fromEntries(all), ...files }, packages);
}

/**
 * Runs a tool in a project. It must exit with 0.
 * @param {string} cwd
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<string>} its output
 */
export async function build(cwd, program, args, env) {
  const { status, output } = await run(program, args, { cwd, env: { ...QUIET, ...env } });
  assert.equal(status, 0, output);
  return output;
}

/** What Node's code in a page looks like. */
const NODE = [
  /["'`]node:/,
  /\bgetBuiltinModule\(/,
  /ws does not work in the browser/,
  /\bReadableState\b/,
  /Buffer\.from|isBuffer/,
  /(?<![.\w])process\.(?!env)\w+/,
  /\brequire\(["'`]/,
];

/**
 * @param {string} output of a build: what is served to the page
 * @param {string} [mark] only scripts that have this: a framework has code of its own
 */
export function assertPageOnly(output, mark = '') {
  const scripts = filesIn(output)
    .filter((file) => /\.[cm]?js$/.test(file))
    .map((file) => ({ file, code: readFileSync(file, 'utf8') }))
    .filter(({ code }) => code.includes(mark));
  assert.ok(scripts.length > 0);
  for (const { file, code } of scripts) {
    for (const pattern of NODE) {
      const at = code.search(pattern);
      assert.ok(at < 0, `${file}: …${code.slice(Math.max(0, at - 100), at + 100)}…`);
    }
  }
}

/** The files that must travel with the script. */
const FILES = [/\.wasm$/, /\.bin$/, /\.txt$/];

/** Starts a server and a browser. */
export async function startPages() {
  const server = await startHttps(certificates);
  const browser = await startChromium();

  /**
   * Opens a page in Chromium with a bridge to the server.
   * @param {string} url
   * @param {import('playwright-core').BrowserContextOptions} [options] of its context
   */
  async function resultOf(url, options) {
    const { origin } = new URL(url);
    const address = `127.0.0.1:${server.port}`;
    const bridge = await startBridge({ origins: [origin], allowTargets: [address] });
    const { page, complaints, close } = await newPage(browser, options);
    try {
      /** @type {string[]} */
      const loaded = [];
      page.on('response', (response) => {
        if (response.ok()) loaded.push(response.url());
      });
      const settings = { address, servername: hostname, bridge: `${bridge.url}/`, roots, chain, now: clock };
      await page.addInitScript(`globalThis.settings = ${JSON.stringify(settings)};
        settings.now = new Date(settings.now);`);
      await page.goto(url, { timeout: PAGE_TIMEOUT_MS });
      const output = page.locator('output', { hasText: /./ });
      const text = await output.textContent({ timeout: PAGE_TIMEOUT_MS }).catch((error) => {
        assert.fail(`${error.message}: ${complaints.join('\n')}`);
      });
      return { result: JSON.parse(text ?? ''), complaints, loaded, origin };
    } finally {
      await close();
      await bridge.close();
    }
  }

  /**
   * The page must reach the server, verify with Mozilla's roots, and get the files from where it comes from.
   * @param {string} url
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  async function checkPage(url, options) {
    const { result, complaints, loaded, origin } = await resultOf(url, options);
    assert.deepEqual([result, complaints], [RESULT, []]);
    for (const file of FILES) {
      const urls = loaded.filter((one) => file.test(new URL(one).pathname));
      assert.deepEqual([urls.length, new URL(urls[0]).origin], [1, origin], `${file}: ${loaded.join('\n')}`);
    }
  }

  /** @template T @param {string} folder @param {(url: string) => Promise<T>} use */
  async function serve(folder, use) {
    const pages = await startPageServer({ folders: { '/': folder } });
    try {
      return await use(pages.url);
    } finally {
      await pages.close();
    }
  }

  return {
    resultOf,

    /**
     * Checks what a build has written. It is served with a strict policy, and must have no code of Node.
     * @param {string} output
     * @param {import('playwright-core').BrowserContextOptions} [options]
     */
    async checkOutput(output, options) {
      assertPageOnly(output);
      await serve(output, (url) => checkPage(url, options));
    },

    /**
     * @param {string} output of a build
     * @returns {Promise<unknown>} what its page shows
     */
    async runOutput(output) {
      const { result, complaints } = await serve(output, (url) => resultOf(url));
      assert.deepEqual(complaints, []);
      return result;
    },

    /**
     * Checks a build that has put the files into the script: nothing is loaded but the page and this.
     * @param {string} output
     */
    async checkOneFile(output) {
      assertPageOnly(output);
      const { result, complaints, loaded } = await serve(output, (url) => resultOf(url));
      assert.deepEqual([result, complaints, loaded.length], [RESULT, [], 2]);
    },

    /**
     * Checks the page of a server that a tool starts.
     * @param {string} cwd
     * @param {string} program
     * @param {(port: string) => string[]} args
     * @param {object} [options]
     * @param {(url: string) => Promise<void>} [options.more] checks
     * @param {Record<string, string>} [options.env]
     * @returns {Promise<string>} what the server has written
     */
    async checkServer(cwd, program, args, { more, env } = {}) {
      const port = await freePort();
      const started = start(program, args(`${port}`), cwd, { ...QUIET, ...env });
      try {
        await started.seen(/ready|Local:/i);
        await checkPage(`http://127.0.0.1:${port}/`);
        await more?.(`http://127.0.0.1:${port}/`);
      } finally {
        await started.stop();
      }
      return started.output();
    },

    async close() {
      await browser.close();
      await server.close();
    },
  };
}
