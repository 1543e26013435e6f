/** The installed package in tests: with jest and vitest, in Node and in imitations of pages. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { inProject } from '../../../scripts/run.js';
import { startBridge } from '../../helpers/bridge.js';
import { derOf } from '../../helpers/certificates.js';
import { emptyProject, matrixTools } from '../../helpers/packed.js';
import { pemBlocks, pki } from '../../helpers/pki.js';
import { startNodeTls } from '../../helpers/servers.js';

const TOOLS = ['jest', 'jest-environment-jsdom', '@happy-dom/jest-environment', 'vitest', 'jsdom', 'happy-dom'];

/** Of one runner. */
const RUN_TIMEOUT_MS = 120_000;

const { folder, skip } = await matrixTools('test-runners');
/** vitest and jsdom need it. */
const NODE_24 = ['node-24-x64', 'node-24-arm64']
  .map((name) => join(folder, 'node_modules', name, 'bin/node'))
  .find((path) => existsSync(path));

const project = await emptyProject({});
cpSync(inProject('test/matrix/test-runners/guests'), project, { recursive: true });
for (const tool of TOOLS) {
  const link = join(project, 'node_modules', tool);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(folder, 'node_modules', tool), link);
}

const { chain, roots, hostname, clock: now } = pki('good-p256');
const echo = await startNodeTls(pki('good-p256'));
const bridge = await startBridge({
  allowTargets: [`127.0.0.1:${echo.port}`],
  origins: ['http://localhost', 'http://localhost:3000'], // of jsdom in jest and in vitest
});
after(async () => {
  await bridge.close();
  await echo.close();
});

const GIVEN = JSON.stringify({
  ...{ port: echo.port, bridge: bridge.url, chain, roots, hostname, now, strangers: pki('good-rsa2048').roots },
  der: Buffer.concat(pemBlocks(chain).map(derOf)).toString('base64'),
});

/**
 * @param {string} node
 * @param {string[]} args
 * @param {boolean} hasTcp
 * @returns {Promise<{status: number | null, output: string}>}
 */
function run(node, args, hasTcp) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: project,
      env: { ...process.env, GIVEN, HAS_TCP: String(hasTcp), CI: '1', NO_COLOR: '1', NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: RUN_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

/** @param {{status: number | null, output: string}} result */
function assertPassed({ status, output }) {
  assert.equal(status, 0, output);
  assert.match(output, /Tests: +6 passed/);
}

describe('jest', { skip }, () => {
  const JEST = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--testMatch',
    '**/jest.spec.js',
    '--env',
  ];
  for (const node of [process.execPath, NODE_24]) {
    const version = node === NODE_24 ? 'Node 24' : `Node ${process.version}`;
    test(`with its environment node, in ${version}`, { skip: !node }, async () => {
      assertPassed(await run(String(node), [...JEST, 'node'], true));
    });

    // These choose the package's modules for pages, which have no TCP. jsdom has no TextEncoder and no streams there.
    for (const environment of ['jsdom', '@happy-dom/jest-environment']) {
      test(`with its environment ${environment}, in ${version}`, { skip: !node }, async () => {
        assertPassed(await run(String(node), [...JEST, environment], false));
      });
    }
  }
});

describe('vitest', { skip: skip || (!NODE_24 && 'npm has no Node 24 for this machine') }, () => {
  for (const environment of ['node', 'jsdom', 'happy-dom']) {
    for (const pool of ['forks', 'vmThreads']) {
      test(`with its environment ${environment} and its pool ${pool}`, async () => {
        const args = ['node_modules/vitest/vitest.mjs', 'run', '--environment', environment, '--pool', pool];
        const { status, output } = await run(String(NODE_24), [...args, 'vitest.test.js'], true);
        assert.equal(status, 0, output);
        assert.match(output, /Tests +6 passed/);
      });
    }
  }
});
