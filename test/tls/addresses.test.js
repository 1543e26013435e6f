/** The one parser of addresses, and every place that uses it: connect(), verifyChain(), transports, command line. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { certificateHost, formatAddress, isIPAddress, parseAddress, parseHost } from '../../dist/address.js';
import { connect, tcp, TLSError, TrustStore, verifyChain, websockify } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { subjectAltName } from '../../certs/extensions.js';
import { chain, NOW } from '../helpers/chains.js';
import { CLOCK, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/**
 * @param {() => unknown} call
 * @returns {Promise<TLSError>} what it throws, or rejects with
 */
async function errorOf(call) {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof TLSError, String(error));
    return error;
  }
  return assert.fail('no error');
}

describe('accepted addresses', () => {
  for (const [text, hostname, port = 443] of /** @type {[string, string, number?][]} */ ([
    ['example.org', 'example.org'],
    ['example.org:8443', 'example.org', 8443],
    ['EXAMPLE.org.:1', 'EXAMPLE.org.', 1],
    ['localhost', 'localhost'],
    ['127.0.0.1:65535', '127.0.0.1', 65535],
    ['127.0.0.1.', '127.0.0.1'],
    ['[::1]:443', '::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[::ffff:192.0.2.1]:1', '::ffff:192.0.2.1', 1],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['[FE80::1%25]:5', 'FE80::1%25', 5],
    ['[febf::1%br-0.100_x]', 'febf::1%br-0.100_x'],
    ['bücher.example:443', 'xn--bcher-kva.example'],
    ['Bücher.EXAMPLE', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['straße.example', 'xn--strae-oqa.example'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['bücher．example｡:5', 'xn--bcher-kva.example.', 5],
    ['bü_cher.example', 'xn--b_cher-3ya.example'],
    ['ｅｘａｍｐｌｅ.org', 'example.org'],
    ['a_b.example', 'a_b.example'],
    ['_dmarc._tcp.example', '_dmarc._tcp.example'],
    ['1e100.net', '1e100.net'],
    ['a.0xg', 'a.0xg'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])) {
    test(`${text} is ${hostname} port ${port}`, () => {
      const address = parseAddress(text);
      assert.deepEqual(address, { hostname, port });
      assert.deepEqual(parseAddress(address), address, 'a parsed address stays as it is');
      assert.deepEqual(parseAddress(formatAddress(address)), address);
    });
  }
  test('objects', () => {
    assert.deepEqual(parseAddress({ hostname: '[::1]', port: '44' }), { hostname: '::1', port: 44 });
    assert.deepEqual(parseAddress({ hostname: 'a.example' }), { hostname: 'a.example', port: 443 });
    assert.deepEqual(parseAddress({ hostname: 'fe80::1%1', port: 1 }), { hostname: 'fe80::1%1', port: 1 });
  });
  test('a certificate has neither final dot nor zone', () => {
    assert.equal(certificateHost('a.example.'), 'a.example');
    assert.equal(certificateHost('fe80::1%eth0'), 'fe80::1');
    assert.deepEqual(['1.2.3.4', '::1', 'a.example', '1.2.3.4.example'].map(isIPAddress), [true, true, false, false]);
  });
});

/** Hosts that are none, and what the error says. @type {[string, RegExp][]} */
const NO_HOSTS = [
  ['', /the host is missing/],
  ['https://a.example', /it is a URL: use 'host:port'/],
  ['https://user:pw@a.example:443/x', /it is a URL/],
  ['user@a.example', /it has a user name/],
  ['ü@a.example', /it has a user name/],
  ['a.example/path', /it has a path: use 'host:port'/],
  ['bücher.example/path', /it has a path/],
  ['a.example\\path', /it has a path/],
  ['ü.example?query', /it has a query/],
  ['ü.example#fragment', /it has a query or fragment/],
  ['a b', /white space/],
  ['ü\tb.example', /white space/],
  ['ü\n', /white space or a control character/],
  ['a\0b', /control character/],
  ['\x7fa', /control character/],
  ['a%2eb', /percent sign/],
  ['ü%2e%2f.example', /percent sign/],
  ['a.example%eth0', /percent sign/],
  ['*.example', /wildcard/],
  ['a,b', /the character ","/],
  ['ü!x', /the character "!"/],
  ['ü！x', /the character "!"/],
  ['[a]', /brackets/],
  ['[ü]', /brackets/],
  ['[::1', /brackets/],
  ['::1]', /brackets/],
  ['a..b', /empty label/],
  ['.', /empty label/],
  ['.a', /empty label/],
  ['a.example..', /empty label/],
  ['ü。。b', /empty label/],
  ['-a.example', /hyphen/],
  ['a-.example', /hyphen/],
  ['-rf', /hyphen/],
  [`${'a'.repeat(64)}.example`, /at most 253 characters, and each label 63/],
  [`${'a.'.repeat(127)}a`, /at most 253/],
  ['a'.repeat(1e6), /at most 253/],
  ['ü'.repeat(1e6), /UTS #46/],
  // Forms of IPv4 that name look-ups read, and that must not be taken for names.
  ['1.2.3', /ends in a number/],
  ['127.1', /ends in a number/],
  ['0x7f.0.0.1', /ends in a number/],
  ['0x7f.1', /ends in a number/],
  ['0X7F000001', /ends in a number/],
  ['017700000001', /ends in a number/],
  ['2130706433', /ends in a number/],
  ['127.0.0.01', /ends in a number/],
  ['1.2.3.256', /ends in a number/],
  ['1.2.3.4.5', /ends in a number/],
  ['a.example.1', /ends in a number/],
  ['a.0x', /ends in a number/],
  ['127.1.', /ends in a number/],
  // What becomes something else in ASCII.
  ['a／b', /UTS #46/],
  ['a：443', /UTS #46/],
  ['a＠b', /UTS #46/],
  ['a％2f', /UTS #46/],
  ['a　b', /UTS #46/],
  ['１２７.0.0.1', /UTS #46/],
  ['127。0。0。1', /UTS #46/],
  ['127.0.0.1\u00ad', /UTS #46/],
  ['0ｘ7f.1', /UTS #46/],
  ['①２７.１', /UTS #46/],
  ['\u00ad', /UTS #46/],
  ['\ud800.example', /UTS #46/],
  ['xn--ü.example', /UTS #46/],
  // Not IPv6.
  ['1:2:3', /not an IPv6 address/],
  ['a.example:443:1', /not an IPv6 address/],
  [':::', /not an IPv6 address/],
  ['1::2::3', /not an IPv6 address/],
  ['::12345', /not an IPv6 address/],
  ['::1.2.3.256', /not an IPv6 address/],
  ['fe80::ü', /not an IPv6 address/],
  ['2001:db8::1%eth0', /only a link-local/],
  ['::1%lo', /only a link-local/],
  ['fe80::1%', /its zone/],
  ['fe80::1%25eth0', /its zone/],
  ['fe80::1%eth0%1', /its zone/],
  ['fe80::1%a/b', /its zone/],
  ['fe80::1%ü', /its zone/],
];

describe('rejected addresses', () => {
  for (const [text, message] of NO_HOSTS) {
    test(`${JSON.stringify(text.slice(0, 80))} is rejected everywhere`, async () => {
      const transport = async () => assert.fail('dialled');
      for (const [name, call] of Object.entries({
        'connect(text)': () => connect(text, { transport }),
        'connect(object)': () => connect({ hostname: text }, { transport }),
        servername: () => connect('a.example', { transport, servername: text }),
        verifyChain: () => verifyChain(pki('good-p256').chain, { hostname: text }),
        'tcp()': () => tcp()({ hostname: text, port: 1 }, { signal: new AbortController().signal }),
        'websockify()': () =>
          websockify('ws://127.0.0.1:1')({ hostname: text, port: 1 }, { signal: new AbortController().signal }),
      })) {
        const error = await errorOf(call);
        assert.equal(error.code, 'ERR_TLS_INVALID_ADDRESS', `${name}: ${error.message}`);
        assert.match(error.message, message, name);
        assert.match(error.message, / is not a host name or IP address: /);
        assert.ok(error.message.length < 350 && !/[^\P{C}]/u.test(error.message), error.message);
      }
    });
  }
  for (const [text, message] of /** @type {[string, RegExp][]} */ ([
    [':443', /the host is missing/],
    ['a:', /port must be/],
    ['a:0', /port must be/],
    ['a:65536', /port must be/],
    ['a:1e3', /port must be/],
    ['a:-1', /port must be/],
    ['a:+1', /port must be/],
    ['a:0x1bb', /port must be/],
    ['a:４４３', /port must be/],
    ['[::1]:', /port must be/],
    ['[::1]:443:1', /port must be/],
    ['a: 1', /white space/],
    ['a:443/', /path/],
    ['ü:443@b', /user name/],
    ['[a]:1', /brackets/],
    ['[::1]1', /only ':port' can follow/],
    ['[::1].example', /only ':port' can follow/],
    ['[fe80::1%eth0', /brackets/],
  ])) {
    test(`${JSON.stringify(text)} is rejected by connect()`, async () => {
      const error = await errorOf(() => connect(text, {}));
      assert.equal(error.code, 'ERR_TLS_INVALID_ADDRESS');
      assert.match(error.message, message);
      assert.ok(error.message.includes(text), error.message);
    });
  }
  test('a port does not belong to a host name', async () => {
    for (const text of ['a.example:443', 'bücher.example:443', '127.0.0.1:1', '[::1]:443']) {
      for (const call of [
        () => connect({ hostname: text }, {}),
        () => connect('a.example', { servername: text }),
        () => verifyChain(pki('good-p256').chain, { hostname: text }),
      ]) {
        const error = await errorOf(call);
        assert.equal(error.code, 'ERR_TLS_INVALID_ADDRESS');
        assert.match(error.message, /it has a port|more than an IPv6 address/);
      }
    }
  });
  test('anything but text or an object is rejected', async () => {
    for (const address of [null, undefined, 5, true, Symbol('x'), () => 'a', ['a.example'], new String('a')]) {
      const error = await errorOf(() => connect(/** @type {any} */ (address), {}));
      assert.match(error.code, /^ERR_TLS_INVALID_(ADDRESS|OPTION)$/);
    }
    for (const hostname of [null, undefined, 5, ['a.example'], {}]) {
      const error = await errorOf(() => connect(/** @type {any} */ ({ hostname }), {}));
      assert.equal(error.code, 'ERR_TLS_INVALID_ADDRESS');
    }
    for (const port of [null, '', 0, -1, 1.5, NaN, 65536, '443 ', '0443000', {}, [443], true, 443n]) {
      const error = await errorOf(() => connect(/** @type {any} */ ({ hostname: 'a.example', port }), {}));
      assert.equal(error.code, 'ERR_TLS_INVALID_ADDRESS');
      assert.match(error.message, /port must be/);
    }
    const location = new URL('https://a.example:8443/');
    assert.equal((await errorOf(() => connect(/** @type {any} */ (location), {}))).code, 'ERR_TLS_INVALID_OPTION');
  });
});

describe('the parser in JavaScript and the one in C', async () => {
  const core = await loadCore();
  /** @param {string} text */
  const cAccepts = (text) => {
    const handle = core.call.pagetls_verification_new() >>> 0;
    const ret = core.lend([text], (pointer, length) =>
      core.call.pagetls_verification_set_hostname(handle, pointer, length),
    );
    core.call.pagetls_verification_free(handle);
    return ret === 0;
  };
  /** @param {string} text */
  const jsAccepts = (text) => {
    try {
      return certificateHost(parseHost(text));
    } catch (error) {
      assert.ok(error instanceof TLSError, String(error));
      return undefined;
    }
  };
  /** A generator with a seed, so that a failure can be repeated. */
  function* random() {
    for (let state = 12345; ;) {
      state = (state * 1103515245 + 12345) % 2147483648;
      yield state / 2147483648;
    }
  }

  test('agree on text in ASCII', () => {
    const numbers = random();
    const pick = (/** @type {string[]} */ from) =>
      from[Math.floor(/** @type {number} */ (numbers.next().value) * from.length)];
    const parts = [
      'a',
      'B',
      '_',
      '-',
      '.',
      '.',
      '0',
      '1',
      '9',
      '255',
      '256',
      '0x',
      'x',
      'f',
      ':',
      ':',
      '::',
      '[',
      ']',
      '%',
      '/',
      ' ',
      '*',
      'xn--',
      'fe80:',
      '1.2.3.4',
      'ffff',
      '12345',
      '@',
      'a'.repeat(63),
    ];
    let accepted = 0;
    for (let i = 0; i < 60_000; i++) {
      const text = Array.from({ length: 1 + (i % 9) }, () => pick(parts)).join('');
      if (text.includes('%')) {
        continue; // only JavaScript knows zones
      }
      const host = jsAccepts(text);
      assert.equal(host !== undefined, cAccepts(text), JSON.stringify(text));
      accepted += Number(host !== undefined);
    }
    assert.ok(accepted > 2000, `${accepted} accepted`);
  });
  test('agree on the length of names', () => {
    const long = `${'a'.repeat(49)}.`.repeat(5);
    for (let more = 1; more < 10; more++) {
      for (const text of [`${long}${'b'.repeat(more)}`, `${long}${'b'.repeat(more)}.`]) {
        assert.equal(jsAccepts(text) !== undefined, cAccepts(text), text.length.toString());
      }
    }
  });
  test('no character beyond ASCII opens a door', () => {
    let accepted = 0;
    for (let code = 0x80; code < 0x20000; code++) {
      const character = String.fromCodePoint(code);
      for (const text of [`a${character}b.example`, `${character}1`]) {
        const host = jsAccepts(text);
        if (host !== undefined) {
          accepted++;
          assert.match(host, /^[a-z0-9_.-]+$/, `U+${code.toString(16)}`);
          assert.equal(isIPAddress(host), false, `U+${code.toString(16)}`);
          assert.ok(cAccepts(host), `U+${code.toString(16)}: ${host}`);
        }
      }
    }
    assert.ok(accepted > 50_000, `${accepted} accepted`);
  });
});

describe('a host with a U-label', () => {
  test('is verified by its A-label, in verifyChain() and in a connection', async (t) => {
    const idn = pki('good-idn');
    const trust = await TrustStore.from(idn.roots);
    for (const [hostname, ok] of /** @type {[string, boolean][]} */ ([
      ['bücher.example', true],
      ['BÜCHER.example', true],
      ['bücher。example。', true],
      ['xn--bcher-kva.example', true],
      ['bucher.example', false],
      ['büchér.example', false],
    ])) {
      assert.equal((await verifyChain(idn.chain, { trust, hostname, now: CLOCK })).ok, ok, hostname);
    }
    /** @type {string[]} */
    const names = [];
    const server = await startNodeTls(idn, {}, (socket) => {
      names.push(String(/** @type {any} */ (socket).servername));
      socket.end();
    });
    t.after(() => server.close());
    /** @type {string[]} */
    const dialled = [];
    /** @type {import('../../dist/index.js').Transport} */
    const transport = (address, context) => {
      dialled.push(formatAddress(address));
      return tcp()({ hostname: '127.0.0.1', port: server.port }, context);
    };
    const socket = connect('Bücher.example.:8443', { transport, trust, now: CLOCK });
    assert.equal((await socket.opened).servername, 'xn--bcher-kva.example');
    await socket.close();
    assert.deepEqual([names, dialled], [['xn--bcher-kva.example'], ['xn--bcher-kva.example.:8443']]);
  });
});

/** @param {object[]} names @returns a chain and trust store for a server with these alternative names */
async function serverFor(...names) {
  const { root, intermediate, leaf } = chain({
    leaf: { extensions: { subjectAltName: subjectAltName(/** @type {any} */ (names)) } },
  });
  /** @param {Uint8Array} der */
  const pem = (der) =>
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
  const files = {
    chain: pem(leaf.der) + pem(intermediate.der),
    key: /** @type {string} */ (leaf.key.export({ type: 'pkcs8', format: 'pem' })),
  };
  return { files, trust: await TrustStore.from(root.der) };
}

describe('a link-local address with a zone', () => {
  test('is matched without the zone, and not sent as SNI', async (t) => {
    const { files, trust } = await serverFor({ ip: 'fe80::1' });
    const verified = await verifyChain(files.chain, { trust, hostname: '[fe80::1%eth0]', now: NOW });
    assert.equal(verified.ok, true, JSON.stringify(verified.problems));
    const other = await verifyChain(files.chain, { trust, hostname: 'fe80::2%eth0', now: NOW });
    assert.match(other.problems[0].message, /fe80::2\b(?!%)/);
    const server = await startNodeTls(/** @type {any} */ (files));
    t.after(() => server.close());
    /** @type {string[]} */
    const hosts = [];
    const socket = connect('[fe80::1%eth0]:443', {
      transport: (address, context) => {
        hosts.push(address.hostname);
        return tcp()({ hostname: '127.0.0.1', port: server.port }, context);
      },
      checkServerIdentity(hostname) {
        hosts.push(hostname);
        return undefined;
      },
      trust,
      now: NOW,
    });
    assert.equal((await socket.opened).servername, null);
    await socket.close();
    assert.deepEqual(hosts, ['fe80::1%eth0', 'fe80::1']);
  });
  const [name, address] =
    Object.entries(networkInterfaces())
      .flatMap(([name, addresses]) => (addresses ?? []).map(({ address }) => [name, address]))
      .find(([, address]) => address.startsWith('fe80:')) ?? [];
  test(
    'is dialled with its zone over TCP',
    { skip: address ? false : 'no interface has a link-local address' },
    async (t) => {
      const { files, trust } = await serverFor({ ip: address });
      const tls = await startNodeTls(/** @type {any} */ (files));
      // The helper listens on IPv4.
      const relay = createServer((socket) => tls.server.emit('connection', socket));
      t.after(() => {
        relay.close();
        return tls.close();
      });
      await once(relay.listen({ host: `${address}%${name}`, port: 0 }), 'listening');
      const { port } = /** @type {import('node:net').AddressInfo} */ (relay.address());
      const socket = connect(`[${address}%${name}]:${port}`, { trust, now: NOW });
      assert.equal((await socket.opened).verification.ok, true);
      await socket.close();
      const error = await errorOf(() => connect(`[${address}%nosuch0]:${port}`, { trust, now: NOW }).opened);
      assert.notEqual(error.code, 'ERR_TLS_INVALID_ADDRESS');
    },
  );
  test('cannot be reached through a bridge', async () => {
    const error = await errorOf(() => connect('[fe80::1%eth0]:443', { bridge: 'ws://127.0.0.1:1' }).opened);
    assert.equal(error.code, 'ERR_TLS_INVALID_ADDRESS');
    assert.match(error.message, /the zone names an interface of this machine/);
  });
});
