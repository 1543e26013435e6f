/** Two builds of the same sources, in two folders and under other settings, give the same bytes of the tarball. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesIn, findProgram, inProject, root, runOrFail } from '../../../scripts/run.js';
import { downloadedSources, freshClone, temporaryFolder } from '../../helpers/packed.js';

const isClone = existsSync(inProject('.git')) && findProgram('git') !== undefined;

/**
 * Installs, builds and packs.
 * @param {string} clone
 * @param {object} settings
 * @param {string} settings.umask
 * @param {string} settings.access of others to the sources, for chmod
 * @param {Record<string, string | undefined>} settings.env
 * @returns {Promise<{ tarball: Buffer, files: Map<string, Buffer> }>} `files`: of the tarball
 */
async function build(clone, { umask, access, env }) {
  const commands = `umask ${umask}; chmod -R ${access} . && npm ci --prefer-offline --no-audit --no-fund >&2 && npm pack --json`;
  const options = { cwd: clone, env: { ...(await downloadedSources()), ...env } };
  const output = await runOrFail(`The build in ${clone}`, 'sh', ['-c', commands], options);
  const [{ filename }] = /** @type {{ filename: string }[]} */ (Object.values(JSON.parse(output)));
  const unpacked = temporaryFolder('unpacked');
  execFileSync('tar', ['-xzf', join(clone, filename), '-C', unpacked]);
  const files = new Map(filesIn(unpacked).map((path) => [path, readFileSync(join(unpacked, path))]));
  return { tarball: readFileSync(join(clone, filename)), files };
}

test('the tarball is the same', { skip: isClone ? false : 'NOT TESTED: this is no git repository' }, async () => {
  const { MBEDTLS_SOURCE_DIR = '' } = await downloadedSources();
  const other = join(temporaryFolder('mbedtls'), 'elsewhere');
  for (const part of ['include', 'library', '3rdparty', 'LICENSE'])
    cpSync(join(MBEDTLS_SOURCE_DIR, part), join(other, part), { recursive: true });

  const clone = await freshClone('pagetls');
  const another = join(temporaryFolder('clone'), 'a/deeper/folder');
  cpSync(clone, another, { recursive: true });
  const first = await build(clone, { umask: '022', access: 'go=rX', env: { TZ: 'UTC', LC_ALL: 'C' } });
  const second = await build(another, {
    umask: '077',
    access: 'go=',
    env: { TZ: 'Asia/Kathmandu', LC_ALL: 'C.UTF-8', MBEDTLS_SOURCE_DIR: other },
  });
  assert.ok(first.files.has('package/dist/pagetls/pagetls.wasm'));
  assert.deepEqual([...second.files.keys()], [...first.files.keys()]);
  for (const [path, bytes] of first.files) {
    assert.ok(bytes.equals(/** @type {Buffer} */ (second.files.get(path))), `${path} differs`);
    for (const folder of [clone, root, MBEDTLS_SOURCE_DIR])
      assert.ok(!bytes.includes(folder), `${path} has the path of a folder`);
  }
  assert.ok(first.tarball.equals(second.tarball), 'the files are equal, but not their order, modes or compression');
});
