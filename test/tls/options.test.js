/** How every function of the package reads its options: each known name once, unknown names rejected. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import {
  connect,
  parseCertificate,
  startTls,
  streams,
  tcp,
  TLSError,
  TrustStore,
  verifyChain,
  websockify,
} from '../../dist/index.js';
import { createFetch } from '../../dist/fetch/index.js';
import { Agent, connector, toDuplex } from '../../dist/node/index.js';
import { configure } from '../../dist/node/net.js';
import { formatAddress, parseAddress } from '../../dist/address.js';
import { load } from '../../dist/wasm.js';
import { MAX_DEPTH } from '../../dist/limits.js';
import { CLOCK, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

const good = pki('good-crl');
const revoked = pki('revoked');
const trust = await TrustStore.from(good.roots, revoked.roots);

/** Fails as soon as it is called: options are read before. */
const transport = async () => {
  throw new Error('dialled');
};

/** @param {unknown} options @returns {any} to pass it as options of any type */
const any = (options) => options;

/**
 * The functions that take options: each fails synchronously or by a promise.
 * @type {Record<string, {call: (options: any) => unknown, option: string, value: unknown, near: string}>}
 */
const FUNCTIONS = {
  'connect()': {
    call: (options) => connect('a.example', options).opened,
    option: 'crls',
    value: [],
    near: 'crl',
  },
  'createFetch()': {
    call: (options) => createFetch(options),
    option: 'maxConnections',
    value: 1,
    near: 'maxConnection',
  },
  'verifyChain()': {
    call: (options) => verifyChain(good.chain, options),
    option: 'hostname',
    value: 'x',
    near: 'servername',
  },
  'websockify()': { call: (options) => websockify('ws://x', options), option: 'retries', value: 2, near: 'retry' },
  'tcp()': { call: (options) => tcp(options), option: 'localAddress', value: '127.0.0.1', near: 'localAdress' },
  'startTls()': {
    call: (options) => startTls({ readable: new ReadableStream(), writable: new WritableStream() }, options),
    option: 'servername',
    value: 'a.example',
    near: 'servrname',
  },
  'Socket.startTls()': {
    call: (options) => connect('a.example', { secureTransport: 'starttls', transport }).startTls(options),
    option: 'servername',
    value: 'a.example',
    near: 'serverName',
  },
  'streams()': {
    call: (options) => streams(options),
    option: 'readable',
    value: new ReadableStream(),
    near: 'readble',
  },
  'toDuplex()': {
    call: (options) => toDuplex(connect('a.example', { transport }), options).on('error', () => {}),
    option: 'allowHalfOpen',
    value: true,
    near: 'allowHalfOpn',
  },
  'configure()': { call: (options) => configure(options), option: 'timeout', value: 30_000, near: 'timeuot' },
  Agent: { call: (options) => new Agent(options), option: 'keepAlive', value: true, near: 'keepalive' },
  'connector()': { call: (options) => connector(options), option: 'timeout', value: 1, near: 'timeuot' },
  TLSError: {
    call: (options) => new TLSError('ERR_TLS_CLOSED', 'closed', options),
    option: 'cause',
    value: 1,
    near: 'causes',
  },
  'the address': { call: (options) => parseAddress(options), option: 'hostname', value: 'x', near: 'host' },
};

/** Public functions and methods whose arguments are no options, by where the tests of those arguments are. */
const WITHOUT_OPTIONS = {
  'values of options, below': [
    'load',
    'loadRootSignatures',
    'parseCertificate',
    'TrustStore.from',
    'TrustStore.system',
    'TrustStore.prototype.add',
    'TrustStore.prototype.problems',
    'TLSSocket.prototype.exportKeyingMaterial',
    'TLSSocket.prototype.channelBinding',
  ],
  'test/x509/': ['readDocuments'],
  'test/tls/api.test.js': ['Socket.prototype.write'],
  'test/tls/wintertc.test.js': ['Socket.prototype.startTls', 'Socket.prototype.close'],
  'no arguments': [
    'TrustStore.mozilla',
    'Socket.prototype.read',
    'TLSSocket.prototype.updateKeys',
    'TLSSocket.prototype.getProtocol',
    'TLSSocket.prototype.getCipher',
  ],
  'called by node:http': ['Agent.prototype.createConnection'],
  'test/node/drop-ins.test.js: the arguments of Node': [
    ...['createConnection', 'createServer', 'getDefaultAutoSelectFamily', 'isIP', 'isIPv4', 'isIPv6', 'Server'],
    ...['Socket.[Symbol.hasInstance]', 'Socket.prototype.connect', 'Stream'],
    ...['Stream.prototype.connect', 'Stream.prototype.write'],
    ...['checkServerIdentity', 'convertALPNProtocols', 'createSecureContext', 'getCiphers', 'loadRootCertificates'],
    ...['SecureContext', 'TLSSocket.prototype.setSession', 'TLSSocket.prototype.renegotiate'],
    ...['TLSSocket.prototype.emit', 'TLSSocket.prototype.onDialled', 'TLSSocket.prototype.onOpened'],
    'TLSSocket.prototype.toSocketError',
  ],
  'called by the package only': [
    'Socket',
    'TLSSocket',
    'TrustStore',
    'TrustStore.prototype.addMozillaRoots',
    'TrustStore.prototype.handle',
  ],
};

/** @param {object} holder @param {string} prefix @returns {[string, Function][]} */
function methodsOf(holder, prefix) {
  return Object.entries(Object.getOwnPropertyDescriptors(holder))
    .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
    .map(([name, { value }]) => [`${prefix}${name}`, value]);
}

/** @param {object} module @returns {[string, Function][]} its functions, classes and their methods */
function functionsOf(module) {
  return methodsOf(module, '').flatMap(([name, value]) => [
    /** @type {[string, Function]} */ ([name, value]),
    ...methodsOf(value, `${name}.`),
    ...methodsOf(value.prototype ?? {}, `${name}.prototype.`),
  ]);
}

/**
 * @param {() => unknown} call
 * @returns {Promise<TLSError>} the error that it throws, or rejects with
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

/**
 * @param {() => unknown} call
 * @param {RegExp} message
 */
async function rejects(call, message) {
  const error = await errorOf(call);
  assert.equal(error.code, 'ERR_TLS_INVALID_OPTION', error.message);
  assert.match(error.message, message);
}

/**
 * Runs `use` while Object.prototype has more properties.
 * @template T
 * @param {Record<string, unknown>} properties
 * @param {() => T | Promise<T>} use
 */
async function polluted(properties, use) {
  Object.assign(Object.prototype, properties);
  try {
    return await use();
  } finally {
    for (const name of Object.keys(properties)) delete (/** @type {any} */ (Object.prototype)[name]);
  }
}

describe('every function that takes options', () => {
  test('is in the table of this test', async () => {
    const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const paths = Object.values(exports).flatMap(({ default: path = '' }) => (path.endsWith('.js') ? [path] : []));
    assert.ok(paths.includes('./dist/index.js'));
    const known = [
      ...Object.keys(FUNCTIONS).map((name) => name.replace('()', '')),
      ...Object.values(WITHOUT_OPTIONS).flat(),
    ];
    for (const path of paths) {
      const module = await import(new URL(`../../${path}`, import.meta.url).href);
      const missing = functionsOf(module)
        .map(([name]) => name)
        .filter((name) => !known.includes(name));
      assert.deepEqual(
        missing,
        [],
        `${path}: add to FUNCTIONS what takes options, and to WITHOUT_OPTIONS what does not`,
      );
    }
  });
  for (const [owner, { call, option, near }] of Object.entries(FUNCTIONS)) {
    const where = owner.replace(/[()]/g, '\\$&');
    test(`${owner} rejects an unknown name, and names the nearest known one`, () =>
      rejects(
        () => call({ [near]: 'x' }),
        new RegExp(`^${where} has no option "${near}": did you mean \`${option}\`\\?$`),
      ));
    test(`${owner} rejects an unknown name without a value`, () =>
      rejects(() => call({ [near]: undefined }), new RegExp(`"${near}"`)));
    test(`${owner} rejects an unknown name that is inherited`, async () => {
      await rejects(() => call(Object.create({ [near]: 'x' })), new RegExp(`"${near}"`));
      await rejects(() => call(Object.create(Object.create({ [near]: 'x' }))), new RegExp(`"${near}"`));
      class Parent {
        get unheard() {
          return 1;
        }
      }
      class Config extends Parent {}
      await rejects(() => call(new Config()), /"unheard"/);
    });
    test(`${owner} rejects an own property __proto__`, () =>
      rejects(() => call(JSON.parse(`{"__proto__": {"${option}": "x"}}`)), /"__proto__"/));
    test(`${owner} names the option whose getter throws, and keeps its error`, async () => {
      const cause = new Error('no such setting');
      const options = {
        get [option]() {
          throw cause;
        },
      };
      const error = await errorOf(() => call(options));
      assert.equal(error.code, 'ERR_TLS_INVALID_OPTION');
      assert.match(error.message, new RegExp(`^The option ${option} of ${where} cannot be read`));
      assert.equal(error.cause, cause);
    });
    test(`${owner} rejects a proxy that cannot be read`, async () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      await rejects(() => call(proxy), /cannot be read|must be an object/);
      const hidden = new Proxy({}, { ownKeys: () => assert.fail('hidden') });
      await rejects(() => call(hidden), /cannot be read/);
    });
    if (owner !== 'the address') {
      for (const [name, value] of /** @type {[string, unknown][]} */ ([
        ['null', null],
        ['a number', 1],
        ['text', 'text'],
        ['a boolean', true],
        ['a symbol', Symbol('x')],
        ['a function', () => ({})],
        ['an array', []],
        ['a Map', new Map([[option, 1]])],
        ['a promise', Promise.resolve({})],
        ['a Date', new Date()],
        ['bytes', new Uint8Array(2)],
      ])) {
        test(`${owner} rejects ${name}`, () => rejects(() => call(value), new RegExp(where)));
      }
    }
    test(`${owner} reads each option exactly once, in a fixed order, before it uses any`, async () => {
      /** @type {string[]} */
      const read = [];
      const options = new Proxy(
        {},
        {
          get: (_, name) => void read.push(String(name)),
          getOwnPropertyDescriptor: () => undefined,
        },
      );
      await Promise.resolve()
        .then(() => call(options))
        .catch(() => {});
      assert.ok(read.includes(option), read.join());
      assert.deepEqual(read, [...new Set(read)]);
    });
  }
});

describe('the forms of options', () => {
  /** @type {Record<string, (options: Record<string, unknown>) => object>} */
  const forms = {
    'a plain object': (options) => ({ ...options }),
    'an object without prototype': (options) => Object.assign(Object.create(null), options),
    'a frozen object': (options) => Object.freeze({ ...options }),
    'an inherited object': (options) => Object.create(options),
    'a proxy': (options) => new Proxy({ ...options }, {}),
    'a proxy that only answers': (options) => new Proxy({}, { get: (_, name) => options[String(name)] }),
    'an object of another realm': (options) => Object.setPrototypeOf({ ...options }, foreignPrototype()),
    'an instance of a class with fields': (options) =>
      new (class {
        trust = options.trust;
        hostname = options.hostname;
        crls = options.crls;
        now = options.now;
      })(),
    'an instance of a class with getters and methods': (options) =>
      new (class Base {
        #own = options;
        get trust() {
          return this.#own.trust;
        }
        get hostname() {
          return this.#own.hostname;
        }
        get crls() {
          return this.#own.crls;
        }
        get now() {
          return this.#own.now;
        }
        toString() {
          return 'not an option';
        }
      })(),
    'an object with symbols': (options) => ({ ...options, [Symbol('remark')]: 1 }),
    'an object with properties that are not enumerable': (options) =>
      Object.defineProperties(
        {},
        Object.fromEntries(Object.entries(options).map(([name, value]) => [name, { value, enumerable: false }])),
      ),
  };

  /** Like the Object.prototype of another realm. */
  function foreignPrototype() {
    return Object.create(null, Object.getOwnPropertyDescriptors(Object.prototype));
  }

  for (const [form, make] of Object.entries(forms)) {
    test(`${form} has all its options`, async () => {
      const options = { trust, hostname: revoked.hostname, crls: revoked.crl, now: new Date(revoked.clock) };
      const { flags, revocation, time } = await verifyChain(revoked.chain, any(make(options)));
      assert.deepEqual(flags, ['BADCERT_REVOKED']);
      assert.equal(revocation[0], true);
      assert.equal(time.getTime(), Date.parse(revoked.clock));
    });
  }
  test('a class with get crls() keeps its CRLs in connect() too', async (t) => {
    const server = await startNodeTls(revoked);
    t.after(() => server.close());
    class Config {
      trust = trust;
      now = new Date(revoked.clock);
      get crls() {
        return revoked.crl;
      }
    }
    class Ours extends Config {
      servername = revoked.hostname;
    }
    const error = await errorOf(() => connect({ hostname: '127.0.0.1', port: server.port }, new Ours()).opened);
    assert.deepEqual(error.verification?.flags, ['BADCERT_REVOKED']);
  });
});

describe('a polluted Object.prototype', () => {
  test('gives connect() no options', async (t) => {
    const server = await startNodeTls(revoked);
    t.after(() => server.close());
    const now = new Date(revoked.clock);
    const address = { hostname: '127.0.0.1', port: server.port };
    const properties = {
      ...{ rejectUnauthorized: false, servername: 'other.example', transport, bridge: 'ws://127.0.0.1:1/' },
      ...{ ALPNProtocols: ['x'], maxVersion: 'TLSv1.2', checkServerIdentity: () => new Error('asked'), hostname: 'x' },
      ...{
        path: '/nonexistent',
        lookup: transport,
        localAddress: '192.0.2.1',
        port: 1,
        crl: 1,
        crls: [],
        keylog: transport,
      },
    };
    const settings = { trust, crls: revoked.crl, servername: revoked.hostname, now };
    const error = await polluted(properties, () => errorOf(() => connect(address, settings).opened));
    assert.deepEqual(error.verification?.flags, ['BADCERT_REVOKED']);
    const { info, version } = await polluted(properties, async () => {
      const socket = connect(address, { ...settings, crls: undefined });
      const opened = await socket.opened;
      const result = { info: opened, version: socket.getProtocol() };
      await socket.close();
      return result;
    });
    assert.deepEqual([info.servername, info.alpn, version], [revoked.hostname, null, 'TLSv1.3']);
  });
  test('gives verifyChain() no options', async () => {
    const properties = {
      hostname: 'other.example',
      trust,
      crls: 'nonsense',
      now: 'never',
      maxDepth: 0,
      profile: 'suiteb',
    };
    const options = { trust, now: new Date(good.clock) };
    assert.equal((await polluted(properties, () => verifyChain(good.chain, options))).ok, true);
    assert.deepEqual((await polluted(properties, () => verifyChain(good.chain, { now: CLOCK }))).flags, [
      'BADCERT_NOT_TRUSTED',
    ]);
    assert.deepEqual(
      (await polluted(properties, () => verifyChain(good.chain, any({ now: CLOCK, __proto__: {} })))).flags,
      ['BADCERT_NOT_TRUSTED'],
    );
  });
  test('does not make a name known or unknown', async () => {
    await polluted({ crls: 'x', anything: 1 }, () =>
      rejects(() => verifyChain(good.chain, any({ crl: [] })), /no option "crl": did you mean `crls`/),
    );
    await polluted({ anything: 1 }, async () => {
      assert.deepEqual(parseAddress({ hostname: 'a.example' }), { hostname: 'a.example', port: 443 });
      websockify('ws://x', {});
    });
  });
  test('gives an address no host and no port', async () => {
    await polluted({ hostname: 'other.example', port: 1 }, async () => {
      assert.equal(formatAddress(parseAddress({ hostname: 'a.example' })), 'a.example:443');
      assert.equal((await errorOf(() => parseAddress(any({ port: 5 })))).code, 'ERR_TLS_INVALID_ADDRESS');
    });
  });
  test('gives the streams of a transport no close() and no time of dialling', async (t) => {
    const server = await startNodeTls(good);
    t.after(() => server.close());
    const options = { trust, servername: good.hostname, now: new Date(good.clock) };
    const address = { hostname: '127.0.0.1', port: server.port };
    /** @type {import('../../dist/index.js').Transport} */
    const bare = async (...args) => {
      const { readable, writable } = await tcp()(...args);
      return { readable, writable };
    };
    await polluted({ close: () => assert.fail('called'), dialled: 5 }, async () => {
      const socket = connect(address, { ...options, transport: bare });
      assert.equal((await socket.opened).timing.dialled, null);
      await socket.close();
      const aborted = connect(address, { ...options, transport: bare, signal: AbortSignal.timeout(0) });
      assert.equal((await errorOf(() => aborted.opened)).code, 'ERR_TLS_ABORTED');
    });
  });
  test('adds nothing to an error', () =>
    polluted({ verification: 1, alert: 2, native: 3, cause: 4 }, () => {
      const error = new TLSError('ERR_TLS_CLOSED');
      const { verification, alert, native } = error;
      assert.deepEqual(
        { verification, alert, native },
        { verification: undefined, alert: undefined, native: undefined },
      );
      assert.equal(Object.hasOwn(error, 'cause'), false);
    }));
});

describe('values of options', () => {
  test('that change after they were read change nothing', async (t) => {
    const server = await startNodeTls(revoked, { ALPNProtocols: ['one'] });
    t.after(() => server.close());
    const crls = [revoked.crl ?? ''];
    const now = new Date(revoked.clock);
    const ALPNProtocols = ['one'];
    const address = { hostname: '127.0.0.1', port: server.port };
    const options = { trust, servername: revoked.hostname, crls, now, ALPNProtocols, rejectUnauthorized: false };
    const socket = connect(address, options);
    const verified = verifyChain(revoked.chain, { trust, hostname: revoked.hostname, crls, now });
    crls.length = 0;
    now.setTime(0);
    ALPNProtocols[0] = 'two';
    address.port = 1;
    const { verification, alpn } = await socket.opened;
    await socket.close();
    assert.deepEqual(verification.flags, ['BADCERT_REVOKED']);
    assert.equal(alpn, 'one');
    assert.deepEqual((await verified).flags, ['BADCERT_REVOKED']);
  });
  test('that answer differently the second time are used as first read', async () => {
    const answers = [revoked.hostname, 'other.example'];
    const dates = [new Date(revoked.clock), new Date(0)];
    const options = {
      trust,
      get hostname() {
        return answers.shift();
      },
      get now() {
        return dates.shift();
      },
    };
    assert.equal((await verifyChain(revoked.chain, options)).ok, true);
    const names = ['http/1.1', 5];
    const changing = Object.defineProperty(['x'], 0, { get: () => names.shift() });
    const socket = connect('a.example', { trust, transport, ALPNProtocols: changing });
    assert.match((await errorOf(() => socket.opened)).message, /transport failed/);
  });

  const closed = connect('a.example', { trust, transport });
  closed.closed.catch(() => {});

  /** @type {[string, (value: any) => unknown, unknown[]][]} */
  const wrong = [
    ['trust', (trust) => verifyChain(good.chain, { trust }), [null, good.roots, {}, 1]],
    [
      'hostname',
      (hostname) => verifyChain(good.chain, { hostname }),
      [null, 5, ['a.example'], new URL('https://a.example')],
    ],
    ['now', (now) => verifyChain(good.chain, { now }), [null, '2026', 5, new Date(Number.NaN), { getTime: () => 5 }]],
    ['crls', (crls) => verifyChain(good.chain, { crls }), [null, 5, [undefined], [null], {}]],
    ['profile', (profile) => verifyChain(good.chain, { profile }), [null, 'lax', ['webpki'], 'toString', 0]],
    ['maxDepth', (maxDepth) => verifyChain(good.chain, { maxDepth }), [null, -1, 0.5, Number.NaN, '1', MAX_DEPTH + 1]],
    ['crls', (crls) => connect('a.example', { crls }), [null, 5, [undefined]]],
    [
      'cert',
      (cert) => connect('a.example', { cert, key: good.key }),
      [null, 5, [null], [], [good.chain, 5], [[good.chain]], new Array(17).fill(good.chain), { pem: good.chain }],
    ],
    [
      'key',
      (key) => connect('a.example', { cert: good.chain, key }),
      [
        null,
        {},
        [],
        [{}],
        { pem: 5 },
        { pem: good.key, passphrase: 5 },
        { pem: good.key, buf: good.key },
        { passphrase: 'x' },
      ],
    ],
    ['pfx', (pfx) => connect('a.example', { pfx }), [null, {}, [], [{ pem: good.key }], { buf: null }]],
    [
      'clientCertificate',
      (clientCertificate) => connect('a.example', { clientCertificate }),
      [null, {}, 'x', good.chain],
    ],
    ['trust', (trust) => connect('a.example', { trust }), [null, good.roots]],
    ['servername', (servername) => connect('a.example', { servername }), [null, 5]],
    ['signal', (signal) => connect('a.example', { signal }), [null, new AbortController()]],
    ['timeout', (timeout) => connect('a.example', { timeout }), [null, -1, Number.NaN, '5', 2 ** 31, Infinity]],
    ['rejectUnauthorized', (rejectUnauthorized) => connect('a.example', { rejectUnauthorized }), [null, 0, 'false']],
    ['checkServerIdentity', (checkServerIdentity) => connect('a.example', { checkServerIdentity }), [null, {}]],
    ['ALPNProtocols', (ALPNProtocols) => connect('a.example', { ALPNProtocols }), [null, 'h2', [5], new Array(1)]],
    ['bridge', (bridge) => connect('a.example', { bridge }), [null, 5]],
    ['bridge', (bridge) => websockify(bridge), [null, undefined, 5, {}]],
    ['retries', (retries) => websockify('ws://x', { retries }), [null, -1, 0.5, Number.NaN, Infinity, 11, '1']],
    ['connectTimeout', (connectTimeout) => websockify('ws://x', { connectTimeout }), [null, Number.NaN, -1]],
    ['firstByteTimeout', (firstByteTimeout) => websockify('ws://x', { firstByteTimeout }), [null, 2 ** 31]],
    ['token', (token) => websockify('ws://x', { token }), [null, 5]],
    ['origin', (origin) => websockify('ws://x', { origin }), [null, 5]],
    ['localPort', (localPort) => tcp({ localPort }), [null, '5', 65536, 0.5]],
    ['family', (family) => tcp({ family }), [null, 5, '4']],
    ['readable', (readable) => streams({ readable, writable: new WritableStream() }), [null, {}]],
    ['ReadableStream', () => streams(any({})), [0]],
    ['verifyHostname', (verifyHostname) => connect('a.example', { verifyHostname }), [null, 0, 'false']],
    ['verifyHostname', (verifyHostname) => verifyChain(good.chain, { verifyHostname }), [null, 0]],
    ['verify', (verify) => connect('a.example', { verify }), [null, true, {}]],
    ['secureTransport', (secureTransport) => connect('a.example', { secureTransport }), [null, true, 'ON']],
    ['sni', (sni) => connect('a.example', { sni }), [null, 5]],
    ['alpn', (alpn) => connect('a.example', { alpn }), [null, 'h2', [5]]],
    ['WebAssembly.Module', (module) => load(module), [null, {}]],
    [
      'length',
      (length) => closed.exportKeyingMaterial(length, 'x'),
      [null, undefined, 0, -1, 1.5, '32', 8161, 2 ** 32],
    ],
    ['label', (label) => closed.exportKeyingMaterial(32, label), [null, undefined, 5, new Uint8Array(3)]],
    ['context', (context) => closed.exportKeyingMaterial(32, 'x', context), [null, 'x', [1], new Uint8Array(65536)]],
    ['code', (code) => new TLSError(code), [null, undefined, 5, 'ERR_TLS', 'toString']],
    ['detail', (detail) => new TLSError('ERR_TLS_CLOSED', detail), [null, 5, {}]],
    ['native', (native) => new TLSError('ERR_TLS_CLOSED', 'x', { native }), [null, 5]],
    ['alert', (alert) => new TLSError('ERR_TLS_CLOSED', 'x', { alert }), [null, '40', -1, 256, 0.5]],
    ['verification', (verification) => new TLSError('ERR_TLS_CLOSED', 'x', { verification }), [null, true]],
    ['anchor', (anchor) => TrustStore.from(anchor), [null, 5, [null]]],
    ['certificate', (certificate) => parseCertificate(certificate), [null, undefined, 5]],
    ['chain', (chain) => verifyChain(chain), [null, 5, [undefined]]],
    ['profile', (profile) => trust.problems(profile), [null, 'lax', ['webpki']]],
  ];
  for (const [name, call, values] of wrong) {
    for (const [i, value] of values.entries()) {
      test(`${call.toString().replace(/\s+/g, ' ')} rejects value ${i}`, () =>
        rejects(() => call(value), new RegExp(`\\b${name}\\b`)));
    }
  }
  test('exportKeyingMaterial() takes every form of bytes for its context, and an empty label', async (t) => {
    const server = await startNodeTls(good);
    t.after(() => server.close());
    const options = { trust, servername: good.hostname, now: new Date(good.clock) };
    const socket = connect({ hostname: '127.0.0.1', port: server.port }, options);
    await socket.opened;
    const octets = Uint8Array.of(0, 1, 2, 3, 0);
    const expected = socket.exportKeyingMaterial(32, 'x', octets.slice(1, 4));
    for (const context of [octets.subarray(1, 4), octets.slice(1, 4).buffer, new DataView(octets.buffer, 1, 3)]) {
      assert.deepEqual(socket.exportKeyingMaterial(32, 'x', context), expected);
    }
    assert.equal(socket.exportKeyingMaterial(8160, '', undefined).length, 8160);
    assert.notDeepEqual(socket.exportKeyingMaterial(32, 'x', octets), expected);
    await socket.close();
  });
  test('inherited details of a TLSError count, and those of Object.prototype do not', () =>
    polluted({ alert: 40, cause: 'polluted' }, () => {
      const error = new TLSError('ERR_TLS_ALERT', 'x', Object.create({ cause: 'given' }));
      assert.deepEqual([error.cause, error.alert], ['given', undefined]);
    }));
  test('undefined is the default of every option', async () => {
    /** @param {string[]} names */
    const undefinedOptions = (...names) => Object.fromEntries(names.map((name) => [name, undefined]));
    const criteria = undefinedOptions('trust', 'hostname', 'crls', 'now', 'profile', 'maxDepth');
    assert.deepEqual((await verifyChain(good.chain, criteria)).ok, false);
    websockify('ws://x', undefinedOptions('token', 'origin', 'retries', 'connectTimeout', 'firstByteTimeout'));
    tcp(undefinedOptions('localAddress', 'localPort', 'family'));
    assert.deepEqual(parseAddress({ hostname: 'a.example', port: undefined }), { hostname: 'a.example', port: 443 });
  });
  test('a value in an error message is short, and its own code does not run', async () => {
    const hostile = {
      toString: () => assert.fail('ran'),
      get constructor() {
        return assert.fail('ran');
      },
    };
    await rejects(() => verifyChain(good.chain, any({ profile: hostile })), /profile/);
    await rejects(() => verifyChain(good.chain, any({ profile: Object.create(null) })), /profile/);
    await rejects(() => verifyChain(good.chain, any({ profile: Symbol('x') })), /Symbol\(x\)/);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const name of ['trust', 'hostname', 'now', 'crls', 'profile', 'maxDepth']) {
      await rejects(() => verifyChain(good.chain, any({ [name]: proxy })), new RegExp(name));
    }
    const { message } = await errorOf(() => verifyChain(good.chain, any({ profile: 'x'.repeat(1e6), trust })));
    assert.ok(message.length < 300, message);
    const { message: unknown } = await errorOf(() => verifyChain(good.chain, any({ ['x'.repeat(1e6)]: 1 })));
    assert.ok(unknown.length < 300, unknown);
  });
  test('maxDepth cannot exceed what the core can build', () => {
    const limits = readFileSync(new URL('../../wasm/host/limits.def', import.meta.url), 'utf8');
    const [, path] = /LIMIT\(PATH_MAX, (\d+)/.exec(limits) ?? [];
    assert.equal(MAX_DEPTH, Number(path) - 2);
  });
});

after(() => trust[Symbol.dispose]());
