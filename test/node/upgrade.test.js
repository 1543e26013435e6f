/** Plaintext first, then TLS over the same connection: net.connect() and tls.connect({socket}) of the drop-ins. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import nodeNet, { createServer } from 'node:net';
import { after, afterEach, describe, test } from 'node:test';
import { connect, streams, TrustStore } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import net from '../../dist/node/net.js';
import tls from '../../dist/node/tls.js';
import { pki } from '../helpers/pki.js';
import { SERVERS } from '../helpers/plaintext-first.js';
import { startNodeTls } from '../helpers/servers.js';

const good = pki('good-p256');
const now = new Date(good.clock);
const trusted = { ca: good.roots, servername: good.hostname };

net.configure({ now });
afterEach(() => net.configure({ now }));

/** @type {(() => unknown)[]} */
const closers = [];
after(() => Promise.all(closers.map((close) => close())));

/**
 * Reads until the text matches.
 * @param {import('node:stream').Duplex} socket
 * @param {RegExp} pattern
 */
async function readUntil(socket, pattern) {
  let text = '';
  while (!pattern.test(text)) {
    const [chunk] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    assert.ok(Buffer.isBuffer(chunk), `closed after ${JSON.stringify(text)}`);
    text += chunk.toString('latin1');
  }
  return text;
}

/** @param {import('node:events').EventEmitter} socket @returns {Promise<any>} its error; fails if it is secure */
function failure(socket) {
  return new Promise((resolve, reject) => {
    socket.once('error', resolve);
    socket.once('secureConnect', () => reject(new Error('secure')));
  });
}

describe('real servers', () => {
  /** What is said before TLS and within. @type {Record<string, {name: string, port: string, before: [RegExp | undefined, string | Buffer, RegExp][], within: [string | Buffer, RegExp]}>} */
  const DIALOGUES = {
    'PostgreSQL by SSLRequest': {
      name: 'PostgreSQL',
      port: 'postgres',
      before: [[undefined, Buffer.from('0000000804d2162f', 'hex'), /^S$/]],
      within: [
        Buffer.from('000000170003000075736572 00706f7374677265730000'.replace(' ', ''), 'hex'),
        /^R\0\0\0\x08\0\0\0\0/,
      ],
    },
    'Dovecot by STARTTLS of IMAP': {
      name: 'Dovecot',
      port: 'imap',
      before: [[/\* OK .*\r\n/, 'a STARTTLS\r\n', /^a OK .*\r\n$/]],
      within: ['b NOOP\r\n', /^b OK /],
    },
    'Exim by STARTTLS of SMTP': {
      name: 'Exim',
      port: 'smtp',
      before: [
        [/^220 .*\r\n/, 'EHLO client.example\r\n', /^250 .*\r\n/m],
        [undefined, 'STARTTLS\r\n', /^220 .*\r\n$/],
      ],
      within: ['EHLO client.example\r\n', /^250 .*\r\n/m],
    },
  };
  for (const [title, { name, port, before, within }] of Object.entries(DIALOGUES)) {
    const { skip, start } = SERVERS[name];
    test(`${title}, and again over the same Socket`, { skip, timeout: 60_000 }, async (t) => {
      const server = await start(good);
      t.after(() => server.close());
      const plain = new net.Socket();
      for (let round = 0; round < 2; round++) {
        plain.connect(server.ports[port], '127.0.0.1');
        for (const [greeting, say, answer] of before) {
          if (greeting) await readUntil(plain, greeting);
          plain.write(say);
          await readUntil(plain, answer);
        }
        const secure = tls.connect({ socket: plain, ...trusted });
        await once(secure, 'secureConnect');
        assert.equal(secure.authorized, true);
        secure.write(within[0]);
        await readUntil(secure, within[1]);
        const closed = [once(secure, 'close'), once(plain, 'close')];
        secure.destroy();
        await Promise.all(closed);
        assert.ok(plain.destroyed);
      }
    });
  }
});

describe('plaintext that is left to read', () => {
  /** A transport whose input the test sends. */
  function scripted() {
    /** @type {ReadableStreamDefaultController<Uint8Array>} */
    let controller = /** @type {any} */ (undefined);
    /** @type {Buffer[]} */
    const sent = [];
    const readable = new ReadableStream({ start: (given) => void (controller = given) });
    const writable = new WritableStream({ write: (chunk) => void sent.push(Buffer.from(chunk)) });
    net.configure({ now, transport: streams({ readable, writable }) });
    return { sent, receive: (/** @type {string} */ text) => controller.enqueue(new TextEncoder().encode(text)) };
  }

  /** @type {Record<string, (socket: any, receive: (text: string) => void) => Promise<void> | void>} */
  const CASES = {
    'in the Socket, behind what was read': async (socket, receive) => {
      receive('S+INJECTED');
      await once(socket, 'readable');
      assert.equal(String(socket.read(1)), 'S');
    },
    'in the connection, before the handshake': async (socket, receive) => {
      receive('S');
      await once(socket, 'data');
      receive('INJECTED');
    },
    'in the connection, while the Socket pauses': async (socket, receive) => {
      socket.pause();
      receive('S');
      await new Promise((resolve) => setTimeout(resolve, 10));
      receive('INJECTED');
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
    'in transit to the Socket': (socket, receive) => {
      socket.resume();
      receive('INJECTED');
    },
  };
  for (const [where, prepare] of Object.entries(CASES)) {
    test(`${where} is an error, and no ClientHello is sent`, { timeout: 10_000 }, async () => {
      const { sent, receive } = scripted();
      const plain = net.connect(1, 'server.example');
      plain.on('error', assert.ifError);
      await once(plain, 'connect');
      await prepare(plain, receive);
      const error = await failure(tls.connect({ socket: plain, ...trusted }));
      assert.equal(error.code, 'ERR_TLS_PLAINTEXT_LEFT', error.message);
      assert.deepEqual(sent, []);

      // The same Socket can be used again.
      if (!plain.closed) await once(plain, 'close');
      net.configure({ now });
      const server = await startNodeTls(good);
      closers.push(server.close);
      plain.connect(server.port, '127.0.0.1');
      const secure = tls.connect({ socket: plain, ...trusted });
      await once(secure, 'secureConnect');
      secure.destroy();
    });
  }
});

describe('over a Socket', () => {
  test('everything that was written is sent before the ClientHello', async (t) => {
    const listening = createServer((socket) => {
      let text = '';
      socket.on('data', (data) => {
        text += data.toString('latin1');
        if (text.length > 300_000 && text.includes('\x16\x03\x01')) {
          socket.destroy();
          resolveText(text);
        }
      });
    }).listen(0, '127.0.0.1');
    t.after(() => listening.close());
    /** @type {(text: string) => void} */
    let resolveText = () => {};
    const received = new Promise((/** @type {(text: string) => void} */ resolve) => (resolveText = resolve));
    await once(listening, 'listening');
    const plain = net.connect(/** @type {any} */ (listening.address()).port, '127.0.0.1');
    plain.write('a'.repeat(200_000));
    plain.write('b'.repeat(100_000));
    const error = failure(tls.connect({ socket: plain, ...trusted }));
    const text = await received;
    assert.equal(text.indexOf('\x16\x03\x01'), 300_000);
    assert.equal((await error).code, 'ECONNRESET');
  });

  test('settings and the timeout of the Socket go on to count', async () => {
    const server = await startNodeTls(good);
    closers.push(server.close);
    const plain = net.connect(server.port, '127.0.0.1');
    await once(plain, 'connect');
    let timeouts = 0;
    plain.setTimeout(300, () => timeouts++);
    const secure = tls.connect({ socket: plain, ...trusted });
    await once(secure, 'secureConnect');
    for (let i = 0; i < 5; i++) {
      secure.write('x');
      await once(secure, 'data');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(timeouts, 0, 'bytes of TLS are activity');
    assert.equal(plain.setNoDelay(true).setKeepAlive(true), plain);
    assert.equal(plain.remotePort, server.port);
    assert.equal(secure.remotePort, server.port);
    await once(plain, 'timeout');
    const [closed, failed] = [once(secure, 'close'), failure(plain)];
    plain.write('plaintext');
    assert.match((await failed).message, /has TLS now/);
    await closed;
  });

  test('TLS within TLS', async (t) => {
    const inner = await startNodeTls(good);
    closers.push(inner.close);
    const outer = await startNodeTls(good, {}, (socket) => {
      const relay = net.connect(inner.port, '127.0.0.1');
      socket.on('error', () => {}).pipe(relay);
      relay.on('error', () => {}).pipe(socket);
    });
    t.after(() => outer.close());
    const first = tls.connect({ port: outer.port, host: '127.0.0.1', ...trusted });
    const second = tls.connect({ socket: first, ...trusted });
    const data = readUntil(second, /^hello$/);
    second.write('hello');
    await data;
    const closed = once(first, 'close');
    second.end();
    second.resume();
    await closed;
  });

  test("a Socket of Node's own, open or opening, and what toDuplex() returns", async () => {
    const server = await startNodeTls(good);
    closers.push(server.close);
    for (const wait of [false, true]) {
      const plain = nodeNet.connect(server.port, '127.0.0.1');
      if (wait) await once(plain, 'connect');
      const secure = tls.connect({ socket: plain, ...trusted });
      await once(secure, 'secureConnect');
      const data = readUntil(secure, /^hello$/);
      secure.write('hello');
      await data;
      const closed = once(plain, 'close');
      secure.end();
      await closed;
    }
    const plain = toDuplex(connect(`127.0.0.1:${server.port}`, { secureTransport: 'off' }));
    const secure = tls.connect({ socket: plain, ...trusted });
    await once(secure, 'secureConnect');
    secure.destroy();
    const nobody = nodeNet.connect(1, '127.0.0.1');
    assert.equal((await failure(tls.connect({ socket: nobody, ...trusted }))).code, 'ECONNREFUSED');
  });

  test('one that has ended, was never connected, or is no Socket', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    const ended = net.connect(/** @type {any} */ (server.address()).port, '127.0.0.1');
    ended.end();
    await once(ended, 'finish');
    for (const socket of [ended, new net.Socket()]) {
      assert.equal((await failure(tls.connect({ socket, ...trusted }))).code, 'ERR_TLS_CLOSED');
    }
    assert.throws(() => tls.connect({ socket: /** @type {any} */ ({}), ...trusted }), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => tls.connect({ port: 1, servername: /** @type {any} */ (1) }), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => tls.connect({ secureContext: /** @type {any} */ ({}), port: 1 }), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  });
});

describe('configure()', () => {
  /** @param {object} [options] */
  async function connectTo(options) {
    const server = await startNodeTls(good);
    closers.push(server.close);
    return tls.connect({ port: server.port, host: '127.0.0.1', servername: good.hostname, ...options });
  }

  test('sets the trust anchors of connections without ca', async () => {
    tls.configure({ now, trust: await TrustStore.from(good.roots) });
    const trusting = await connectTo();
    await once(trusting, 'secureConnect');
    trusting.destroy();
    const other = await failure(await connectTo({ ca: pki('good-rsa2048').roots }));
    assert.equal(other.code, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    net.configure({ now }); // the same configuration
    assert.equal((await failure(await connectTo())).code, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  });

  test('sets CRLs, and the time of verification', async () => {
    const { chain, key, roots, crl, hostname } = pki('revoked');
    const server = await startNodeTls(/** @type {any} */ ({ chain, key }));
    closers.push(server.close);
    const options = { port: server.port, host: '127.0.0.1', ca: roots, servername: hostname };
    tls.configure({ now, crls: crl });
    assert.equal((await failure(tls.connect(options))).code, 'CERT_REVOKED');
    tls.configure({ now: new Date('2001-01-01') });
    const early = await failure(tls.connect(options));
    assert.equal(early.code, 'CERT_NOT_YET_VALID', early.message);
  });

  test('sets the time to open a connection', async (t) => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    t.after(() => silent.close());
    await once(silent, 'listening');
    tls.configure({ now, timeout: 100 });
    const { port } = /** @type {any} */ (silent.address());
    assert.equal((await failure(tls.connect({ port, host: '127.0.0.1', ...trusted }))).code, 'ETIMEDOUT');
  });

  test('rejects what does not go together', async () => {
    const transport = async () => assert.fail('dialled');
    assert.throws(() => net.configure({ bridge: 'ws://a/', transport }), { code: 'ERR_TLS_INVALID_OPTION' });
    assert.throws(() => net.configure(/** @type {any} */ ({ ca: 'x' })), { code: 'ERR_TLS_INVALID_OPTION' });
    net.configure({ transport });
    assert.throws(() => net.connect({ port: 1, localAddress: '127.0.0.1' }), /localAddress and localPort need TCP/);
    const socket = net.connect({ port: 1, family: 4 });
    assert.equal((await failure(socket)).cause?.message ?? '', 'dialled');
  });
});

describe('CRLs', () => {
  test('of the option crl must cover every certificate, as in Node', async () => {
    for (const [id, expected] of /** @type {const} */ ([
      ['good-crl', undefined],
      ['revoked', 'CERT_REVOKED'],
      ['crl-expired', 'CRL_HAS_EXPIRED'],
      ['private-ca', 'UNABLE_TO_GET_CRL'],
    ])) {
      const { hostname, roots, crl } = pki(id);
      const server = await startNodeTls(pki(id));
      closers.push(server.close);
      const crls = crl ?? pki('good-crl').crl;
      const options = { port: server.port, host: '127.0.0.1', ca: roots, servername: hostname, crl: crls };
      const socket = tls.connect(options);
      if (expected === undefined) {
        await once(socket, 'secureConnect');
        socket.destroy();
      } else {
        const error = await failure(socket);
        assert.equal(error.code, expected, error.message);
        assert.equal(error.cause.name, 'TLSError');
      }
    }
  });
});
