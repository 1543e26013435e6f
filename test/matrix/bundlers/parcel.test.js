/** Parcel 2. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { build, checkOutput, project, skip, tool, versionOf } from './bundlers.js';

/** Without this Parcel does not read `exports` and `imports` of any package. */
const MANIFEST = { name: 'project', private: true, '@parcel/resolver-default': { packageExports: true } };

const ARGUMENTS = [tool('.bin/parcel'), 'build', 'index.html', '--no-autoinstall', '--no-cache', '--public-url', './'];

describe(`Parcel ${skip ? '' : versionOf('parcel')}`, { skip }, () => {
  for (const entry of ['main.js']) {
    test(`builds a page without a warning: ${entry}`, async () => {
      const html = `<!doctype html><link rel="icon" href="data:," /><body><output></output></body><script type="module" src="./src/${entry}"></script>`;
      const cwd = await project(['page'], { 'index.html': html, 'package.json': JSON.stringify(MANIFEST) });
      assert.doesNotMatch(await build(cwd, process.execPath, ARGUMENTS), /warn|⚠|🚨/i);
      // The map of its scripts is in the page, which a policy must allow.
      await checkOutput(join(cwd, 'dist'), { bypassCSP: true });
    });
  }
});
