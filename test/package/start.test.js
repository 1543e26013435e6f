/** npm start: its messages, the pages it serves, and its clean exit; npm run site: the files it writes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { TrustStore } from '../../dist/index.js';
import { inProject, run } from '../../scripts/run.js';
import { CONTENT_SECURITY_POLICY, PAGE_POLICY, startPageServer } from '../../scripts/serve.js';
import { buildSite, SITE } from '../../scripts/site.js';

/** Kills a start.js that neither starts nor exits. An incremental build takes seconds. */
const TIMEOUT_MS = 100_000;

/**
 * Runs `node scripts/start.js` until it has printed its address or exited.
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
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer);
    return /** @type {number | null} */ (code);
  });
  const url = await new Promise((/** @type {(url: string | null) => void} */ resolve) => {
    child.stdout.on('data', () => {
      // Ctrl-C is in the last line of the message.
      if (output.includes('Ctrl-C')) resolve(/^Inspector: (\S+)$/m.exec(output)?.[1] ?? null);
    });
    ended.then(() => resolve(null));
  });
  return { pid: /** @type {number} */ (child.pid), url, ended, output: () => output, kill: child.kill.bind(child) };
}

/** @param {number} pid @returns {number[]} the pids of all its descendants */
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
    test(`prints the page's address, serves it with the CSP header, and exits with all its children on ${signal}`, async () => {
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
        assert.match(config.targets.expired, /^127\.0\.0\.1:\d+$/);
        assert.match(started.output(), /lab\.html/);
        assert.match(await (await fetch(new URL('lab.html', started.url))).text(), /<title>Lab/);
        assert.match(started.output(), /^Examples: /m);
        assert.match(await (await fetch(new URL('examples/', started.url))).text(), /<title>Examples/);
        const roots = await fetch(new URL('system-roots.pem', started.url));
        assert.equal(roots.ok, config.system);
        if (config.system)
          assert.equal((await TrustStore.from(await roots.text())).size, (await TrustStore.system()).size);
        const children = descendants(started.pid);
        assert.ok(children.length > 0, 'the bridge is a child process');
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

  test('names the part that does not start, and exits', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (other.address());
    const { url, ended, output } = await start(['--port', String(port)]);
    try {
      assert.equal(url, null);
      assert.equal(await ended, 1);
      assert.match(output(), /^The page did not start: .*EADDRINUSE/m);
    } finally {
      other.close();
    }
  });

  test('rejects unknown arguments', async () => {
    for (const args of [['--prt', '1'], ['--port', '65536'], ['--port', 'x'], ['here']]) {
      const { ended, output } = await start(args);
      assert.equal(await ended, 1);
      assert.match(output(), /^Usage: npm start/m);
    }
  });
});

describe('npm run site', () => {
  test('writes the pages, the lab and a configuration without a bridge, and prints the folder', async () => {
    const { status, output } = await run(process.execPath, [inProject('scripts/site.js')]);
    assert.equal(status, 0, output);
    assert.ok(output.includes(SITE));
    assert.match(output, /"bridge"/);
    const config = JSON.parse(readFileSync(join(SITE, 'config.json'), 'utf8'));
    assert.deepEqual(config, { bridge: '', targets: {}, system: false });
    for (const name of ['index.html', 'lab.html']) {
      const page = readFileSync(join(SITE, name), 'utf8').replaceAll('&#39;', "'");
      assert.ok(page.includes(`<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">`), name);
      assert.ok(page.indexOf('http-equiv') < page.indexOf('<link'), `${name}: the CSP comes first`);
    }
    assert.ok(existsSync(join(SITE, 'lab/index.json')));
    assert.ok(existsSync(join(SITE, 'lab/expired/chain.pem')));
  });
});

describe('the Content-Security-Policy', () => {
  test('is the same in the pages and the header, except for frame-ancestors', () => {
    assert.equal(CONTENT_SECURITY_POLICY, `${PAGE_POLICY}; frame-ancestors 'none'`);
    assert.ok(!/unsafe-inline|unsafe-eval'/.test(PAGE_POLICY.replace("'wasm-unsafe-eval'", '')));
  });
});

describe('the page server', () => {
  /**
   * Sends the path unchanged: fetch() would normalize it.
   * @param {number} port
   * @param {string} path
   * @param {string} [method]
   */
  async function get(port, path, method = 'GET') {
    const sent = request({ host: '127.0.0.1', port, path, method }).end();
    const [response] = await once(sent, 'response');
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
    return { status: response.statusCode, type: response.headers['content-type'], body, headers: response.headers };
  }

  test('serves only the given files and texts, with their content types', async () => {
    const site = await buildSite();
    const page = await startPageServer({
      folders: { '/': site, '/dist/': inProject('dist') },
      texts: { '/config.json': () => '{}' },
    });
    const assets = readdirSync(join(site, 'assets'));
    const asset = (/** @type {RegExp} */ name) => `/assets/${assets.find((one) => name.test(one))}`;
    try {
      const types = {
        '/': 'text/html; charset=utf-8',
        '/lab.html?x=1': 'text/html; charset=utf-8',
        [asset(/^lab-.*\.js$/)]: 'text/javascript; charset=utf-8',
        [asset(/\.css$/)]: 'text/css; charset=utf-8',
        [asset(/\.svg$/)]: 'image/svg+xml',
        [asset(/\.wasm$/)]: 'application/wasm',
        '/config.json': 'application/json; charset=utf-8',
        '/lab/index.json': 'application/json; charset=utf-8',
        '/lab/expired/chain.pem': 'application/x-pem-file',
        '/dist/pagetls/pagetls.wasm': 'application/wasm',
      };
      for (const [path, type] of Object.entries(types)) {
        const answer = await get(page.port, path);
        assert.deepEqual([answer.status, answer.type], [200, type], path);
        assert.equal(answer.headers['content-security-policy'], CONTENT_SECURITY_POLICY);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
        // Only files with a digest in their name may be cached without revalidation.
        assert.equal(/immutable/.test(answer.headers['cache-control'] ?? ''), path.startsWith('/assets/'), path);
      }
      assert.equal((await get(page.port, '/config.json')).body, '{}', 'texts take precedence over files');
      for (const path of [
        '/../package.json',
        '/dist/../package.json',
        '/dist/%2e%2e/package.json',
        '/dist/..%2fpackage.json',
        '/dist/..%5cpackage.json',
        '/%2e%2e%2fpackage.json',
        '/dist/%00.js',
        '/.hidden.js',
        '/.digest',
        '/lab/.digest',
        '/%',
        '//etc/hostname.json',
        '/package.json',
        '/dist/index.d.ts',
        '/dist',
        '/dist/',
        '/lab/',
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
