/** The documents are correct: error codes, options, links, and the code in the README. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { CODES, connect, TrustStore, verifyChain } from '../../dist/index.js';
import { textFiles } from '../../scripts/docs/files.js';
import { proseOf } from '../../scripts/docs/links.js';
import { currentErrorsDoc, ERRORS_DOC, groupsOf, rulesOf } from '../../scripts/errors-doc.js';
import { coreLimitsOf, currentLimitsDoc, LIMITS_DOC, packageLimitsOf } from '../../scripts/limits-doc.js';
import { currentProblemCodes, PROBLEM_CODES } from '../../scripts/problem-codes.js';
import { inProject, root } from '../../scripts/run.js';
import { startBridge } from '../helpers/bridge.js';
import { CASES, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

const documents = textFiles(root).filter(({ path }) => path.endsWith('.md'));
const readme = readFileSync(inProject('README.md'), 'utf8');

/** @param {string} text @returns {string[][]} the cells of all table rows, except delimiter rows */
function rowsOf(text) {
  return [...text.matchAll(/^\|(.*)\|$/gm)]
    .map(([, row]) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter((cells) => !cells.every((cell) => /^:?-+:?$/.test(cell)));
}

describe('ERRORS.md', () => {
  const errors = readFileSync(inProject('messages', 'errors.js'), 'utf8');
  const source = readFileSync(inProject('wasm', 'verify', 'rules.def'), 'utf8');
  const rules = rulesOf(source).flatMap((group) => group.rules);

  test('is what scripts/errors-doc.js writes', async () => {
    assert.equal(readFileSync(ERRORS_DOC, 'utf8'), await currentErrorsDoc(), 'run: node scripts/errors-doc.js');
  });
  test('lists every code once, with its meaning', () => {
    assert.deepEqual(
      groupsOf(errors).flatMap(({ codes }) => codes),
      Object.keys(CODES),
    );
    const [doc] = readFileSync(ERRORS_DOC, 'utf8').split('\n## Problems of certificates\n');
    const rows = rowsOf(doc);
    for (const [code, meaning] of Object.entries(CODES)) {
      const found = rows.filter(([first]) => first === `\`${code}\``);
      assert.equal(found.length, 1, code);
      assert.equal(found[0][1], meaning);
    }
  });
  test('lists every rule that chains are verified by', () => {
    assert.equal(rules.length, source.match(/^ *RULE\(/gm)?.length);
    for (const { rule, code, flag, reference } of rules) {
      assert.match(code, /^ERR_TLS_(CERT|CRL)_[A-Z_]+$/);
      assert.match(flag, rule === 'PARSE' ? /^NONE$/ : /^BAD(CERT|CRL)_[A-Z_]+$/);
      assert.match(reference, /^(RFC \d+, section \d|BR \d|Mozilla Root Store Policy, section \d)/);
    }
  });
  for (const { id, chain, roots, crl, hostname, clock, profile } of CASES) {
    test(`describes the problems of ${id} as verifyChain() returns them`, async () => {
      const trust = await TrustStore.from(roots);
      const { problems } = await verifyChain(chain, { trust, hostname, crls: crl, profile, now: new Date(clock) });
      for (const { rule, code, flag, message, reference } of problems) {
        const row = rules.find((one) => one.rule === rule);
        assert.ok(row && message.startsWith(row.text), `${rule}: ${message}`);
        assert.deepEqual(
          { code, flag: flag ?? 'NONE', reference },
          { code: row.code, flag: row.flag, reference: row.reference },
        );
      }
    });
  }
});

test('js/problem-codes.d.ts has the codes and flags of the rules', async () => {
  const types = readFileSync(PROBLEM_CODES, 'utf8');
  assert.equal(types, await currentProblemCodes(), 'run: node scripts/problem-codes.js');
  assert.ok(types.includes("  | 'ERR_TLS_CRL_NUMBER';") && types.includes("  | 'BADCRL_BAD_PK'"));
  assert.equal(readFileSync(inProject('dist', 'problem-codes.d.ts'), 'utf8'), types);
});

describe('LIMITS.md', () => {
  test('is what scripts/limits-doc.js writes', async () => {
    assert.equal(readFileSync(LIMITS_DOC, 'utf8'), await currentLimitsDoc(), 'run: node scripts/limits-doc.js');
  });
  test('has every limit of the core and of the package', async () => {
    const core = readFileSync(inProject('wasm/host/limits.def'), 'utf8');
    assert.equal(coreLimitsOf(core).flatMap(({ limits }) => limits).length, core.match(/^LIMIT\(/gm)?.length);
    const values = { ...(await import('../../js/limits.js')) };
    const found = packageLimitsOf(readFileSync(inProject('js/limits.js'), 'utf8'), values);
    assert.deepEqual(found.map(({ name }) => name).sort(), Object.keys(values).sort());
  });
});

describe('README.md', () => {
  const PAGE = 'Hello from the server.\n'.repeat(5000);
  const blocks = [...readme.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code);

  /**
   * Runs a module of the README unchanged, except that pagetls connects to a local server instead of example.org.
   * @param {string} code
   * @param {number} port
   */
  async function run(code, port) {
    const { hostname, files: paths, clock } = pki('good-p256');
    await mkdir(inProject('build'), { recursive: true });
    const directory = await mkdtemp(inProject('build', 'readme-')); // within the package, so that its own name resolves
    try {
      await writeFile(
        join(directory, 'pagetls.js'),
        `import { readFileSync } from 'node:fs';
        import * as pagetls from 'pagetls';
        export * from 'pagetls';
        const trust = await pagetls.TrustStore.from(readFileSync(${JSON.stringify(paths.roots)}));
        const transport = (address, more) => {
          if (address.hostname !== 'example.org' || address.port !== 443) throw new Error('another host');
          return pagetls.tcp()({ hostname: '127.0.0.1', port: ${port} }, more);
        };
        const here = { trust, transport, servername: '${hostname}', now: new Date('${clock}') };
        export const connect = (address, options) => pagetls.connect(address, { ...options, ...here });
        `,
      );
      const example = join(directory, 'example.mjs');
      await writeFile(example, code.replace("from 'pagetls'", "from './pagetls.js'"));
      return await new Promise((resolve) => {
        execFile(process.execPath, [example], { timeout: 60_000 }, (error, stdout, stderr) =>
          resolve({ code: error ? error.code : 0, stdout, stderr }),
        );
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  test('has a ten-line example that runs unchanged', async (t) => {
    const [, section] = /^## Ten lines\n([^]*?)^## /m.exec(readme) ?? [];
    assert.equal(section?.match(/^```js\n([^]*?)^```$/m)?.[1], blocks[0]);
    let request = '';
    const server = await startNodeTls(pki('good-p256'), { ALPNProtocols: ['http/1.1'] }, (socket) => {
      socket.setEncoding('utf8').on('data', (text) => {
        request += text;
        if (request.endsWith('\r\n\r\n')) socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${PAGE}`);
      });
    });
    t.after(() => server.close());
    const { code, stdout, stderr } = await run(blocks[0], server.port);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.match(request, /^GET \/ HTTP\/1\.1\r\nHost: example\.org\r\n/);
    assert.match(stdout, /^TLSv1\.3 TLS_\w+ \[/);
    assert.match(stdout, /CN=good-p256\.pagetls\.test/);
    const counted = [...stdout.matchAll(/^(\d+) bytes$/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    assert.equal(counted, PAGE.length + 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'.length);
  });
  test('has no other module, which would not be tested', () => {
    assert.equal(blocks.filter((code) => /^import /m.test(code)).length, 1);
  });
  test('can import the package by its name', async () => {
    assert.equal(await import('pagetls').then((module) => module.connect), connect);
  });
});

test('the examples in API.md for protocols that start in plaintext run unchanged', async (t) => {
  const api = readFileSync(inProject('API.md'), 'utf8');
  const [section] = /^### Protocols that start in plaintext\n[^]*?^## /m.exec(api) ?? [''];
  const examples = [...section.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code);
  const { files, hostname, clock } = pki('good-p256');
  const [key, cert] = [readFileSync(files.key), readFileSync(files.chain)];
  const requests = [Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), Buffer.from('TLS\n')];
  /** @type {Buffer[]} */
  const received = [];
  const server = createServer((raw) => {
    raw
      .on('error', () => {})
      .once('data', (request) => {
        received.push(request);
        raw.write('S');
        new TLSSocket(raw, { isServer: true, key, cert }).on('error', () => {}).end('ready for query');
      });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const bridge = await startBridge({ allowTargets: [`127.0.0.1:${port}`], allowMissingOrigin: true });
  t.after(() => bridge.close());
  const directory = await mkdtemp(inProject('build', 'api-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const criteria = `trust, now, servername: '${hostname}'`;
  const changes = [
    [
      ["'db.example'", `'127.0.0.1:${port}'`],
      ["starttls: 'postgres'", `starttls: 'postgres', ${criteria}`],
    ],
    [
      ["'host.example:7000'", `'127.0.0.1:${port}'`],
      ['wss://bridge.example/', bridge.url],
      ['startTls()', `startTls({ ${criteria} })`],
    ],
  ];
  assert.equal(examples.length, changes.length);
  for (const [at, code] of examples.entries()) {
    let script = code;
    for (const [before, after] of changes[at]) {
      assert.ok(script.includes(before), before);
      script = script.replace(before, after);
    }
    const example = join(directory, `example-${at}.mjs`);
    await writeFile(
      example,
      `import { readFileSync } from 'node:fs';
      import { connect, TrustStore } from 'pagetls';
      const trust = await TrustStore.from(readFileSync(${JSON.stringify(files.roots)}));
      const now = new Date('${clock}');
      ${script}
      console.log(new TextDecoder().decode(await socket.read()));
      await socket.close();`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [example], { timeout: 60_000 });
    assert.equal(stdout, 'ready for query\n');
    assert.deepEqual(received[at], requests[at]);
  }
});

/** Codes that Node's tls has, and our drop-in for it too. */
const CODES_OF_NODE = ['ERR_TLS_CERT_ALTNAME_INVALID'];

describe('every document', () => {
  for (const { path, text } of documents) {
    test(`${path}: names only existing error codes`, () => {
      const errorsDoc = readFileSync(ERRORS_DOC, 'utf8');
      for (const [code] of proseOf(text).matchAll(/\bERR_TLS_[A-Z_]*[A-Z]\b(?!…)/g)) {
        assert.ok(CODES_OF_NODE.includes(code) || errorsDoc.includes(`\`${code}\``), code);
      }
    });
    test(`${path}: names only existing npm scripts`, () => {
      const { scripts } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
      for (const [, name] of text.matchAll(/\bnpm run ([a-z:-]+)/g)) {
        assert.ok(Object.hasOwn(scripts, name), name);
      }
    });
  }
});
