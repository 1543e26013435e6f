/**
 * The bridge of the package, installed by pip, by the steps of bridge/deploy/README.md for systemd, and by those of the
 * container file. The container is not built, which needs an engine: its steps are carried out in a folder.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { startTarget } from '../helpers/bridge-clients.js';
import { echoThrough, ORIGIN, startBridgeProgram } from '../helpers/bridge-program.js';
import { bridgePython } from '../helpers/bridge.js';
import { packedPackage } from '../helpers/packed.js';

const directory = mkdtempSync(join(tmpdir(), 'pagetls-bridge-deploy-'));
chmodSync(directory, 0o755); // for the container's user
after(() => rmSync(directory, { recursive: true, force: true }));

execFileSync('tar', ['-xzf', await packedPackage(), '-C', directory]);
/** The package alone. */
const unpacked = join(directory, 'package');

/** @param {string} path in the package */
const contents = (path) => readFileSync(join(unpacked, path), 'utf8');

/** @param {string} pattern with * in the name, as a container file has it @returns {string[]} the files of the package */
function filesOf(pattern) {
  const name = new RegExp(`^${basename(pattern).replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  const folder = dirname(pattern);
  const names = existsSync(join(unpacked, folder)) ? readdirSync(join(unpacked, folder)) : [];
  return names.filter((entry) => name.test(entry)).map((entry) => join(folder, entry));
}

/** @param {string} name @returns {string} */
function newFolder(name) {
  const folder = join(directory, name);
  mkdirSync(folder);
  return folder;
}

/** @type {Awaited<ReturnType<typeof startTarget>>} */
let echo;
before(async () => {
  echo = await startTarget((socket) => socket.pipe(socket));
});
after(() => echo.close());

/** @returns {string[]} options of a bridge to the echo server */
const options = () => ['--origin', ORIGIN, '--allow-target', echo.token];

/** Uses the bridge, and stops it. @param {string[]} command @param {import('node:child_process').SpawnOptions} [how] */
async function assertBridges(command, how) {
  const bridge = await startBridgeProgram(command, how);
  const ws = await echoThrough(bridge, echo);
  bridge.child.kill('SIGTERM');
  assert.equal((await once(ws, 'close'))[0], 1001);
  assert.deepEqual(await bridge.ended, [0, null]);
}

test('the license of the folder, and its version, are those of the package', () => {
  assert.equal(contents('bridge/LICENSE'), contents('LICENSE'));
  const [, version] = /^version = "(.*)"$/m.exec(contents('bridge/pyproject.toml')) ?? [];
  assert.equal(version, JSON.parse(contents('package.json')).version);
});

const NEEDED = 'import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ("pip", "setuptools", "wheel"))))';
const pip = spawnSync(bridgePython(), ['-c', NEEDED]).status === 0;
describe(
  'pip install ./bridge',
  { skip: !pip && 'pip, setuptools or wheel is not installed', timeout: 120_000 },
  () => {
    const environment = join(directory, 'venv');
    const inEnvironment = (/** @type {string} */ name) => join(environment, 'bin', name);

    before(() => {
      execFileSync(bridgePython(), ['-m', 'venv', '--system-site-packages', '--without-pip', environment]);
      const source = join(directory, 'source');
      cpSync(join(unpacked, 'bridge'), source, { recursive: true });
      // Offline, so websockify, its dependency, must be one that is there.
      const flags = ['--no-index', '--no-build-isolation', '--quiet', '--disable-pip-version-check'];
      execFileSync(inEnvironment('python'), ['-m', 'pip', 'install', ...flags, source], { stdio: 'pipe' });
    });

    test('installs one package, and nothing else at the top level', () => {
      const [python] = readdirSync(join(environment, 'lib'));
      const modules = join(environment, 'lib', python, 'site-packages');
      const names = readdirSync(modules).filter((name) => !name.endsWith('.dist-info'));
      assert.deepEqual(names, ['pagetls_bridge']);
    });

    test('gives a command that bridges', () => assertBridges([inEnvironment('pagetls-bridge'), ...options()]));

    test('gives a module that bridges', () =>
      assertBridges([inEnvironment('python'), '-m', 'pagetls_bridge', ...options()]));

    test('gives a command that signs targets', () => {
      const keyFile = join(directory, 'bridge.keys');
      writeFileSync(keyFile, `one ${Buffer.alloc(32, 1).toString('base64url')}\n`, { mode: 0o600 });
      const args = ['--key-file', keyFile, '--target', 'example.org:443'];
      const token = execFileSync(inEnvironment('pagetls-bridge-sign'), args, { encoding: 'utf8' });
      const [, claims] = token.split('.');
      assert.equal(JSON.parse(String(Buffer.from(claims, 'base64url'))).target, 'example.org:443');
    });

    test('requires a websockify of a tested version, and a Python that the bridge runs on', () => {
      const ask =
        "import importlib.metadata as m; d = m.metadata('pagetls-bridge'); print(d['Requires-Python'], d['Requires-Dist'])";
      const required = execFileSync(inEnvironment('python'), ['-c', ask], { encoding: 'utf8' });
      assert.match(required, /^>=3\.11 websockify \(<0\.13,>=0\.10\)$/m);
      assert.match(contents('bridge/pagetls_bridge/__main__.py'), /sys\.version_info < \(3, 11\)/);
    });
  },
);

describe('bridge/deploy of the package', () => {
  test('its steps for systemd install all that the unit starts', async () => {
    const [, block] = /^## One machine$[^]*?^```sh\n([^]*?)^```$/m.exec(contents('bridge/deploy/README.md')) ?? [];
    const steps = block.split('\n').filter((line) => !/^(apt-get|systemctl) /.test(line));
    assert.equal(steps.length, block.split('\n').length - 2);
    const target = newFolder('machine');
    mkdirSync(join(target, 'etc/systemd/system'), { recursive: true });
    const script = steps.join('\n').replace(/(?<= )(?=\/(?:usr\/share|etc)\/)/g, target);
    execFileSync('sh', ['-euc', script], { cwd: unpacked });

    const [name] = readdirSync(join(target, 'etc/systemd/system'));
    assert.equal(name, 'pagetls-bridge@.service');
    const unit = readFileSync(join(target, 'etc/systemd/system', name), 'utf8');
    const [, environmentFile] = /^EnvironmentFile=(.*)$/m.exec(unit) ?? [];
    const [, given] = /^OPTIONS=(.*)$/m.exec(readFileSync(join(target, environmentFile), 'utf8')) ?? [];
    const [, command] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
    const [, program, ...args] = command.replace('$KEYS ', '').replace('$OPTIONS', given).split(' ');
    const local = args.map((arg) => arg.replaceAll('127.0.0.2', '127.0.0.1').replace('%i', '0'));
    await assertBridges([bridgePython(), join(target, program), ...local, ...options()]);
  });

  test('the container file copies files of the package only, and its entry point bridges as its user', async () => {
    const file = contents('bridge/deploy/Containerfile')
      .replace(/^#.*\n/gm, '')
      .replace(/\\\n/g, '');
    const image = newFolder('image');
    /** @type {Record<string, string>} */
    const settings = {};
    for (const line of file.trim().split('\n')) {
      const [, instruction, text] = /^([A-Z]+) (.*)$/.exec(line) ?? assert.fail(line);
      if (instruction === 'COPY') {
        const parts = text.split(' ');
        const destination = join(image, String(parts.pop()));
        assert.match(destination, /\/$/);
        mkdirSync(destination, { recursive: true });
        for (const pattern of parts) {
          const sources = filesOf(pattern);
          assert.notEqual(sources.length, 0, `${pattern} is not in the package`);
          for (const source of sources) cpSync(join(unpacked, source), join(destination, basename(source)));
        }
      } else {
        assert.ok(['FROM', 'RUN', 'USER', 'EXPOSE', 'STOPSIGNAL', 'ENTRYPOINT'].includes(instruction), instruction);
        settings[instruction] = text;
      }
    }
    // What is not run here: the base and its package, which this machine has, too.
    assert.match(settings.FROM, /^docker\.io\/library\/debian:/);
    assert.match(settings.RUN, / python3-websockify /);
    assert.equal(settings.STOPSIGNAL, 'SIGTERM');
    const [python, program, ...args] = JSON.parse(settings.ENTRYPOINT);
    assert.equal(python, '/usr/bin/python3');
    assert.ok(args.includes(`0.0.0.0:${settings.EXPOSE}`));
    const local = args.map((/** @type {string} */ arg) => arg.replace(/^0\.0\.0\.0:.*/, '127.0.0.1:0'));
    const [uid, gid] = settings.USER.split(':').map(Number);
    assert.ok(uid > 0 && gid > 0);
    await assertBridges(
      [bridgePython(), join(image, program), ...local, ...options()],
      process.getuid?.() === 0 ? { uid, gid } : {},
    );
  });

  test('the container file says how to build it from the package', () => {
    const build = contents('bridge/deploy/Containerfile').match(/podman build .* -f (\S+) \.$/m);
    assert.equal(contents(String(build?.[1])), readFileSync(inProject('bridge/deploy/Containerfile'), 'utf8'));
  });
});
