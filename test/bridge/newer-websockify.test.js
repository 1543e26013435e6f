/** Repeats the tests of the bridge with a newer websockify than Debian 12's. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bridgePython } from '../../scripts/bridge.js';
import { newerWebsockify } from '../../scripts/newer-websockify.js';

const modules = await newerWebsockify();
const skip = modules === undefined && 'no Debian suite within reach has a newer websockify than this machine';
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, PYTHONPATH: modules };
/** node --test sets it. If the inner run inherited it, it would report its results to the outer one. */
delete env.NODE_TEST_CONTEXT;

describe('with a newer websockify', { skip, timeout: 400_000 }, () => {
  before(() => {
    const ask = 'import importlib.metadata as m; print(m.version("websockify"))';
    const { stdout } = spawnSync(bridgePython(), ['-c', ask], { env, encoding: 'utf8' });
    assert.match(stdout, /^0\.1[1-9]\./, 'the newer version is imported');
  });

  for (const name of ['relay', 'attacks', 'haproxy-cluster', 'limits', 'transfers'].map((part) => `${part}.test.js`)) {
    test(`${name} passes`, async () => {
      const file = fileURLToPath(new URL(name, import.meta.url));
      const child = spawn(process.execPath, ['--test', '--test-reporter=tap', file], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'close')]);
      const failed = output.split('\n').filter((line) => /^ *not ok /.test(line));
      assert.equal(status, 0, failed.join('\n'));
      assert.match(output, /^# pass [1-9]/m);
    });
  }
});
