/** Parcel 2. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { build, checkOutput, project, skip, tool, versionOf } from './bundlers.js';

/** Without this Parcel does not read `exports` and `imports` of any package. */
const EXPORTS = { '@parcel/resolver-default': { packageExports: true } };
/** Otherwise Parcel 2.16 splits scripts that a worker imports, and does not load the parts there. */
const NO_SPLITTING = { '@parcel/bundler-default': { minBundles: 1000 } };

const ARGUMENTS = [tool('.bin/parcel'), 'build', 'index.html', '--no-autoinstall', '--no-cache', '--public-url', './'];

describe(`Parcel ${skip ? '' : versionOf('parcel')}`, { skip }, () => {
  for (const [title, entry, settings] of /** @type {const} */ ([
    ['a page', 'main.js', EXPORTS],
    ['a page with a worker', 'in-worker.js', { ...EXPORTS, ...NO_SPLITTING }],
  ])) {
    test(`builds ${title} without a warning`, async () => {
      const html = `<!doctype html><link rel="icon" href="data:," /><body><output></output></body><script type="module" src="./src/${entry}"></script>`;
      const manifest = JSON.stringify({ name: 'project', private: true, ...settings });
      const cwd = await project(['page'], { 'index.html': html, 'package.json': manifest });
      assert.doesNotMatch(await build(cwd, process.execPath, ARGUMENTS), /warn|⚠|🚨/i);
      // The map of its scripts is in the page, which a policy must allow.
      await checkOutput(join(cwd, 'dist'), { bypassCSP: true });
    });
  }
});
