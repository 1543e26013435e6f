/** `pagetls bridge`, from this project and from the package as npm installs it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { childrenOf, isAlive, nextMessage, startTarget, until } from '../helpers/bridge-clients.js';
import { echoThrough, ORIGIN, startBridgeProgram } from '../helpers/bridge-program.js';
import { bridgePython, startBridge } from '../helpers/bridge.js';
import { emptyProject, packedPackage } from '../helpers/packed.js';

const directory = mkdtempSync(join(tmpdir(), 'pagetls-bridge-cli-'));
after(() => rmSync(directory, { recursive: true, force: true }));

/** The command of the project itself, and of one that has installed the package. */
const programs = {
  clone: inProject('dist/cli.js'),
  installed: join(await emptyProject({}), 'node_modules/.bin/pagetls'),
};

/** @type {Awaited<ReturnType<typeof startTarget>>} */
let echo;
before(async () => {
  echo = await startTarget((socket) => socket.pipe(socket));
});
after(() => echo.close());

/**
 * Writes a program into a folder of its own.
 * @param {string} name
 * @param {string} script
 * @returns {string} the folder
 */
function folderWith(name, script) {
  const folder = mkdtempSync(join(directory, 'path-'));
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

/**
 * A bridge that listens.
 * @param {string} program
 * @param {string[]} [args]
 * @param {Record<string, string>} [env]
 */
async function listening(program, args = [], env) {
  const options = ['--origin', ORIGIN, '--allow-target', echo.token, ...args];
  const bridge = await startBridgeProgram([process.execPath, program, 'bridge', ...options], {
    env: { ...process.env, ...env },
  });
  const [launcher] = childrenOf(bridge.pid);
  return { ...bridge, launcher };
}

/** Runs to the end. @param {string} program @param {string[]} args @param {Record<string, string>} [env] */
function runToEnd(program, args, env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('the tarball has the whole bridge, and neither its tests nor caches', async () => {
  const { stdout } = spawnSync('tar', ['-tzf', await packedPackage()], { encoding: 'utf8' });
  const packed = stdout.split('\n').filter((path) => path.startsWith('package/bridge/'));
  const modules = readdirSync(inProject('bridge/pagetls_bridge')).filter((name) => name.endsWith('.py'));
  const deployed = readdirSync(inProject('bridge/deploy')).map((name) => `deploy/${name}`);
  const own = ['README.md', 'launcher.py', 'sign.py', ...deployed];
  for (const path of [...own, ...modules.map((name) => `pagetls_bridge/${name}`)]) {
    assert.ok(packed.includes(`package/bridge/${path}`), path);
  }
  assert.deepEqual(
    packed.filter((path) => /test_|__pycache__|\.pyc$|mypy|egg-info|\/build\//.test(path)),
    [],
  );
});

for (const [name, program] of Object.entries(programs)) {
  describe(`pagetls bridge (${name})`, { timeout: 60_000 }, () => {
    test('relays for its origin, logs, and exits with 0 on SIGTERM, after 1001 for clients', async () => {
      const bridge = await listening(program);
      const ws = await echoThrough(bridge, echo);
      const closed = once(ws, 'close');
      bridge.child.kill('SIGTERM');
      assert.equal((await closed)[0], 1001);
      assert.deepEqual(await bridge.ended, [0, null]);
      const [log] = (await bridge.stderr)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.equal(log.target, echo.token);
      assert.equal(log.origin, ORIGIN);
      assert.ok(!isAlive(bridge.launcher));
    });
  });
}

describe('pagetls bridge', { timeout: 60_000 }, () => {
  test('exits with 0 on SIGINT', async () => {
    const bridge = await listening(programs.clone);
    bridge.child.kill('SIGINT');
    assert.deepEqual(await bridge.ended, [0, null]);
  });

  test('gets a signal to the whole process group only once: SIGTERM drains', async () => {
    const bridge = await listening(programs.clone, ['--drain', '30']);
    const ws = await echoThrough(bridge, echo);
    // As a terminal or a supervisor does it, but without a group of its own: both processes would be signalled.
    assert.notEqual(groupOf(bridge.launcher), groupOf(bridge.pid));
    bridge.child.kill('SIGTERM');
    while ((await fetch(`${bridge.url.replace('ws', 'http')}/healthz`)).status !== 503);
    ws.send('still', { binary: true });
    assert.equal(String(await nextMessage(ws)), 'still');
    ws.close();
    assert.deepEqual(await bridge.ended, [0, null]);
  });

  test('ends by the signal that ended the bridge', async () => {
    for (const signal of /** @type {const} */ (['SIGHUP', 'SIGKILL'])) {
      const bridge = await listening(programs.clone);
      if (signal === 'SIGHUP') bridge.child.kill(signal);
      else process.kill(bridge.launcher, signal);
      assert.deepEqual(await bridge.ended, [null, signal]);
      assert.ok(!isAlive(bridge.launcher));
    }
  });

  test('leaves no process behind when it is killed', async () => {
    const bridge = await listening(programs.clone);
    const ws = await echoThrough(bridge, echo);
    const closed = once(ws, 'close');
    const [connection] = childrenOf(bridge.launcher);
    assert.ok(isAlive(connection));
    bridge.child.kill('SIGKILL');
    assert.equal((await closed)[0], 1001);
    await until(() => !isAlive(bridge.launcher) && !isAlive(connection));
  });

  test('passes the exit code and the messages of the bridge on', async () => {
    const wrong = runToEnd(programs.clone, ['bridge', '--port', 'many']);
    assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /error: argument --port: 'many' is not a port number\n$/);
    const other = await startBridge();
    const taken = runToEnd(programs.clone, ['bridge', '--listen', `127.0.0.1:${other.port}`]);
    await other.close();
    assert.equal(taken.status, 1);
    assert.match(taken.stderr, /^Cannot listen on 127\.0\.0\.1 port \d+: .*\.\n$/);
  });

  for (const args of [
    ['help', 'bridge'],
    ['bridge', '--help'],
    ['bridge', '--port', '443', '-h'],
  ]) {
    test(`${args.join(' ')} says what it needs, and lists every option`, () => {
      const { status, stdout, stderr } = runToEnd(programs.clone, args);
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /^Usage:\n {2}pagetls bridge \[options\]/);
      assert.match(stdout, /python3-websockify/);
      for (const option of ['listen', 'origin', 'host', 'allow-target', 'drain', 'trust-forwarded-for']) {
        assert.match(stdout, new RegExp(`^  --${option} `, 'm'));
      }
    });
  }

  test('says in one sentence what to install, if PAGETLS_PYTHON has no websockify or does not exist', () => {
    const without = join(folderWith('python', `exec ${bridgePython()} -S -E "$@"`), 'python');
    for (const PAGETLS_PYTHON of [without, join(directory, 'missing')]) {
      const { status, stdout, stderr } = runToEnd(programs.clone, ['bridge'], { PAGETLS_PYTHON });
      assert.deepEqual([status, stdout], [2, '']);
      assert.ok(stderr.includes(PAGETLS_PYTHON));
      assert.match(
        stderr,
        /^pagetls: The bridge needs Python [^\n]*: install Debian's package python3-websockify, .*\.\n$/,
      );
    }
  });

  test('passes over a python3 on PATH that lacks websockify, and prefers one that has it', async () => {
    const used = join(directory, 'used');
    for (const [script, uses] of /** @type {[string, boolean][]} */ ([
      [`exec ${bridgePython()} -S -E "$@"`, false],
      [`case $1 in *launcher.py) : > ${used};; esac; exec ${bridgePython()} "$@"`, true],
    ])) {
      const PATH = folderWith('python3', script) + delimiter + process.env.PATH;
      const bridge = await listening(programs.clone, [], { PATH, PAGETLS_PYTHON: '' });
      bridge.child.kill('SIGTERM');
      await bridge.ended;
      assert.equal(readdirSync(directory).includes('used'), uses);
    }
  });

  test('is not misled by a websockify.py in the working directory', () => {
    const folder = mkdtempSync(join(directory, 'cwd-'));
    writeFileSync(join(folder, 'websockify.py'), '');
    const without = join(folderWith('python', `exec ${bridgePython()} -S "$@"`), 'python');
    const { status, stderr } = spawnSync(process.execPath, [programs.clone, 'bridge'], {
      cwd: folder,
      env: { ...process.env, PAGETLS_PYTHON: without },
      encoding: 'utf8',
    });
    assert.equal(status, 2);
    assert.match(stderr, /^pagetls: The bridge needs Python/);
  });

  test('--parent-pid of another process is an error', async () => {
    const { status, stderr } = spawnSync(bridgePython(), [inProject('bridge/launcher.py'), '--parent-pid', '1'], {
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /^Process 1 has not started this bridge, or has ended\.\n$/);
  });
});

/** The process group, from /proc. @param {number} pid */
function groupOf(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(stdout);
}
