/** npm start: what it prints and serves, and that nothing is left of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { describe, test } from 'node:test';
import { inProject } from '../scripts/run.js';
import { CONTENT_SECURITY_POLICY, startPage } from '../scripts/serve.js';

/** Building what is built already takes seconds; ending must not take as long as this, in milliseconds. */
const LIMIT = 100_000;

/**
 * `node scripts/start.js` in a group of its own, until it has printed its address or ended.
 * @param {string[]} args
 */
async function start(args) {
  const child = spawn(process.execPath, [inProject('scripts/start.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer);
    return /** @type {number | null} */ (code);
  });
  const url = await new Promise((/** @type {(url: string | null) => void} */ resolve) => {
    child.stdout.on('data', () => {
      // The last line: by then everything has been said.
      if (output.includes('Ctrl-C')) resolve(/The inspector: (\S+)/.exec(output)?.[1] ?? null);
    });
    ended.then(() => resolve(null));
  });
  return { pid: /** @type {number} */ (child.pid), url, ended, output: () => output, kill: child.kill.bind(child) };
}

/** @param {number} pid @returns {number[]} of its children, and of theirs */
function descendants(pid) {
  const folder = `/proc/${pid}/task`;
  if (!existsSync(folder)) return [];
  const children = readdirSync(folder)
    .flatMap((task) => readFileSync(`${folder}/${task}/children`, 'utf8').split(' '))
    .filter((text) => text !== '')
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

describe('npm start', () => {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    test(`prints where the page is, serves it with the policy, and ends with all its children at ${signal}`, async () => {
      const started = await start(['--port', '0']);
      try {
        assert.ok(started.url, started.output());
        assert.match(started.output(), /expired\.pagetls\.test/);
        const response = await fetch(started.url);
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('content-security-policy'), CONTENT_SECURITY_POLICY);
        assert.match(await response.text(), /Certificate inspector/);
        const config = await (await fetch(new URL('config.json', started.url))).json();
        assert.match(config.bridge, /^ws:\/\/127\.0\.0\.1:\d+\/$/);
        const children = descendants(started.pid);
        assert.ok(children.length > 0, 'there is a bridge');
        started.kill(signal);
        assert.equal(await started.ended, 0, started.output());
        assert.deepEqual(
          children.filter((pid) => existsSync(`/proc/${pid}`)),
          [],
        );
        await assert.rejects(fetch(started.url));
      } finally {
        started.kill('SIGKILL');
        await started.ended;
      }
    });
  }

  test('says which part does not start, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (other.address());
    const { url, ended, output } = await start(['--port', String(port)]);
    try {
      assert.equal(url, null);
      assert.equal(await ended, 1);
      assert.match(output(), /^The page could not be started: .*EADDRINUSE/m);
    } finally {
      other.close();
    }
  });

  test('refuses arguments that it does not know', async () => {
    for (const args of [['--prt', '1'], ['--port', '65536'], ['--port', 'x'], ['here']]) {
      const { ended, output } = await start(args);
      assert.equal(await ended, 1);
      assert.match(output(), /^usage: npm start/m);
    }
  });
});

describe('the page server', () => {
  /**
   * The path goes out as it is: fetch would tidy it.
   * @param {number} port
   * @param {string} path
   * @param {string} [method]
   */
  async function get(port, path, method = 'GET') {
    const asking = request({ host: '127.0.0.1', port, path, method }).end();
    const [response] = await once(asking, 'response');
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
    return { status: response.statusCode, type: response.headers['content-type'], body, headers: response.headers };
  }

  test('serves what it was given with right types, and nothing around it', async () => {
    const page = await startPage({
      folders: { '/': inProject('inspector'), '/dist/': inProject('dist') },
      texts: { '/config.json': () => '{}' },
    });
    try {
      const types = {
        '/': 'text/html; charset=utf-8',
        '/inspector.js?x=1': 'text/javascript; charset=utf-8',
        '/style.css': 'text/css; charset=utf-8',
        '/icon.svg': 'image/svg+xml',
        '/config.json': 'application/json; charset=utf-8',
        '/dist/pagetls.wasm': 'application/wasm',
      };
      for (const [path, type] of Object.entries(types)) {
        const answer = await get(page.port, path);
        assert.deepEqual([answer.status, answer.type], [200, type], path);
        assert.equal(answer.headers['content-security-policy'], CONTENT_SECURITY_POLICY);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      }
      for (const path of [
        '/../package.json',
        '/dist/../package.json',
        '/dist/%2e%2e/package.json',
        '/dist/..%2fpackage.json',
        '/dist/..%5cpackage.json',
        '/%2e%2e%2fpackage.json',
        '/dist/%00.js',
        '/.hidden.js',
        '/%',
        '//etc/hostname.json',
        '/package.json',
        '/dist/index.d.ts',
        '/dist',
        '/dist/',
        '/view/',
        '/constructor',
        '/__proto__.js',
      ]) {
        const { status, headers } = await get(page.port, path);
        assert.ok(status === 400 || status === 404, `${path}: ${status}`);
        assert.equal(headers['content-security-policy'], CONTENT_SECURITY_POLICY);
      }
      assert.equal((await get(page.port, '/', 'POST')).status, 405);
      assert.equal((await get(page.port, '/', 'HEAD')).body, '');
    } finally {
      await page.close();
    }
  });
});
