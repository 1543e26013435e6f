/** Commands in our texts run what is installed, never what a stranger has registered under the same name. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { textFiles } from '../../scripts/docs/files.js';
import { unregisteredNames } from '../../scripts/docs/unregistered.js';
import { root } from '../../scripts/run.js';
import { emptyProject } from '../helpers/packed.js';

const problems = (/** @type {string} */ text) => unregisteredNames({ path: 'README.md', text });

describe('texts', () => {
  test('have no command that runs or installs a name that is not ours', () => {
    assert.deepEqual(textFiles(root).flatMap(unregisteredNames), []);
  });

  for (const command of [
    'npx pagetls inspect example.org',
    'npx  -y pagetls',
    'npm exec pagetls',
    'npm exec -- pagetls',
    'pnpm dlx pagetls bridge',
    'bunx pagetls',
    "...['npx', 'pagetls', 'inspect']",
    'npx --no pagetls',
    'npm install pagetls',
    'npm i --save-dev pagetls pg',
    'yarn add pagetls',
    'pip install pagetls-bridge',
  ]) {
    test(`${command} is one`, () => {
      const [problem, ...others] = problems(`a\n${command}\n`);
      assert.match(problem, /^README\.md:2 has '.*', a name that is not ours: write /);
      assert.deepEqual(others, []);
    });
  }

  for (const command of [
    'npx --no-install pagetls inspect example.org',
    'npx --no-install pagetls',
    "...['npx', '--no-install', 'pagetls', 'inspect']",
    'npm install ../pagetls pg',
    'npm install ./pagetls-0.1.0.tgz',
    'pip install ./bridge',
    'npx prettier --check pagetls.js',
  ]) {
    test(`${command} is none`, () => assert.deepEqual(problems(command), []));
  }
});

describe('npx with the registry of a stranger', { timeout: 60_000 }, () => {
  /** A package named pagetls, whose program leaves a mark. @param {string} folder @param {string} mark */
  async function strangersTarball(folder, mark) {
    const content = join(folder, 'package');
    mkdirSync(content);
    const program = `#!/usr/bin/env node\nrequire('node:fs').writeFileSync(${JSON.stringify(mark)}, '')\n`;
    writeFileSync(join(content, 'package.json'), JSON.stringify({ name: 'pagetls', version: '9.0.0', bin: 'cli.js' }));
    writeFileSync(join(content, 'cli.js'), program);
    await promisify(execFile)('tar', ['-czf', 'stranger.tgz', 'package'], { cwd: folder });
    return readFileSync(join(folder, 'stranger.tgz'));
  }

  /** @param {string[]} command @returns {Promise<boolean>} whether it has run the stranger's program */
  async function runsStrangers([program, ...args]) {
    const folder = mkdtempSync(join(tmpdir(), 'pagetls-stranger-'));
    const mark = join(folder, 'mark');
    const tarball = await strangersTarball(folder, mark);
    const registry = createServer(({ url = '', headers }, response) => {
      if (url.endsWith('.tgz')) return response.end(tarball);
      const dist = {
        tarball: `http://${headers.host}/pagetls.tgz`,
        integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
      };
      const versions = { '9.0.0': { name: 'pagetls', version: '9.0.0', bin: { pagetls: 'cli.js' }, dist } };
      return response.end(JSON.stringify({ name: 'pagetls', 'dist-tags': { latest: '9.0.0' }, versions }));
    });
    registry.listen(0, '127.0.0.1');
    await once(registry, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (registry.address());
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{}');
    const env = {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_cache: join(folder, 'cache'),
      npm_config_update_notifier: 'false',
    };
    try {
      await promisify(execFile)(program, args, { cwd: project, env }).catch(() => {});
      return existsSync(mark);
    } finally {
      registry.closeAllConnections();
      registry.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test('runs nothing of it with --no-install', async () => {
    assert.equal(await runsStrangers(['npx', '--no-install', 'pagetls', 'inspect']), false);
    assert.equal(await runsStrangers(['npx', '--yes', 'pagetls', 'inspect']), true); // so the test can fail
  });
});

test('npx --no-install runs the installed program, and passes every option on', async () => {
  const cwd = await emptyProject({});
  const { stdout } = await promisify(execFile)('npx', ['--no-install', 'pagetls', '--version'], { cwd });
  assert.match(stdout, /^pagetls \d/);
});
