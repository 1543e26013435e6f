/** `npm run check` reports files that depend on files they must not depend on. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { dependencyViolations } from '../../scripts/dependency-rules.js';
import { inProject } from '../../scripts/run.js';

let folder = '';
/** A source of Mbed TLS with two empty headers: only their names matter. */
let mbedtls = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagetls-dependencies-'));
  for (const part of ['wasm', 'js', 'messages', 'inspector/src']) {
    cpSync(inProject(part), join(folder, part), { recursive: true });
  }
  mbedtls = join(folder, 'build/mbedtls');
  for (const header of ['include/mbedtls/ssl.h', 'library/ssl_misc.h']) append(join('build/mbedtls', header), '');
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} path @param {string} text appended; creates the file if necessary */
function append(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  appendFileSync(join(folder, path), `${text}\n`);
}

/**
 * @param {Record<string, string>} added lines to append, by file
 * @returns {string[]} the violations in the copy with these lines
 */
function violationsWith(added) {
  const undo = Object.keys(added).map((path) => {
    const file = join(folder, path);
    try {
      const text = readFileSync(file);
      return () => writeFileSync(file, text);
    } catch {
      return () => rmSync(file);
    }
  });
  try {
    for (const [path, text] of Object.entries(added)) append(path, text);
    return dependencyViolations(folder, mbedtls);
  } finally {
    for (const restore of undo) restore();
  }
}

/** @param {[string, Record<string, string>, RegExp][]} cases name, lines to append, and the violation they cause */
function testViolations(cases) {
  for (const [name, added, pattern] of cases) {
    test(name, () => {
      const violations = violationsWith(added);
      assert.ok(
        violations.some((text) => pattern.test(text)),
        `nothing matches ${pattern}: ${violations.join('\n')}`,
      );
    });
  }
}

test('the sources have no violations', () => {
  assert.deepEqual(dependencyViolations(folder, mbedtls), []);
});

test('comments, strings, JSDoc types and calls to functions that Mbed TLS implements do not count', () => {
  const added = {
    'wasm/host/heap.c':
      '/* #include "tls/queue.h" */ // pagetls_queue_free(\nstatic const char *s = "pagetls_queue_free(";',
    'wasm/verify/rules.c':
      'static int f(void) { return pagetls_signature_verify(0, 0, 0, 0) + pagetls_sha256(0, 0, 0); }',
    'js/errors.js':
      "/** @typedef {import('./socket.js').TLSSocket} S */\n/**\n * @type {import('../test/x.js').X}\n */ // in Deno",
  };
  assert.deepEqual(violationsWith(added), []);
});

describe('dependencyViolations() reports in wasm/', () => {
  /** @type {[string, string, string][]} */
  const cases = [
    ['wasm/host/heap.c', 'x509/der.h', 'host/ may use no other folder'],
    ['wasm/x509/pem.c', 'crypto/digest.h', 'x509/ may use only host/'],
    ['wasm/x509/pem.h', 'verify/path.h', 'x509/ may use only host/'],
    ['wasm/crypto/gcm.c', 'x509/der.h', 'crypto/ may use only host/'],
    ['wasm/verify/path.c', 'describe/json.h', 'verify/ may use only x509/, host/ and crypto/'],
    ['wasm/verify/path.c', 'mbedtls/hooks.h', 'verify/ may use only x509/, host/ and crypto/'],
    ['wasm/describe/json.c', 'tls/queue.h', 'describe/ may use only verify/, x509/, host/ and crypto/'],
    ['wasm/mbedtls/hooks.c', 'describe/json.h', 'mbedtls/ may use only identity/, verify/, x509/, crypto/ and host/'],
    ['wasm/mbedtls/hooks.h', 'tls/queue.h', 'mbedtls/ may use only identity/, verify/, x509/, crypto/ and host/'],
    ['wasm/x509/oid.h', 'pagetls.h', 'x509/ must not include pagetls.h'],
    ['wasm/crypto/aes.h', 'pagetls.h', 'crypto/ must not include pagetls.h'],
    ['wasm/host/heap.h', 'errors.def', 'only pagetls.h may include errors.def'],
    ['wasm/pagetls.h', 'x509/der.h', 'pagetls.h may include only C headers and errors.def'],
    ['wasm/x509/oid.c', 'x509/der.c', '.c files must not be included'],
    ['wasm/tls/queue.c', 'crypto/field.inc', '.inc files may be included only from their own folder'],
    ['wasm/x509/oid.c', 'der.h', 'include it by its path from wasm/: x509/der.h'],
    ['wasm/x509/oid.c', '../verify/path.h', 'include it by its path from wasm/: verify/path.h'],
    ['wasm/crypto/gcm.c', 'gcm_alt.h', 'include it by its path from wasm/: mbedtls/gcm_alt.h'],
  ];
  testViolations(
    cases.map(([path, name, rule]) => [
      `${path} including ${name}`,
      { [path]: `#include "${name}"` },
      new RegExp(`^${path}:\\d+ includes ${name}: ${rule}$`),
    ]),
  );
  testViolations([
    [
      'a call without an include',
      { 'wasm/host/heap.c': 'int f(void)\n{\n    return pagetls_certificate_read(0, 0, 0, 0);\n}' },
      /^wasm\/host\/heap\.c:\d+ calls pagetls_certificate_read\(\) in x509\/certificate_reader\.c: host\/ may use no other folder$/,
    ],
    [
      'a call in a macro',
      { 'wasm/host/heap.h': '#define F() \\\n    pagetls_queue_free(0)' },
      /^wasm\/host\/heap\.h:\d+ calls pagetls_queue_free\(\) in tls\/queue\.c/,
    ],
    [
      'an #include of a macro',
      { 'wasm/host/heap.c': '#include CONFIG' },
      /includes CONFIG: #include must name a file$/,
    ],
    ['a file outside the folders of wasm/', { 'wasm/more.c': '' }, /^wasm\/more\.c is in no known folder/],
    ['an unknown folder', { 'wasm/x509/more/file.h': '' }, /^wasm\/x509\/more\/file\.h is in no known folder/],
  ]);
});

describe('dependencyViolations() reports for headers of Mbed TLS and the system', () => {
  const elsewhere = 'only mbedtls/ and tls/ may include headers of Mbed TLS';
  /** @type {[string, string, string][]} */
  const cases = [
    ['wasm/host/heap.c', '"mbedtls/platform_util.h"', elsewhere],
    ['wasm/x509/pem.c', '"mbedtls/base64.h"', elsewhere],
    ['wasm/verify/path.c', '"mbedtls/pk.h"', elsewhere],
    ['wasm/verify/path.c', '<mbedtls/pk.h>', elsewhere],
    ['wasm/describe/json.c', '"psa/crypto.h"', elsewhere],
    ['wasm/crypto/aes.h', '"common.h"', elsewhere],
    ['wasm/tls/queue.c', '"mbedtls/x509_crt.h"', 'the only headers of Mbed TLS allowed in tls/ are .*'],
    ['wasm/tls/queue.c', '"ssl_misc.h"', 'the only headers of Mbed TLS allowed in tls/ are .*'],
    ['wasm/host/heap.c', '<unistd.h>', 'the only system headers allowed are .*; host/ provides everything else'],
    ['wasm/crypto/gcm.c', '<wasm_simd128.h>', 'the only system headers allowed are .*; host/ provides everything else'],
  ];
  testViolations(
    cases.map(([path, name, rule]) => [
      `${path} including ${name}`,
      { [path]: `#include ${name}` },
      new RegExp(`^${path}:\\d+ includes ${name.slice(1, -1)}: ${rule}$`),
    ]),
  );
  testViolations([
    [
      'access to private members',
      { 'wasm/tls/queue.c': '#define MBEDTLS_ALLOW_PRIVATE_ACCESS' },
      /^wasm\/tls\/queue\.c:\d+ uses MBEDTLS_ALLOW_PRIVATE_ACCESS: /,
    ],
    [
      'the name of a private member',
      { 'wasm/tls/queue.c': 'int f(int *ssl) { return ssl->MBEDTLS_PRIVATE(state); }' },
      /^wasm\/tls\/queue\.c:\d+ uses MBEDTLS_PRIVATE: /,
    ],
    [
      'a file that shadows a public header',
      { 'wasm/mbedtls/ssl.h': '' },
      /^wasm\/mbedtls\/ssl\.h shadows a header of Mbed TLS/,
    ],
    [
      'a file that shadows an internal header',
      { 'wasm/mbedtls/ssl_misc.h': '' },
      /^wasm\/mbedtls\/ssl_misc\.h shadows a header of Mbed TLS/,
    ],
  ]);
});

describe('dependencyViolations() reports in js/ the name of a platform:', () => {
  const cases = ['process.versions.node', 'globalThis.process?.version', 'globalThis.Deno', 'navigator.userAgent'];
  testViolations(
    cases.map((text) => [
      text,
      { 'js/bytes.js': `// by name:\nexport const isNode = ${text};` },
      /^js\/bytes\.js:\d+ names /,
    ]),
  );
});

describe('dependencyViolations() reports a cycle of', () => {
  testViolations([
    [
      'two headers',
      { 'wasm/x509/der.h': '#include "x509/oid.h"' },
      /^cycle of 2 files:\n {2}wasm\/x509\/(der|oid)\.h:\d+ includes x509\/(der|oid)\.h\n {2}wasm\/x509\/(der|oid)\.[ch]:\d+ /,
    ],
    [
      'files that call back',
      { 'wasm/x509/der.c': 'int f(void)\n{\n    return pagetls_extension_from_oid((pagetls_slice) { 0, 0 });\n}' },
      /^cycle of \d files:[^]*wasm\/x509\/der\.c:\d+ calls pagetls_extension_from_oid\(\) in x509\/extensions\.c/,
    ],
    [
      'modules',
      { 'js/native-errors.js': "import { coreError } from './core-error.js';" },
      /^cycle of 2 files:[^]*js\/native-errors\.js:\d+ imports js\/core-error\.js/,
    ],
    [
      'messages',
      {
        'messages/flags.js': "export {\n  fixOf,\n} from './problems.js';",
        'messages/problems.js': "import './flags.js';",
      },
      /^cycle of 2 files:[^]*messages\/flags\.js:\d+ imports messages\/problems\.js/,
    ],
  ]);
});

describe('dependencyViolations() reports in JavaScript', () => {
  /** @type {[string, string, string, string][]} */
  const cases = [
    ['js/engine.js', "import { TLSSocket } from './socket.js';", 'js/socket.js', "layer 'engine' may use only .*"],
    ['js/wasm.js', "import { Engine } from './engine.js';", 'js/engine.js', "layer 'wasm' may use only .*"],
    [
      'js/socket.js',
      "import { readConnectOptions } from './options.js';",
      'js/options.js',
      "layer 'socket' may use only .*",
    ],
    ['js/transports/tcp.js', "import '../wasm.js';", 'js/wasm.js', "layer 'transports' may use only .*"],
    ['js/engine.js', "const f = () => import('./cli.js');", 'js/cli.js', "layer 'engine' may use only .*"],
    [
      'js/pump.js',
      "export * from '../messages/alerts.js';",
      'messages/alerts.js',
      "layer 'connection' may use only .*",
    ],
    [
      'js/cli.js',
      "import { a } from '../certs/keys.js';",
      'certs/keys.js',
      'js/ may import only from js/ and messages/',
    ],
    ['js/cli.js', "import {\n  a,\n} from '../test/a.js';", 'test/a.js', 'js/ may import only from js/ and messages/'],
    [
      'messages/alerts.js',
      "import { a } from '../js/errors.js';",
      'js/errors.js',
      'messages/ may import only from messages/',
    ],
    [
      'inspector/src/lab.js',
      "import '../../certs/keys.js';",
      'certs/keys.js',
      'inspector/src/ may import only from .*',
    ],
    [
      'inspector/src/lab.js',
      "import '../../test/helpers/a.js';",
      'test/helpers/a.js',
      'inspector/src/ may import only from .*',
    ],
    ['inspector/src/lab.js', "import '../../js/index.js';", 'js/index.js', 'inspector/src/ may import only from .*'],
  ];
  testViolations(
    cases.map(([path, text, target, rule]) => [
      `${path} importing ${target}`,
      { [path]: text },
      new RegExp(`^${path}:\\d+ imports ${target}: ${rule}$`),
    ]),
  );
  testViolations([['a module without a layer', { 'js/more.js': '' }, /^js\/more\.js belongs to no layer/]]);
});
