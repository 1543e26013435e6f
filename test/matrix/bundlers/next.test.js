/** Next, with Turbopack and with webpack: a client component, and a component of the server. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { assertPageOnly, build, CHAIN, checkServer, project, skip, versionOf } from './bundlers.js';

const PACKAGES = ['next', 'react', 'react-dom'];
const env = { CHAIN: JSON.stringify(CHAIN) };

describe(`Next ${skip ? '' : versionOf('next')}`, { skip }, () => {
  /** @type {string} */
  let cwd;
  /** @type {string} */
  let next;
  before(async () => {
    cwd = await project(
      ['page', 'next'],
      {},
      PACKAGES.map((name) => `${name}@${versionOf(name)}`),
    );
    next = join(cwd, 'node_modules/next/dist/bin/next');
  });

  /** @param {string} url */
  async function checkServerComponent(url) {
    const html = await (await fetch(`${url}server`)).text();
    assert.match(html.replaceAll('&quot;', '"'), /\["ERR_TLS_CERT_NOT_TRUSTED"\]/);
  }

  for (const bundler of ['--turbopack', '--webpack']) {
    test(`builds without a warning, and serves the page: ${bundler}`, async () => {
      const output = await build(cwd, process.execPath, [next, 'build', bundler]);
      assert.doesNotMatch(output.replace(/⚠ No build cache.*/, ''), /⚠|warn|error/i);
      assertPageOnly(join(cwd, '.next/static'), 'ERR_TLS_');
      const start = (/** @type {string} */ port) => [next, 'start', '-p', port, '-H', '127.0.0.1'];
      await checkServer(cwd, process.execPath, start, { env, more: checkServerComponent });
    });

    test(`serves the page while it is developed: ${bundler}`, async () => {
      const dev = (/** @type {string} */ port) => [next, 'dev', bundler, '-p', port, '-H', '127.0.0.1'];
      await checkServer(cwd, process.execPath, dev, { env, more: checkServerComponent });
    });
  }
});
