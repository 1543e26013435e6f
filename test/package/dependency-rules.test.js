/** That `npm run check` says so when a file knows another that it must not know. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { dependencyViolations } from '../../scripts/dependency-rules.js';
import { inProject } from '../../scripts/run.js';

let folder = '';
/** Names of headers are all that is looked at. */
let mbedtls = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagetls-arrows-'));
  for (const part of ['wasm', 'js', 'messages', 'inspector/src']) {
    cpSync(inProject(part), join(folder, part), { recursive: true });
  }
  mbedtls = join(folder, 'build/mbedtls');
  for (const header of ['include/mbedtls/ssl.h', 'library/ssl_misc.h']) write(join('build/mbedtls', header), '');
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} path @param {string} text added to the end, or all of a new file */
function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  appendFileSync(join(folder, path), `${text}\n`);
}

/**
 * @param {Record<string, string>} added lines by file
 * @returns {string[]} what the copy with these lines has against it
 */
function faultsWith(added) {
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
    for (const [path, text] of Object.entries(added)) write(path, text);
    return dependencyViolations(folder, mbedtls);
  } finally {
    for (const restore of undo) restore();
  }
}

/** @param {[string, Record<string, string>, RegExp][]} cases what is added, and the fault that it makes */
function rejects(cases) {
  for (const [name, added, fault] of cases) {
    test(`${name} is a fault`, () => {
      const faults = faultsWith(added);
      assert.ok(
        faults.some((text) => fault.test(text)),
        `${fault} is not among: ${faults.join('\n')}`,
      );
    });
  }
}

test('the sources have no fault', () => {
  assert.deepEqual(dependencyViolations(folder, mbedtls), []);
});

test('comments, strings, types of JSDoc, and calls of what Mbed TLS is asked for are no arrows', () => {
  const added = {
    'wasm/host/heap.c':
      '/* #include "tls/queue.h" */ // pagetls_queue_free(\nstatic const char *s = "pagetls_queue_free(";',
    'wasm/verify/rules.c':
      'static int f(void) { return pagetls_signature_verify(0, 0, 0, 0) + pagetls_sha256(0, 0, 0); }',
    'js/errors.js':
      "/** @typedef {import('./socket.js').TLSSocket} S */\n/**\n * @type {import('../test/x.js').X}\n */",
  };
  assert.deepEqual(faultsWith(added), []);
});

describe('between the rooms of wasm/', () => {
  /** @type {[string, string, string][]} */
  const arrows = [
    ['wasm/host/heap.c', 'x509/der.h', 'host/ may use no other room'],
    ['wasm/x509/pem.c', 'crypto/digest.h', 'x509/ may use host/'],
    ['wasm/x509/pem.h', 'verify/path.h', 'x509/ may use host/'],
    ['wasm/crypto/gcm.c', 'x509/der.h', 'crypto/ may use host/'],
    ['wasm/verify/path.c', 'describe/json.h', 'verify/ may use x509/, host/ and crypto/'],
    ['wasm/verify/path.c', 'mbedtls/hooks.h', 'verify/ may use x509/, host/ and crypto/'],
    ['wasm/describe/json.c', 'tls/queue.h', 'describe/ may use verify/, x509/, host/ and crypto/'],
    ['wasm/mbedtls/hooks.c', 'describe/json.h', 'mbedtls/ may use verify/, x509/, crypto/ and host/'],
    ['wasm/mbedtls/hooks.h', 'tls/queue.h', 'mbedtls/ may use verify/, x509/, crypto/ and host/'],
    ['wasm/x509/oid.h', 'pagetls.h', 'x509/ has nothing to do with the boundary'],
    ['wasm/crypto/aes.h', 'pagetls.h', 'crypto/ has nothing to do with the boundary'],
    ['wasm/host/heap.h', 'errors.def', 'the codes come with pagetls.h alone'],
    ['wasm/pagetls.h', 'x509/der.h', 'the boundary is made of nothing but C and its codes'],
    ['wasm/x509/oid.c', 'x509/der.c', 'a .c file is compiled, not included'],
    ['wasm/tls/queue.c', 'crypto/field.inc', 'an .inc file is of its own room alone'],
    ['wasm/x509/oid.c', 'der.h', 'a file of ours is included by its path from wasm/, x509/der.h'],
    ['wasm/x509/oid.c', '../verify/path.h', 'a file of ours is included by its path from wasm/, verify/path.h'],
    ['wasm/crypto/gcm.c', 'gcm_alt.h', 'a file of ours is included by its path from wasm/, mbedtls/gcm_alt.h'],
  ];
  rejects(
    arrows.map(([path, name, rule]) => [
      `${path} including ${name}`,
      { [path]: `#include "${name}"` },
      new RegExp(`^${path}:\\d+ includes ${name}: ${rule}$`),
    ]),
  );
  rejects([
    [
      'a call without an include',
      { 'wasm/host/heap.c': 'int f(void)\n{\n    return pagetls_certificate_read(0, 0, 0, 0);\n}' },
      /^wasm\/host\/heap\.c:\d+ calls pagetls_certificate_read\(\) of x509\/certificate_reader\.c: host\/ may use no/,
    ],
    [
      'a call in a macro',
      { 'wasm/host/heap.h': '#define F() \\\n    pagetls_queue_free(0)' },
      /^wasm\/host\/heap\.h:\d+ calls pagetls_queue_free\(\) of tls\/queue\.c/,
    ],
    [
      'an #include of a macro',
      { 'wasm/host/heap.c': '#include CONFIG' },
      /includes CONFIG: an #include names its file$/,
    ],
    ['a file in no room', { 'wasm/more.c': '' }, /^wasm\/more\.c is in no room/],
    ['a folder that is no room', { 'wasm/x509/more/file.h': '' }, /^wasm\/x509\/more\/file\.h is in no room/],
  ]);
});

describe('to Mbed TLS', () => {
  const elsewhere = 'no header of Mbed TLS but in mbedtls/, and its public calls in tls/';
  /** @type {[string, string, string][]} */
  const arrows = [
    ['wasm/host/heap.c', '"mbedtls/platform_util.h"', elsewhere],
    ['wasm/x509/pem.c', '"mbedtls/base64.h"', elsewhere],
    ['wasm/verify/path.c', '"mbedtls/pk.h"', elsewhere],
    ['wasm/verify/path.c', '<mbedtls/pk.h>', elsewhere],
    ['wasm/describe/json.c', '"psa/crypto.h"', elsewhere],
    ['wasm/crypto/aes.h', '"common.h"', elsewhere],
    ['wasm/tls/queue.c', '"mbedtls/x509_crt.h"', 'of Mbed TLS tls/ may include .* alone'],
    ['wasm/tls/queue.c', '"ssl_misc.h"', 'of Mbed TLS tls/ may include .* alone'],
    ['wasm/host/heap.c', '<unistd.h>', 'headers that are not ours are .*: anything else comes through host/'],
    ['wasm/crypto/gcm.c', '<wasm_simd128.h>', 'headers that are not ours are .*: anything else comes through host/'],
  ];
  rejects(
    arrows.map(([path, name, rule]) => [
      `${path} including ${name}`,
      { [path]: `#include ${name}` },
      new RegExp(`^${path}:\\d+ includes ${name.slice(1, -1)}: ${rule}$`),
    ]),
  );
  rejects([
    [
      'access to private members',
      { 'wasm/tls/queue.c': '#define MBEDTLS_ALLOW_PRIVATE_ACCESS' },
      /^wasm\/tls\/queue\.c:\d+ has MBEDTLS_ALLOW_PRIVATE_ACCESS: /,
    ],
    [
      'the name of a private member',
      { 'wasm/tls/queue.c': 'int f(int *ssl) { return ssl->MBEDTLS_PRIVATE(state); }' },
      /^wasm\/tls\/queue\.c:\d+ has MBEDTLS_PRIVATE: /,
    ],
    [
      'a public header hidden',
      { 'wasm/mbedtls/ssl.h': '' },
      /^wasm\/mbedtls\/ssl\.h has the name of a header of Mbed TLS/,
    ],
    [
      'an internal header hidden',
      { 'wasm/mbedtls/ssl_misc.h': '' },
      /^wasm\/mbedtls\/ssl_misc\.h has the name of a header of Mbed TLS/,
    ],
  ]);
});

describe('in a circle', () => {
  rejects([
    [
      'two headers',
      { 'wasm/x509/der.h': '#include "x509/oid.h"' },
      /^a circle of 2 files:\n {2}wasm\/x509\/(der|oid)\.h:\d+ includes x509\/(der|oid)\.h\n {2}wasm\/x509\/(der|oid)\.[ch]:\d+ /,
    ],
    [
      'a call back',
      { 'wasm/x509/der.c': 'int f(void)\n{\n    return pagetls_extension_from_oid((pagetls_slice) { 0, 0 });\n}' },
      /^a circle of \d files:[^]*wasm\/x509\/der\.c:\d+ calls pagetls_extension_from_oid\(\) of x509\/extensions\.c/,
    ],
    [
      'modules',
      { 'js/native-errors.js': "import { coreError } from './core-error.js';" },
      /^a circle of 2 files:[^]*js\/native-errors\.js:\d+ imports js\/core-error\.js/,
    ],
    [
      'messages',
      {
        'messages/flags.js': "export {\n  fixOf,\n} from './problems.js';",
        'messages/problems.js': "import './flags.js';",
      },
      /^a circle of 2 files:[^]*messages\/flags\.js:\d+ imports messages\/problems\.js/,
    ],
  ]);
});

describe('between modules', () => {
  /** @type {[string, string, string, string][]} */
  const arrows = [
    ['js/engine.js', "import { TLSSocket } from './socket.js';", 'js/socket.js', "the layer 'engine' may use .*"],
    ['js/wasm.js', "import { Engine } from './engine.js';", 'js/engine.js', "the layer 'wasm' may use errors"],
    ['js/socket.js', "import { readOptions } from './options.js';", 'js/options.js', "the layer 'socket' may use .*"],
    ['js/transports/tcp.js', "import '../wasm.js';", 'js/wasm.js', "the layer 'transports' may use errors, input and limits"],
    ['js/engine.js', "const f = () => import('./cli.js');", 'js/cli.js', "the layer 'engine' may use .*"],
    ['js/engine.js', "export * from '../messages/alerts.js';", 'messages/alerts.js', "the layer 'engine' may use .*"],
    [
      'js/cli.js',
      "import { a } from '../certs/keys.js';",
      'certs/keys.js',
      'js/ may import modules of js/ and messages/ alone',
    ],
    [
      'js/cli.js',
      "import {\n  a,\n} from '../test/a.js';",
      'test/a.js',
      'js/ may import modules of js/ and messages/ alone',
    ],
    [
      'messages/alerts.js',
      "import { a } from '../js/errors.js';",
      'js/errors.js',
      'messages/ may import modules of messages/ alone',
    ],
    [
      'inspector/src/lab.js',
      "import '../../certs/keys.js';",
      'certs/keys.js',
      'inspector/src/ may import modules of .* alone',
    ],
    [
      'inspector/src/lab.js',
      "import '../../test/helpers/a.js';",
      'test/helpers/a.js',
      'inspector/src/ may import modules of .* alone',
    ],
    [
      'inspector/src/lab.js',
      "import '../../js/index.js';",
      'js/index.js',
      'inspector/src/ may import modules of .* alone',
    ],
  ];
  rejects(
    arrows.map(([path, text, target, rule]) => [
      `${path} importing ${target}`,
      { [path]: text },
      new RegExp(`^${path}:\\d+ imports ${target}: ${rule}$`),
    ]),
  );
  rejects([['a module in no layer', { 'js/more.js': '' }, /^js\/more\.js is in no layer/]]);
});
