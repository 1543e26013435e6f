/** Rules of node:net, node:tls and OpenSSL that the drop-ins follow, against these on many inputs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import nodeNet from 'node:net';
import { describe, test } from 'node:test';
import nodeTls from 'node:tls';
import { readALPN } from '../../dist/node/alpn.js';
import { readAddress, readArguments } from '../../dist/node/net-arguments.js';
import net from '../../dist/node/net.js';
import { getCiphers, readCiphers } from '../../dist/node/openssl-ciphers.js';
import { valuesOf } from '../../dist/node/secure-context.js';
import { PASSED_OVER, REJECTED } from '../../dist/node/socket-options.js';
import tls from '../../dist/node/tls.js';
import { inProject } from '../../scripts/run.js';
import { pemBlocks, pki } from '../helpers/pki.js';

const good = pki('good-p256');

/** The same numbers at every run. */
function* numbers(seed = 1) {
  for (let state = seed; ;) {
    state = (state * 48271) % 0x7fffffff;
    yield state;
  }
}
const source = numbers();
const below = (/** @type {number} */ limit) => /** @type {number} */ (source.next().value) % limit;
/** @template T @param {readonly T[]} list @returns {T} */
const oneOf = (list) => list[below(list.length)];
/** @param {readonly string[]} parts @param {number} most @param {string} separator */
const text = (parts, most, separator) => Array.from({ length: 1 + below(most) }, () => oneOf(parts)).join(separator);

/** @param {() => any} call @returns {unknown} */
function outcome(call) {
  try {
    const value = call();
    return value instanceof Error ? { .../** @type {any} */ (value), cert: undefined, message: value.message } : value;
  } catch (error) {
    return /** @type {{code: string}} */ (error).code;
  }
}

test('what an IP address is, for 20,000 texts', () => {
  const parts = [
    '1',
    '12',
    '255',
    '256',
    '0',
    '00',
    'f',
    'abcd',
    '12345',
    '',
    '1.2.3.4',
    '1.2.3',
    'g',
    '%1',
    '%',
    '%a b',
  ];
  for (let i = 0; i < 20_000; i++) {
    const address = text(parts, 9, oneOf([':', '.', ':', '::']));
    assert.deepEqual(
      [address, net.isIP(address), net.isIPv4(address), net.isIPv6(address)],
      [address, nodeNet.isIP(address), nodeNet.isIPv4(address), nodeNet.isIPv6(address)],
    );
  }
});

test('whether a certificate is for a name, for 20,000 of both', () => {
  const labels = [
    'a',
    'b',
    'A',
    '*',
    'a*',
    '*a',
    'a*b',
    '**',
    'xn--a',
    'xn--*',
    '',
    'ab',
    'a b',
    'com',
    'axb',
    '1',
    'é',
  ];
  const kinds = ['DNS:', 'DNS:', 'DNS:', 'IP Address:', 'URI:', 'email:', ''];
  const plain = labels.filter((label) => !/["\\]/.test(label));
  for (let i = 0; i < 20_000; i++) {
    const name = () => text(plain, 4, '.') + oneOf(['', '', '.']);
    const entry = () => {
      const value = oneOf([name(), name(), '10.0.0.1', '::1', '0:0:0:0:0:0:0:1', 'a, DNS:a.b.com', 'a"b']);
      return oneOf(kinds) + (/[",]/.test(value) && below(8) > 0 ? JSON.stringify(value) : value);
    };
    const subjectaltname = oneOf([undefined, '', Array.from({ length: 1 + below(3) }, entry).join(', ')]);
    const subject = oneOf([{}, { CN: name() }, { CN: [name(), name()] }, { CN: '' }]);
    const host = oneOf([name(), name(), '10.0.0.1', '::1', '::0:1', 'a.b.com']);
    const certificate = /** @type {any} */ ({ subject, subjectaltname });
    assert.deepEqual(
      [host, certificate, outcome(() => tls.checkServerIdentity(host, certificate))],
      [host, certificate, outcome(() => nodeTls.checkServerIdentity(host, certificate))],
    );
  }
});

describe('cipher strings', () => {
  /** OpenSSL's names of the suites of TLS 1.2 that pagetls has, by IANA's. */
  const iana = new Map(
    getCiphers()
      .filter((name) => !name.startsWith('tls_'))
      .map((name) => [readCiphers(name.toUpperCase()).ciphers.at(-1), name.toUpperCase()]),
  );
  /** @param {string} string */
  function ofOpenssl(string) {
    try {
      const list = execFileSync('openssl', ['ciphers', '-tls1_2', '-s', `${string}:@SECLEVEL=0`], { stdio: 'pipe' });
      return String(list)
        .trim()
        .split(':')
        .filter((name) => [...iana.values()].includes(name))
        .sort();
    } catch {
      return [];
    }
  }
  /** @param {string} string */
  function ofOurs(string) {
    try {
      const { ciphers } = readCiphers(string);
      return ciphers.flatMap((name) => iana.get(name) ?? []).sort();
    } catch (error) {
      assert.equal(/** @type {{code: string}} */ (error).code, 'ERR_SSL_NO_CIPHER_MATCH');
      return [];
    }
  }

  test('select the same suites as OpenSSL', () => {
    const words = [
      ...[
        'ECDHE',
        'AESGCM',
        'CHACHA20',
        'AES128',
        'AES256',
        'aRSA',
        'aECDSA',
        'ECDSA',
        'HIGH',
        'ALL',
        'RSA',
        'AESCCM',
        'AES',
      ],
      ...[
        'ECDHE-RSA-AES128-GCM-SHA256',
        'ECDHE-ECDSA-CHACHA20-POLY1305',
        'kRSA',
        'SHA256',
        'MD5',
        'eNULL',
        'TLSv1.2',
        'DEFAULT',
      ],
      ...['AES256-SHA', 'kECDHE', 'NONSENSE', 'EECDH', 'PSK', 'LOW'],
    ];
    for (let i = 0; i < 200; i++) {
      const string = Array.from(
        { length: 1 + below(5) },
        (_, at) => `${at === 0 ? '' : oneOf(['', '', '!', '-', '+'])}${text(words, 2, '+')}`,
      ).join(':');
      assert.deepEqual([string, ofOurs(string)], [string, ofOpenssl(string)]);
    }
  });

  test('of Node and of Mozilla work', () => {
    for (const string of [
      nodeTls.DEFAULT_CIPHERS,
      tls.DEFAULT_CIPHERS,
      'HIGH:!aNULL:!MD5',
      'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256',
      'DEFAULT@SECLEVEL=1',
      'ALL:@STRENGTH',
    ]) {
      assert.ok(ofOurs(string).length > 0, string);
    }
  });

  test('that ask for a security level which pagetls has not are errors', () => {
    assert.throws(() => readCiphers('HIGH:@SECLEVEL=3'), {
      code: 'ERR_TLS_INVALID_OPTION',
      message: /security level 3/,
    });
  });

  test('without suites of TLS 1.2 leave TLS 1.3', () => {
    assert.deepEqual(readCiphers('TLS_AES_128_GCM_SHA256'), {
      ciphers: ['TLS_AES_128_GCM_SHA256'],
      minVersion: 'TLSv1.3',
    });
  });
});

describe('options', () => {
  test('of the types of Node are read, rejected or passed over', () => {
    const types = ['tls', 'net'].map((name) =>
      readFileSync(inProject(`node_modules/@types/node/${name}.d.ts`), 'utf8'),
    );
    const names = new Set(
      [
        ...['ConnectionOptions', 'SecureContextOptions', 'CommonConnectionOptions', 'TLSSocketOptions'],
        ...[
          'TcpSocketConnectOpts',
          'SocketConstructorOpts',
          'ConnectOpts',
          'IpcSocketConnectOpts',
          'TcpNetConnectOpts',
        ],
      ].flatMap((type) =>
        types.flatMap((declarations) => {
          const [, body = ''] = new RegExp(`interface ${type}\\b[^{]*\\{([^]*?)\\n {4}\\}`).exec(declarations) ?? [];
          return [...body.matchAll(/^ {8}(\w+)\??[:(]/gm)].map(([, name]) => name);
        }),
      ),
    );
    assert.ok(names.size > 40, [...names].join());
    const read = [
      ...[
        'ca',
        'cert',
        'key',
        'pfx',
        'passphrase',
        'crl',
        'ciphers',
        'ecdhCurve',
        'sigalgs',
        'minVersion',
        'maxVersion',
      ],
      ...['secureProtocol', 'secureOptions', 'secureContext', 'servername', 'ALPNProtocols', 'checkServerIdentity'],
      ...['rejectUnauthorized', 'socket', 'host', 'port', 'localAddress', 'localPort', 'family', 'timeout', 'signal'],
      ...['keepAlive', 'keepAliveInitialDelay', 'allowHalfOpen'],
    ];
    const known = [...read, ...Object.keys(REJECTED), ...PASSED_OVER];
    assert.deepEqual(
      [...names].filter((name) => !known.includes(name)),
      [],
    );
    assert.equal(new Set(known).size, known.length, 'each in one list');
  });

  test('that cannot be honoured are errors, wherever they are passed', () => {
    for (const name of Object.keys(REJECTED)) {
      const options = /** @type {any} */ ({
        host: '127.0.0.1',
        port: 1,
        [name]: name === 'path' ? '/tmp/socket' : true,
      });
      const expected = { code: 'ERR_TLS_INVALID_OPTION', message: new RegExp(`^The option ${name} `) };
      assert.throws(() => net.connect(options), expected);
      assert.throws(() => new net.Socket(options), expected);
      assert.throws(() => tls.connect(options), expected);
      assert.throws(() => tls.createSecureContext(options), expected);
    }
    assert.throws(() => net.connect(/** @type {any} */ ('/tmp/socket')), {
      message: /^The option path is for Unix sockets/,
    });
    for (const value of [undefined, null, false]) {
      assert.ok(tls.createSecureContext(/** @type {any} */ ({ pskCallback: value, trust: value })));
    }
  });

  test('of contexts are options of connect()', () => {
    const of = (/** @type {object} */ options) => valuesOf(tls.createSecureContext(options)).connect;
    const versions = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' };
    assert.deepEqual(of({}), versions);
    assert.deepEqual(of({ ecdhCurve: 'auto', minVersion: 'TLSv1', ca: '', cert: null, key: undefined }), versions);
    assert.deepEqual(of({ ecdhCurve: 'X448:P-521:prime256v1:P-256' }).groups, ['P-521', 'prime256v1']);
    assert.deepEqual(
      of({ sigalgs: 'ed448:RSA+SHA256:RSA-PSS+SHA384:ECDSA+SHA512:ed25519:RSA+SHA1' }).signatureAlgorithms,
      [...['rsa_pkcs1_sha256', 'rsa_pss_rsae_sha384', 'ecdsa_secp521r1_sha512', 'ed25519']],
    );
    assert.equal(of({ secureOptions: 0x20000000 }).maxVersion, 'TLSv1.2'); // SSL_OP_NO_TLSv1_3
    assert.equal(of({ secureOptions: 0x08000000 }).minVersion, 'TLSv1.3'); // SSL_OP_NO_TLSv1_2
    for (const wrong of [
      ...[{ ecdhCurve: 'X448' }, { sigalgs: 'RSA+SHA1' }, { maxVersion: 'TLSv1.1' }, { secureOptions: 0x28000000 }],
      ...[{ cert: good.chain }, { key: good.key }, { ciphers: 'AES128', minVersion: 'TLSv1.3', maxVersion: 'TLSv1' }],
    ]) {
      assert.throws(() => of(wrong), { code: 'ERR_TLS_INVALID_OPTION' }, JSON.stringify(wrong));
    }
    const bytes = Buffer.from(good.chain);
    const kept = of({ cert: bytes, key: good.key });
    bytes.fill(0);
    assert.equal(Buffer.from(/** @type {any} */ (kept.cert)[0]).toString(), good.chain, 'a copy');
  });

  test('of protocols, in each form', () => {
    assert.deepEqual(readALPN(['h2', Buffer.from('x')]), ['h2', 'x']);
    assert.deepEqual(readALPN(Buffer.from('\x02h2\x01x')), ['h2', 'x']);
    assert.throws(() => readALPN([Buffer.from([0xff])]), { code: 'ERR_INVALID_ARG_VALUE' });
    assert.throws(() => readALPN('h2'), { code: 'ERR_INVALID_ARG_TYPE' });
  });

  test('that somebody added to Object.prototype are ignored', () => {
    Object.assign(Object.prototype, { path: '/tmp/socket', port: 1 });
    try {
      assert.throws(() => readAddress(readArguments([{ host: 'a' }]).options), { code: 'ERR_MISSING_ARGS' });
    } finally {
      for (const name of ['path', 'port']) delete (/** @type {any} */ (Object.prototype)[name]);
    }
  });
});

test('rootCertificates are the roots of the package, as PEM texts', async () => {
  const { rootCertificates } = tls;
  assert.ok(Array.isArray(rootCertificates));
  assert.ok(rootCertificates.length > 100);
  assert.deepEqual(pemBlocks(rootCertificates.join('\n')).length, rootCertificates.length);
  assert.equal(new Set(rootCertificates).size, rootCertificates.length);
  const base64 = (/** @type {string} */ pem) => pem.replace(/-----[^-]+-----|\s/g, '');
  const ours = new Set(rootCertificates.map(base64));
  const common = nodeTls.rootCertificates.filter((one) => ours.has(base64(one)));
  assert.ok(common.length > 80, `${common.length} of Node's`);
  assert.equal(await tls.loadRootCertificates(), rootCertificates);
  assert.throws(() => /** @type {any} */ (rootCertificates).push('x'), TypeError);
  assert.deepEqual([...rootCertificates, 'x'].length, rootCertificates.length + 1);
});

test('servers throw', () => {
  const expected = { code: 'ERR_TLS_INVALID_OPTION', message: /has no servers/ };
  for (const module of [net, tls]) {
    assert.throws(() => module.createServer(), expected);
    assert.throws(() => new module.Server(), expected);
  }
});
