/** The benchmark runs and prints its results. No test depends on the measured times. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { HOST, threeCertificates } from '../../bench/lib/chain.js';
import { postgresFolder } from '../../scripts/postgres.js';
import { goalLines, goalResults } from '../../bench/lib/goals.js';
import { chart } from '../../bench/lib/chart.js';
import { PAGE_CLIENTS } from '../../bench/lib/page-clients.js';
import { PEERS, startPeers } from '../../bench/lib/peers/index.js';
import { measure } from '../../bench/lib/rounds.js';
import { startServers } from '../../bench/lib/server.js';
import { ratio, summary } from '../../bench/lib/statistics.js';
import { loadPackage, packages } from '../../bench/lib/stock.js';
import { rowLines } from '../../bench/lib/table.js';
import { inProject, run } from '../../scripts/run.js';

/** @param {string[]} args */
const bench = (...args) => run(process.execPath, [inProject('bench/run.js'), '--no-build', ...args]);

/** @param {import('../../bench/lib/statistics.js').Summary} range */
function assertOrdered({ low, median, high }) {
  assert.ok(low > 0 && low <= median && median <= high, `${low}, ${median}, ${high}`);
}

test('the suite verify-cost, quick: prints a table and writes the same results as JSON', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-bench-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'result.json');
  const { status, output } = await bench('verify-cost', '--quick', '--rounds', '2', '--json', file);
  assert.equal(status, 0, output);
  const { machine, quick, suites } = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(Object.keys(machine), ['cpu', 'cores', 'node', 'v8', 'openssl', 'date']);
  assert.equal(quick, true);
  assert.deepEqual(
    suites.map((/** @type {{name: string}} */ { name }) => name),
    ['verify-cost'],
  );
  assert.equal(suites[0].rows.length, 2);
  for (const { name, rounds, contestants, limit } of suites[0].rows) {
    assert.ok(output.includes(`${name} (2 rounds)`), name);
    assert.equal(rounds, 2);
    assert.equal(limit.contestant, 'pagetls');
    assert.equal(typeof limit.met, 'boolean');
    assert.equal(contestants.length, 3);
    for (const [index, { name: contestant, metrics }] of contestants.entries()) {
      assert.ok(output.includes(contestant), contestant);
      assert.ok(limit.unit in metrics);
      for (const metric of Object.values(metrics)) {
        assertOrdered(metric);
        assert.equal(metric.ratio !== undefined, index > 0);
        if (metric.ratio) assertOrdered(metric.ratio);
      }
    }
  }
});

test('the suite adapters, quick: compares node:https and pg with Node, and checks the goals', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-bench-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'result.json');
  const { status, output } = await bench('adapters', '--quick', '--rounds', '1', '--json', file);
  assert.equal(status, 0, output);
  const { suites, goals } = JSON.parse(readFileSync(file, 'utf8'));
  const expected = postgresFolder() === undefined ? 3 : 5;
  assert.equal(suites[0].rows.length, expected);
  for (const { name, contestants } of suites[0].rows) {
    assert.deepEqual(
      contestants.slice(0, 2).map((/** @type {{name: string}} */ { name: contestant }) => contestant),
      ['pagetls', "Node's tls"],
      name,
    );
  }
  assert.equal(goals.length, expected);
});

test('the suites handshake and bulk, quick: measure every client, check the goals and draw a chart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-bench-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [json, svg] = ['result.json', 'chart.svg'].map((name) => join(folder, name));
  const args = ['handshake', 'bulk', '--quick', '--rounds', '1', '--json', json, '--chart', svg];
  const { status, output } = await bench(...args);
  assert.equal(status, 0, output);
  const { peers, suites, goals } = JSON.parse(readFileSync(json, 'utf8'));
  /** @type {Map<string, {contestants: {name: string, peer?: true, metrics: object}[], unable?: {name: string, error: string}[]}>} */
  const rows = new Map(
    suites.flatMap((/** @type {any} */ { rows }) => rows.map((/** @type {any} */ row) => [row.name, row])),
  );
  const names = [...rows.keys()];
  for (const version of ['TLSv1.3', 'TLSv1.2']) {
    for (const key of ['P-256', 'P-384', 'RSA-2048']) assert.ok(names.includes(`${version}, ${key}`), names.join('; '));
  }
  assert.equal(names.filter((name) => /^(down|up)load, TLS_/.test(name)).length, 6);
  for (const [name, { contestants, unable = [] }] of rows) {
    assert.equal(contestants[0].name, 'pagetls');
    const known = contestants.map((each) => each.name).concat(unable.map((each) => each.name));
    for (const peer of PEERS) assert.ok(known.includes(peer.name), `${peer.name} in ${name}`);
    for (const { error } of unable) assert.ok(error.length > 0);
    for (const other of ["Node's tls", 'Mbed TLS in wasm', 'pagetls natively', 'Mbed TLS natively, -O2']) {
      assert.ok(known.includes(other), `${other} in ${name}`);
    }
  }
  const p256 = rows.get('TLSv1.3, P-256');
  assert.ok((p256?.contestants.filter(({ peer }) => peer).length ?? 0) >= 3, output);
  assert.equal(goals.length, 9);
  for (const { name, version } of peers) assert.ok(output.includes(`${name}: ${version}`), name);
  for (const { what, met } of goals) {
    assert.equal(typeof met, 'boolean');
    assert.ok(output.includes(what), what);
  }
  assert.match(readFileSync(svg, 'utf8'), /^<svg [^]*Handshake, TLS 1\.3, P-256[^]*Download[^]*<\/svg>\n$/);
});

test('a peer that fails is listed with its error, others are not', async (t) => {
  const { servers, close } = await startServers(threeCertificates('P-256'));
  t.after(close);
  const { probe, end } = startPeers(PEERS.filter(({ name }) => ['subtls', 'libcurl.js'].includes(name)));
  t.after(end);
  const names = (/** @type {{name: string}[]} */ list) => list.map(({ name }) => name);
  const { clients, unable } = await probe(servers[0], { version: 'TLSv1.3' });
  assert.deepEqual([names(clients), names(unable)], [['subtls'], ['libcurl.js']]);
  const { unable: unables } = await probe(servers[0], { version: 'TLSv1.2' });
  assert.deepEqual(unables[0], { name: 'subtls', error: 'supports only TLS 1.3' });
});

test('every client rejects a server with an untrusted root', async (t) => {
  const { servers, close } = await startServers(threeCertificates('P-256'));
  t.after(close);
  const { probe, end } = startPeers();
  t.after(end);
  const { clients } = await probe({ port: servers[0].port, roots: threeCertificates('P-256').roots });
  assert.deepEqual(clients, []);
});

test('the suite bridge, quick: measures throughput, latency and memory of every relay', async () => {
  const { status, output } = await bench('bridge', '--quick', '--rounds', '1');
  assert.equal(status, 0, output);
  for (const name of ['bridge', 'no numpy', 'plain relay in Node']) {
    assert.ok(output.split(name).length > 4, `${name} four times in: ${output}`);
  }
  for (const unit of ['MB/s', 'CPU s/GB', 'ms', 'kB PSS']) assert.ok(output.includes(unit), unit);
});

test('the suite page, quick: measures the page and connect() alone', async () => {
  const { status, output } = await bench('page', '--quick', '--rounds', '1');
  assert.equal(status, 0, output);
  for (const name of ['the page', 'connect() alone']) assert.ok(output.includes(name), output);
});

test('the suite browser, quick: measures pagetls and peers in Chromium, and lists the errors of those that fail', async () => {
  const { status, output } = await bench('browser', '--quick', '--rounds', '1');
  assert.equal(status, 0, output);
  for (const name of Object.keys(PAGE_CLIENTS))
    assert.equal(output.split(`\n  ${name} `).length, 3, `${name} twice in: ${output}`);
  for (const name of ['pagetls', 'pagetls, plain relay', 'subtls'])
    assert.ok(!output.includes(`${name} cannot`), output);
});

test('the suite kernels, quick: measures every cipher and public key of ours and of Mbed TLS, in WebAssembly and natively', async () => {
  const { status, output } = await bench('kernels', '--quick', '--rounds', '1');
  assert.equal(status, 0, output);
  for (const name of ['ChaCha20', 'ChaCha20-Poly1305', 'AES-128-GCM', 'AES-256-GCM', 'AES-128-CCM']) {
    for (const length of ['64', '256', '1,024', '16,384'])
      assert.ok(output.includes(`${name}, ${length} bytes`), output);
  }
  for (const key of ['X25519', 'P-256', 'P-384', 'P-521']) assert.ok(output.includes(`${key}, exchange`), output);
  for (const key of ['P-256', 'P-384', 'P-521']) assert.ok(output.includes(`${key}, verification`), output);
  for (const key of ['RSA-2048', 'RSA-4096']) assert.ok(output.includes(`${key}, public operation`), output);
  assert.ok(output.includes('Ed25519, verification'), output); // Mbed TLS has none
  for (const [contestant, rows] of /** @type {const} */ ([
    ['Mbed TLS in wasm', 33],
    ['pagetls', 34],
    ['Mbed TLS natively', 33],
  ])) {
    assert.equal(output.split(`  ${contestant}`).length - 1, rows, contestant);
  }
  assert.equal(output.split('  node:crypto, called by pagetls').length, 4);
});

test('an unknown suite, an invalid number and an unknown option print the usage', async () => {
  for (const args of [['nothing'], ['--rounds', 'many'], ['--unknown']]) {
    const { status, output } = await bench(...args);
    assert.equal(status, 1);
    assert.match(output, /usage: npm run bench/);
  }
});

test('the stock module verifies with Mbed TLS, the other with our code, and both reject an untrusted root', async (t) => {
  const { stock, ours } = await packages();
  const { servers, close } = await startServers(threeCertificates('P-256'));
  t.after(close);
  const [{ port, roots }] = servers;
  const { roots: untrusted } = threeCertificates('P-256');
  for (const [folder, verifiesWithOurs] of /** @type {const} */ ([
    [stock, false],
    [ours, true],
  ])) {
    const { index } = await loadPackage(folder);
    const open = async (/** @type {string} */ pem) => {
      const trust = await index.TrustStore.from(pem);
      const socket = index.connect({ hostname: '127.0.0.1', port }, { servername: HOST, trust });
      const { verification } = await socket.opened;
      await socket.close();
      return verification;
    };
    const { ok, path } = await open(roots);
    assert.deepEqual([ok, path.length], verifiesWithOurs ? [true, 3] : [false, 0]);
    await assert.rejects(open(untrusted), (/** @type {any} */ error) => {
      assert.equal(error.native.code, -0x2700); // MBEDTLS_ERR_X509_CERT_VERIFY_FAILED
      assert.equal(error.verification !== undefined, verifiesWithOurs);
      return true;
    });
  }
});

describe('the statistics', () => {
  test('have the median and the quartiles of even and odd sample counts', () => {
    assert.deepEqual(summary([4, 1, 3, 2]), { median: 2.5, low: 1.75, high: 3.25 });
    assert.deepEqual(summary([5]), { median: 5, low: 5, high: 5 });
  });

  test('compute ratios within a round, so that a slow round does not change them', () => {
    assert.deepEqual(ratio([2, 20, 200], [1, 10, 100]), { median: 2, low: 2, high: 2 });
  });

  test('measure every contestant once per round, skip warm-up rounds, and check the limit', async () => {
    const calls = [0, 0];
    const contestants = [10, 30].map((ms, index) => ({
      name: `contestant ${index}`,
      sample: async () => ({ ms: calls[index]++ < 2 ? 1000 : ms }),
    }));
    const limit = { contestant: 'contestant 1', unit: 'ms', ratio: 2 };
    const row = await measure({ name: 'a row', contestants, rounds: 5, warmUp: 2, limit });
    assert.deepEqual(calls, [7, 7]);
    assert.deepEqual(row.contestants[0].metrics.ms, { median: 10, low: 10, high: 10 });
    assert.deepEqual(row.contestants[1].metrics.ms.ratio, { median: 3, low: 3, high: 3 });
    assert.equal(row.limit?.met, false);
    assert.match(rowLines(row).join('\n'), /NOT MET/);
  });

  test('retry a peer that fails sometimes, drop one that always fails, and allow no other contestant to fail', async () => {
    let calls = 0;
    const sometimes = async () => {
      if (calls++ % 2 === 0) throw new Error('sometimes');
      return { ms: 1 };
    };
    const never = async () => {
      throw new Error('never');
    };
    const contestants = [
      { name: 'ours', sample: async () => ({ ms: 1 }) },
      { name: 'a peer', peer: true, sample: sometimes },
      { name: 'another', peer: true, sample: never },
    ];
    const row = await measure({ name: 'a row', contestants, rounds: 3 });
    assert.deepEqual(
      row.contestants.map(({ name, failures }) => [name, failures]),
      [
        ['ours', undefined],
        ['a peer', 3],
      ],
    );
    assert.deepEqual(row.unable, [{ name: 'another', error: 'never' }]);
    assert.match(rowLines(row).join('\n'), /another cannot: never/);
    await assert.rejects(
      measure({ name: 'a row', contestants: [{ name: 'ours', sample: never }], rounds: 1 }),
      /never/,
    );
  });

  test('compare a goal with the fastest peer, by ratios within a round', async () => {
    const contestants = [
      { name: 'pagetls', sample: async () => ({ 'cpu ms': 1 }) },
      { name: "Node's tls", sample: async () => ({ 'cpu ms': 0.5 }) },
      { name: 'slow', peer: true, sample: async () => ({ 'cpu ms': 9 }) },
      { name: 'fast', peer: true, sample: async () => ({ 'cpu ms': 4 }) },
    ];
    const rows = [await measure({ name: 'TLSv1.3, P-256', contestants, rounds: 3 })];
    const goals = goalResults([{ name: 'handshake', about: '', notes: [], rows }]);
    assert.deepEqual(
      goals.map(({ against, measured, met }) => [against, measured, met]),
      [
        ['fast', 0.25, true],
        ["Node's tls", 2, false],
      ],
    );
    assert.match(
      goalLines(goals).join('\n'),
      /0\.25 × fast; at most 0\.5: met[^]*2\.00 × Node's tls; at most 1: NOT MET/,
    );
    const picture = chart([{ name: 'handshake', about: '', notes: [], rows }], 'a < b');
    assert.equal(picture?.split('<rect').length, 5);
    assert.match(picture ?? '', /a &lt; b/);
    assert.equal(chart([], ''), undefined);
  });
});
