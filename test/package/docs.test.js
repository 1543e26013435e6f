/** What the documents say is so: codes, options, links, and the code in the README. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { CODES, connect, TrustStore, verifyChain } from '../../dist/index.js';
import { OPTION_CHECKS } from '../../js/options.js';
import { currentErrorsDoc, ERRORS_DOC, groupsOf, rulesOf } from '../../scripts/errors-doc.js';
import { coreLimitsOf, currentLimitsDoc, LIMITS_DOC, packageLimitsOf } from '../../scripts/limits-doc.js';
import { currentProblemCodes, PROBLEM_CODES } from '../../scripts/problem-codes.js';
import { inProject, root } from '../../scripts/run.js';
import { CASES, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

const SKIPPED = new Set(['node_modules', 'build', 'dist', '.git']);

/** @param {string} directory @returns {string[]} the files below it that are the project's own */
function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      return SKIPPED.has(entry.name) ? [] : filesBelow(path);
    }
    return entry.isFile() ? [path] : [];
  });
}

const files = filesBelow(root);
const documents = files.filter((path) => path.endsWith('.md'));
const readme = readFileSync(inProject('README.md'), 'utf8');

/** @param {string} path */
const named = (path) => relative(root, path);

/** @param {string} text without its blocks of code */
const prose = (text) => text.replace(/^```[^]*?^```$/gm, '');

/** GitHub's anchors of the headings. @param {string} text */
function anchorsOf(text) {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

/** @param {string} text @returns {string[][]} the cells of its tables' rows, the rules below the headings left out */
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
  test('has every code, with its meaning, once', () => {
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
  test('has every rule that a chain is judged by', () => {
    assert.equal(rules.length, source.match(/^ *RULE\(/gm)?.length);
    for (const { rule, code, flag, reference } of rules) {
      assert.match(code, /^ERR_TLS_(CERT|CRL)_[A-Z_]+$/);
      assert.match(flag, rule === 'PARSE' ? /^NONE$/ : /^BAD(CERT|CRL)_[A-Z_]+$/);
      assert.match(reference, /^(RFC \d+, section \d|BR \d)/);
    }
  });
  for (const { id, chain, roots, crl, hostname, clock, profile } of CASES) {
    test(`has the problems of ${id} as they are`, async () => {
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

test('the types of codes and flags are those of the rules', async () => {
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
   * Runs a module as the README has it. What it imports as pagetls is the package, except that connections
   * to the host that it names end at a server of this test.
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

  test('its ten lines run as they stand', async (t) => {
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
  test('has no other module that nobody runs', () => {
    assert.equal(blocks.filter((code) => /^import /m.test(code)).length, 1);
  });
  test('the name of the package leads to dist/', async () => {
    assert.equal(await import('pagetls').then((module) => module.connect), connect);
  });
  test('its table of options has exactly those that connect() takes', () => {
    const rows = rowsOf(readme);
    const start = rows.findIndex(([first, second]) => first === 'option' && second === 'default');
    assert.ok(start >= 0);
    /** @type {string[]} */
    const options = [];
    for (const [first] of rows.slice(start + 1)) {
      if (!/^`\w+`(, `\w+`)*$/.test(first)) break;
      options.push(...first.replaceAll('`', '').split(', '));
    }
    assert.deepEqual(options.sort(), Object.keys(OPTION_CHECKS).sort());
  });
});

describe('every document', () => {
  for (const path of documents) {
    const text = readFileSync(path, 'utf8');
    test(`${named(path)}: its links lead somewhere`, () => {
      for (const [, target] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [file, anchor] = target.split('#');
        const destination = file === '' ? path : join(dirname(path), file);
        assert.ok(existsSync(destination), target);
        if (anchor !== undefined) {
          assert.ok(anchorsOf(readFileSync(destination, 'utf8')).includes(anchor), target);
        }
      }
    });
    test(`${named(path)}: its error codes exist`, () => {
      const errorsDoc = readFileSync(ERRORS_DOC, 'utf8');
      for (const [code] of prose(text).matchAll(/\bERR_TLS_[A-Z_]*[A-Z]\b(?!…)/g)) {
        assert.ok(errorsDoc.includes(`\`${code}\``), code);
      }
    });
    test(`${named(path)}: the npm scripts that it names exist`, () => {
      const { scripts } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
      for (const [, name] of text.matchAll(/\bnpm run ([a-z:-]+)/g)) {
        assert.ok(Object.hasOwn(scripts, name), name);
      }
    });
  }
});

test('no file has a path of this machine in it', () => {
  const here = [`${root}/`, ...(homedir().length > 1 ? [`${homedir()}/`] : [])];
  const anywhere = new RegExp('/(?:home|Users|work)/[a-z]\\w+/');
  for (const path of files.filter((name) => /\.(md|js|mjs|json|c|h|def|py|txt|html|css|ya?ml|cfg)$/.test(name))) {
    const text = readFileSync(path, 'utf8');
    for (const place of here) {
      assert.ok(!text.includes(place), `${named(path)} has ${place}`);
    }
    assert.doesNotMatch(text, anywhere, named(path));
  }
});
