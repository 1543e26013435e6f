/** Vite's development server, which answers 403 for some kinds of files, serves the whole package. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer } from 'vite';
import { inProject, root } from '../../scripts/run.js';

test("Vite's development server serves every file of dist/ that a page loads, unchanged if it is no script", async (t) => {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  t.after(() => server.close());
  await server.listen();
  const files = readdirSync(inProject('dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^cli|-workerd\.js$|\.d\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  for (const name of ['mozilla-roots.bin', 'mozilla-root-signatures.bin', 'public-suffixes.txt'])
    assert.ok(files.includes(inProject('dist/pagetls', name)), name);
  for (const file of files) {
    const response = await fetch(new URL(file.slice(root.length), server.resolvedUrls?.local[0]));
    assert.equal(response.status, 200, file);
    const body = Buffer.from(await response.arrayBuffer());
    if (!file.endsWith('.js')) assert.deepEqual(body, readFileSync(file), file);
  }
});
