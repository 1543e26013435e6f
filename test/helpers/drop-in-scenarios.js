/** What test/node/drop-ins.test.js does with Node's net and tls and with ours: each scenario returns what it saw, as data. */
import { Duplex } from 'node:stream';
import { once } from 'node:events';
import { pki } from './pki.js';

/** @typedef {{net: typeof import('node:net'), tls: typeof import('node:tls')}} Modules */

/**
 * @typedef {object} Servers
 * @property {number} plain port of a server that echoes without TLS, and ends when the client has ended
 * @property {(id: string, options?: import('node:tls').TlsOptions) => Promise<number>} tls port of a TLS server that echoes
 * @property {number} refused port where nobody listens
 */

const good = pki('good-p256');
const other = pki('good-rsa2048');
const clients = /** @type {NonNullable<import('./pki.js').Case['clients']>} */ (pki('client').clients);
const localhost = '127.0.0.1';

/** @param {any} error */
const errorText = (error) => error.code ?? `${error.name}: ${error.message}`;

/** @param {() => unknown} call */
export function thrown(call) {
  try {
    return call();
  } catch (error) {
    return `throws ${errorText(error)}`;
  }
}

/**
 * Collects the events of a socket until its 'close'. Ends it after the first data.
 * @param {import('node:net').Socket} socket
 * @param {string[]} [seen]
 * @param {string} [name]
 */
export async function eventsOf(socket, seen = [], name = '') {
  for (const event of ['connect', 'ready', 'secureConnect', 'end', 'finish', 'timeout']) {
    socket.on(event, () => seen.push(`${name}${event}`));
  }
  socket.on('error', (error) => seen.push(`${name}error ${errorText(error)}`));
  socket.on('close', (hadError) => seen.push(`${name}close ${hadError}`));
  socket.on('data', (data) => {
    seen.push(`${name}data ${data}`);
    socket.end();
  });
  await new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => setImmediate(resolve)); // what comes after 'close'
  return seen;
}

/** @param {any} socket @param {string[]} seen what is negotiated when it is secure */
function exchange(socket, seen) {
  socket.once('secureConnect', () => {
    seen.push(`authorized ${socket.authorized} ${socket.authorizationError}`);
    socket.write('hello');
  });
  return eventsOf(socket, seen);
}

/** Two ends of a pipe. @returns {[Duplex, Duplex]} */
function pipePair() {
  /** @type {Duplex[]} */
  const ends = [];
  for (const i of [0, 1]) {
    ends.push(
      new Duplex({
        read() {},
        write(chunk, _, callback) {
          ends[1 - i].push(chunk);
          callback();
        },
        final(callback) {
          ends[1 - i].push(null);
          callback();
        },
      }),
    );
  }
  return [ends[0], ends[1]];
}

const ADDRESSES = [
  ...['127.0.0.1', '0.0.0.0', '255.255.255.255', '256.0.0.1', '01.2.3.4', '1.2.3', '1.2.3.4.5', '1.2.3.4 ', '', 'a'],
  ...['::', '::1', '1::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8:9', '1:::2'],
  ...['::1::', '12345::', 'g::', '::1.2.3.4', '1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:7:1.2.3.4', '::1.2.3.4:5', ':', ':1'],
  ...['1.2.3.4::', 'fe80::1%eth0', 'fe80::1%', 'fe80::1%a b', '::ffff:1.2.3.4', '1:2:3:4:5::1.2.3.4', '[::1]', '1:'],
  ...['::1.2.3', '1::2::3', 'ABCD:EF01:2345:6789:ABCD:EF01:2345:6789', '::01.2.3.4', 1, null, undefined, {}],
];

/** Host names and certificates: the subject's CN, and alternative names as in getPeerCertificate(). */
const NAMES = [
  ...['a.example', 'A.EXAMPLE', 'a.example.', 'b.example', 'x.a.example', 'xy.a.example', 'a..example', '', '10.0.0.1'],
  ...['::1', '0:0:0:0:0:0:0:1', '10.0.0.2', 'com', 'x.com', 'xn--bcher-kva.a.example', 'foobar.a.example', 'a,b', 'a'],
];
/** @type {[CN: string | string[] | undefined, names: string | undefined][]} */
const CERTIFICATES = [
  ['a.example', undefined],
  [['b.example', 'a.example'], undefined],
  [undefined, undefined],
  ['b.example', 'DNS:a.example'],
  ['a.example', 'IP Address:10.0.0.1'],
  ['a.example', 'URI:http://a.example/'],
  ['10.0.0.1', undefined],
  ['10.0.0.1', 'DNS:10.0.0.1'],
  [undefined, 'DNS:*.a.example, DNS:A.Example'],
  [undefined, 'DNS:*.com, DNS:*'],
  [undefined, 'DNS:f*r.a.example, DNS:*y.a.example'],
  [undefined, 'DNS:x*n--bcher-kva.a.example, DNS:xn--*.a.example'],
  [undefined, 'DNS:a.*.example, DNS:*.*.example, DNS:**.a.example'],
  [undefined, 'IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1'],
  [undefined, 'IP Address:::1, DNS:'],
  [undefined, 'DNS:a,b'],
  [undefined, 'DNS:"a, DNS:b.example", DNS:c'],
  [undefined, 'DNS:"\\u0061.example", othername:<unsupported>'],
  [undefined, 'DNS:"a.example'],
  ['', 'DNS:bad name.example, DNS:a.example'],
];

/** @type {Record<string, (modules: Modules, servers: Servers) => unknown>} */
export const SCENARIOS = {
  'net: isIP(), isIPv4() and isIPv6()': ({ net }) =>
    ADDRESSES.map(
      (text) => `${text}: ${[net.isIP, net.isIPv4, net.isIPv6].map((is) => is(/** @type {any} */ (text)))}`,
    ),

  'net: a Socket that connects twice': async ({ net }, { plain }) => {
    const socket = new net.Socket();
    const seen = [`${socket.readyState} ${socket.connecting} ${socket.pending}`];
    for (const host of [localhost, 'localhost']) {
      socket.removeAllListeners();
      socket.connect(plain, host, () => seen.push('callback'));
      seen.push(`${socket.readyState} ${socket.connecting} ${socket.pending}`);
      socket.write('hello');
      await eventsOf(socket, seen);
      seen.push(`${socket.bytesRead} ${socket.bytesWritten} ${socket.destroyed}`);
    }
    return seen;
  },

  'net: forms of arguments': async ({ net }, { plain }) => {
    /** @type {unknown[][]} */
    const forms = [
      [plain, localhost],
      [String(plain), localhost],
      [{ port: plain, host: localhost }],
      [{ port: String(plain) }],
      [plain],
      [Object.create({ port: plain, host: localhost })],
      [{ port: plain, host: localhost, family: 4, hints: 0, noDelay: true, keepAlive: true, unknown: 1 }],
    ];
    return Promise.all(
      forms.map(
        (form) =>
          new Promise((resolve) => {
            const connect = /** @type {any} */ (net.createConnection);
            const socket = connect(...form, () => {
              const { address, family, port } = socket.address();
              resolve([typeof address, family, typeof port, socket.remotePort === plain]);
              socket.destroy();
            });
          }),
      ),
    );
  },

  'net: arguments that are wrong': ({ net }) => {
    const connect = /** @type {any} */ (net.connect);
    return [[], [{}], [{ port: -1 }], [{ port: 65536 }], [{ port: 'x' }], [{ port: null }], [{ port: 1, host: 1 }]].map(
      (form) => thrown(() => connect(...form)),
    );
  },

  'net: nobody listens, and no such name': async ({ net }, { refused }) => [
    await eventsOf(net.connect(refused, localhost)),
    await eventsOf(net.connect(1, 'bad host')),
    await eventsOf(net.connect(0, localhost)).then((seen) => seen.length),
  ],

  'net: timeout, and a signal': async ({ net }, { plain }) => {
    const idle = net.connect({ port: plain, host: localhost, timeout: 300 });
    idle.once('timeout', () => idle.destroy());
    const controller = new AbortController();
    const aborted = net.connect({ port: plain, host: localhost, signal: controller.signal });
    aborted.once('connect', () => controller.abort());
    return Promise.all([eventsOf(idle), eventsOf(aborted)]);
  },

  'net: half-open': async ({ net }, { plain }) => {
    const socket = net.connect({ port: plain, host: localhost, allowHalfOpen: true });
    socket.once('end', () => setTimeout(() => socket.destroy(), 10));
    socket.end('hello');
    return eventsOf(socket);
  },

  'net: a TLSSocket is a Socket': ({ net, tls }) => [
    new tls.TLSSocket(new net.Socket()).on('error', () => {}).destroy() instanceof net.Socket,
    new net.Socket() instanceof net.Socket,
    new net.Socket() instanceof tls.TLSSocket,
    /** @type {any} */ ({}) instanceof net.Socket,
  ],

  'tls: constants': ({ tls }) => [
    ...[tls.DEFAULT_MIN_VERSION, tls.DEFAULT_MAX_VERSION, tls.DEFAULT_ECDH_CURVE],
    ...[tls.CLIENT_RENEG_LIMIT, tls.CLIENT_RENEG_WINDOW],
  ],

  'tls: checkServerIdentity()': ({ tls }) =>
    CERTIFICATES.flatMap(([CN, subjectaltname]) =>
      NAMES.map((name) => {
        const certificate = /** @type {any} */ ({ subject: CN === undefined ? {} : { CN }, subjectaltname });
        const result = thrown(() => tls.checkServerIdentity(name, certificate));
        const { code, reason, host, message } = /** @type {any} */ (result ?? {});
        return [
          name,
          CN,
          subjectaltname,
          typeof result === 'string' ? result : result && { code, reason, host, message },
        ];
      }),
    ),

  'tls: convertALPNProtocols()': ({ tls }) => {
    const convert = /** @type {any} */ (tls).convertALPNProtocols;
    return [
      ['a', 'bc'],
      [Buffer.from('x')],
      Buffer.from('\x01a'),
      new Uint8Array([1, 97]),
      [],
      ['x'.repeat(256)],
      'a',
    ].map((protocols) => {
      const out = /** @type {any} */ ({});
      const result = thrown(() => convert(protocols, out));
      return [result, out.ALPNProtocols && Buffer.from(out.ALPNProtocols).toString('hex')];
    });
  },

  'tls: forms of arguments': async ({ tls }, servers) => {
    const port = await servers.tls('good-p256');
    const ca = good.roots;
    const servername = good.hostname;
    /** @type {unknown[][]} */
    const forms = [
      [{ port, host: localhost, ca, servername }],
      [port, localhost, { ca, servername }],
      [port, { host: localhost, ca, servername }],
      [port, localhost, { ca: Buffer.from(ca), servername }],
      [{ port, host: localhost, ca: [other.roots, ca], servername }],
      [{ port, host: localhost, ca: [Buffer.from(ca)], servername }],
      [{ port, host: localhost, servername, secureContext: tls.createSecureContext({ ca }) }],
      [
        {
          port,
          host: localhost,
          ca,
          servername,
          session: undefined,
          unknown: 1,
          minDHSize: 2048,
          honorCipherOrder: true,
        },
      ],
    ];
    return Promise.all(
      forms.map((form) => {
        /** @type {string[]} */
        const seen = [];
        return exchange(
          /** @type {any} */ (tls.connect)(...form, () => seen.push('callback')),
          seen,
        );
      }),
    );
  },

  'tls: servers whose certificates are good or not': async ({ tls }, servers) => {
    const ids = ['self-signed', 'untrusted-root', 'missing-intermediate', 'wrong-host', 'ext-key-usage', 'path-length'];
    return Promise.all(
      [...ids, 'good-p384', 'good-rsa2048', 'good-wildcard', 'ca-without-ca-true', 'name-excluded'].flatMap(
        async (id) => {
          const { hostname, roots } = pki(id);
          const port = await servers.tls(id);
          const common = { port, host: localhost, servername: hostname, ca: roots };
          return [
            [id, await exchange(tls.connect(common), [])],
            [id, await exchange(tls.connect({ ...common, rejectUnauthorized: false }), [])],
          ];
        },
      ),
    );
  },

  'tls: checkServerIdentity of the application': async ({ tls }, servers) => {
    const port = await servers.tls('good-p256');
    const common = { port, host: localhost, ca: good.roots };
    /** @type {unknown[]} */
    const calls = [];
    /** @param {any} result @param {object} [more] */
    const run = (result, more) =>
      exchange(
        tls.connect({
          ...common,
          ...more,
          checkServerIdentity(/** @type {string} */ hostname, /** @type {any} */ certificate) {
            calls.push([hostname, certificate.subjectaltname, certificate.issuerCertificate?.subject]);
            return result;
          },
        }),
        [],
      );
    return [
      await run(undefined),
      await run(undefined, { servername: 'else.example' }),
      await run(null),
      await run(new Error('no')),
      await run(Object.assign(new Error('no'), { code: 'NO' }), { rejectUnauthorized: false }),
      await run(undefined, { ca: other.roots }), // not called
      await run(undefined, { ca: other.roots, rejectUnauthorized: false }),
      calls,
    ];
  },

  'tls: what is negotiated': async ({ tls }, servers) => {
    const port = await servers.tls('good-p256', { ALPNProtocols: ['b', 'a'] });
    const options = [
      { ALPNProtocols: ['a', 'b'] },
      { ALPNProtocols: Buffer.from('\x01a\x01b') },
      { maxVersion: 'TLSv1.2' },
      { minVersion: 'TLSv1.3' },
      { minVersion: 'TLSv1' },
      { secureProtocol: 'TLSv1_2_method' },
      { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      { ciphers: 'TLS_AES_128_GCM_SHA256' },
      { ciphers: 'TLS_AES_256_GCM_SHA384:ECDHE+AESGCM' },
      { ciphers: 'ECDHE+AESGCM:!AES128:!aRSA', maxVersion: 'TLSv1.2' },
      { ecdhCurve: 'P-384', ciphers: 'TLS_AES_128_GCM_SHA256' },
      { sigalgs: 'ECDSA+SHA256:RSA+SHA256', ciphers: 'TLS_AES_128_GCM_SHA256' },
    ];
    return Promise.all(
      options.map(
        (more) =>
          new Promise((resolve, reject) => {
            const settings = { port, host: localhost, ca: good.roots, servername: good.hostname, ...more };
            const socket = tls.connect(/** @type {any} */ (settings), () => {
              const cipher = Object.hasOwn(more, 'ciphers') && socket.getCipher();
              resolve([more, socket.alpnProtocol, socket.getProtocol(), socket.servername, cipher && cipher.name]);
              socket.destroy();
            });
            socket.once('error', reject);
          }),
      ),
    );
  },

  'tls: options that are wrong': ({ tls }) => {
    const context = /** @type {any} */ (tls.createSecureContext);
    return [
      { minVersion: 'TLSv9' },
      { minVersion: 'TLSv1.2', secureProtocol: 'TLS_method' },
      { secureProtocol: 'TLSv9_method' },
      { ciphers: 'NOTHING' },
      { ciphers: 1 },
      { ca: 1 },
      { ca: [{}] },
      { cert: 1, key: 1 },
    ].map((options) => thrown(() => typeof context(options)));
  },

  'tls: client certificates': async ({ tls }, servers) => {
    const port = await servers.tls('good-p256', {
      requestCert: true,
      rejectUnauthorized: true,
      ca: clients.ca,
    });
    const common = { port, host: localhost, ca: good.roots, servername: good.hostname };
    const { chain: cert, key } = clients.credentials.good;
    const forms = [
      { cert, key },
      { cert: Buffer.from(cert), key: Buffer.from(key) },
      { cert: [cert], key: [{ pem: key }] },
      { cert, key, passphrase: 'of nothing' },
      { secureContext: tls.createSecureContext({ ca: good.roots, cert, key }) },
    ];
    return Promise.all(forms.map((more) => exchange(tls.connect({ ...common, ...more }), [])));
  },

  'tls: over a socket that is open': async ({ net, tls }, servers) => {
    const port = await servers.tls('good-p256');
    const plain = net.connect(port, localhost);
    await once(plain, 'connect');
    /** @type {string[]} */
    const seen = [];
    const closed = eventsOf(plain, seen, 'plain ');
    const socket = tls.connect({ socket: plain, ca: good.roots, servername: good.hostname });
    seen.push(`${socket.connecting} ${socket.encrypted} ${socket.remotePort === plain.remotePort}`);
    await Promise.all([closed, exchange(socket, seen)]);
    return [seen, plain.destroyed];
  },

  'tls: over a socket that is opening': async ({ net, tls }, servers) => {
    const port = await servers.tls('good-p256');
    const plain = net.connect(port, localhost);
    return exchange(tls.connect({ socket: plain, ca: good.roots, servername: good.hostname }), []);
  },

  'tls: over a socket, whose certificate is not trusted': async ({ net, tls }, servers) => {
    const port = await servers.tls('good-p256');
    const plain = net.connect(port, localhost);
    await once(plain, 'connect');
    /** @type {string[]} */
    const seen = [];
    const closed = eventsOf(plain, seen, 'plain ');
    await Promise.all([closed, exchange(tls.connect({ socket: plain, ca: other.roots }), seen)]);
    return seen;
  },

  'tls: over a socket that is destroyed': async ({ net, tls }, servers) => {
    const port = await servers.tls('good-p256');
    const plain = net.connect(port, localhost);
    await once(plain, 'connect');
    const socket = tls.connect({ socket: plain, ca: good.roots, servername: good.hostname });
    socket.once('secureConnect', () => plain.destroy());
    return eventsOf(socket);
  },

  'tls: over any Duplex': async ({ net, tls }, servers) => {
    const port = await servers.tls('good-p256');
    const [near, far] = pipePair();
    const relay = net.connect(port, localhost);
    far.pipe(relay).pipe(far);
    return exchange(tls.connect({ socket: /** @type {any} */ (near), ca: good.roots, servername: good.hostname }), []);
  },

  'tls: a TLSSocket that is made': async ({ net, tls }, servers) => {
    const port = await servers.tls('good-p256');
    const plain = net.connect(port, localhost);
    await once(plain, 'connect');
    const secureContext = tls.createSecureContext({ ca: good.roots });
    const socket = new tls.TLSSocket(plain, /** @type {any} */ ({ secureContext, servername: good.hostname }));
    socket.write('hello');
    return eventsOf(socket);
  },

  'tls: timeout, and a signal': async ({ tls }, servers) => {
    const port = await servers.tls('good-p256');
    const common = { port, host: localhost, ca: good.roots, servername: good.hostname };
    const idle = tls.connect({ ...common, timeout: 200 });
    idle.once('timeout', () => idle.destroy());
    const controller = new AbortController();
    const aborted = tls.connect(/** @type {any} */ ({ ...common, signal: controller.signal }));
    aborted.once('secureConnect', () => controller.abort());
    return Promise.all([eventsOf(idle), eventsOf(aborted)]);
  },

  'tls: keylog': async ({ tls }, servers) => {
    const port = await servers.tls('good-p256');
    const socket = tls.connect({ port, host: localhost, ca: good.roots, servername: good.hostname });
    /** @type {string[]} */
    const labels = [];
    socket.on('keylog', (line) => labels.push(`${Buffer.isBuffer(line)} ${String(line).split(' ')[0]}`));
    await exchange(socket, []);
    return labels.sort();
  },
};
