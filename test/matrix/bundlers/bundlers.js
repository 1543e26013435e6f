/** Empty projects with a page, the tools that bundle it, and Chromium to run what comes out. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after } from 'node:test';
import { run } from '../../../scripts/run.js';
import { startPageServer } from '../../../scripts/serve.js';
import { startBridge } from '../../helpers/bridge.js';
import { startHttps } from '../../helpers/https-server.js';
import { emptyProject, matrixTools } from '../../helpers/packed.js';
import { newPage, startChromium } from '../../helpers/page.js';
import { pki } from '../../helpers/pki.js';
import { freePort, start } from '../../helpers/servers.js';

export const { folder, skip } = await matrixTools('bundlers');

/** No tool calls home. */
export const QUIET = { NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', CI: '1', NO_COLOR: '1' };

/** @param {string} path in the folder of the tools */
export const tool = (path) => join(folder, 'node_modules', path);

/** @param {string} name of a tool @returns {string} its version, which is in package.json of this folder */
export function versionOf(name) {
  return JSON.parse(readFileSync(tool(`${name}/package.json`), 'utf8')).version;
}

/** @param {string} path of a folder @returns {string[]} the files in it */
const filesIn = (path) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

/**
 * @param {string[]} names of folders in projects/
 * @param {Record<string, string>} [files] more of them
 * @param {string[]} [packages] more to install
 */
export function project(names, files = {}, packages) {
  const all = names.flatMap((name) => {
    const from = join(folder, 'projects', name);
    return filesIn(from).map((path) => [relative(from, path), readFileSync(path, 'utf8')]);
  });
  return emptyProject({ ...Object.fromEntries(all), ...files }, packages);
}

/**
 * Runs a tool in a project. It must exit with 0.
 * @param {string} cwd
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
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
  /\bgetBuiltinModule["'`]?\]?\(/,
  /ws does not work in the browser/,
  /\bReadableState\b/,
  /Buffer\.from|isBuffer/,
  /\bprocess\.(?!env|versions)\w+/,
  /\brequire\(["'`]/,
];

/** @param {string} output of a build: what is served to the page */
export function assertPageOnly(output) {
  const scripts = filesIn(output).filter((file) => /\.[cm]?js$/.test(file));
  assert.ok(scripts.length > 0);
  for (const script of scripts) {
    const code = readFileSync(script, 'utf8');
    for (const pattern of NODE) {
      const at = code.search(pattern);
      assert.ok(at < 0, `${script}: …${code.slice(Math.max(0, at - 100), at + 100)}…`);
    }
  }
}

/** The files that must travel with the script. */
const FILES = [/pagetls[^/]*\.wasm|\.wasm$/, /\.bin$/, /\.txt$/];

const certificates = pki('good-p256');
const { hostname, roots, chain, clock } = certificates;

const server = skip ? undefined : await startHttps(certificates);
const browser = skip ? undefined : await startChromium();
after(async () => {
  await browser?.close();
  await server?.close();
});

/**
 * Opens a page in Chromium, which must reach the server over a bridge, and verify with Mozilla's roots.
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options] of its context
 */
export async function checkPage(url, options) {
  assert.ok(server && browser);
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
    await page.goto(url);
    const shown = page.waitForFunction(() => document.body?.textContent?.includes('"'), undefined, { timeout: 30_000 });
    await shown.catch((error) => assert.fail(`${error.message}: ${complaints.join('\n')}`));
    const text = await page.evaluate(() => document.body.textContent);
    assert.equal(text, JSON.stringify(['hello', 'hello', 'ERR_TLS_CERT_NOT_TRUSTED', 'ERR_TLS_CERT_NOT_TRUSTED']));
    assert.deepEqual(complaints, []);
    for (const file of FILES) {
      const urls = loaded.filter((one) => file.test(new URL(one).pathname));
      assert.deepEqual([urls.length, new URL(urls[0]).origin], [1, origin], `${file}: ${loaded.join('\n')}`);
    }
  } finally {
    await close();
    await bridge.close();
  }
}

/**
 * The same, for what a build has written. It is served with a strict policy, and must have no code of Node.
 * @param {string} output
 * @param {Parameters<typeof checkPage>[1]} [options]
 */
export async function checkOutput(output, options) {
  assertPageOnly(output);
  const pages = await startPageServer({ folders: { '/': output } });
  try {
    await checkPage(pages.url, options);
  } finally {
    await pages.close();
  }
}

/**
 * The same, for a server that a tool starts.
 * @param {string} cwd
 * @param {string} program
 * @param {(port: string) => string[]} args
 * @param {object} [options]
 * @param {(url: string) => Promise<void>} [options.more] checks
 * @param {Record<string, string>} [options.env]
 * @returns {Promise<string>} what the server has written
 */
export async function checkServer(cwd, program, args, { more, env } = {}) {
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
}

/** What a chain is verified for, by a server. */
export const CHAIN = { chain, hostname, now: clock };
