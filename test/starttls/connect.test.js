/** connect() with `starttls`: the dialogue over real transports, its limits of time, and how it ends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { connect, streams, tcp, TLSError, websockify } from '../../dist/index.js';
import { Preamble } from '../../dist/starttls/preamble.js';
import { startBridge } from '../helpers/bridge.js';
import { closeDialled, dial, readText, rejection } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { relayTo, startScriptedBridge } from '../helpers/scripted-bridge.js';
import { startNodeTls } from '../helpers/servers.js';
import { startScripted } from '../helpers/starttls-server.js';

/** @typedef {import('../helpers/starttls-server.js').Step} Step */

const good = pki('good-p256');

/** @type {Step[]} */
const SMTP = [
  { say: '220 mail.example ESMTP\r\n' },
  { hear: 'EHLO [127.0.0.1]\r\n' },
  { say: '250-mail.example\r\n250 STARTTLS\r\n' },
  { hear: 'STARTTLS\r\n' },
  { say: '220 go ahead\r\n' },
];
/** @type {Step[]} */
const POSTGRES = [{ hear: '\0\0\0\x08\x04\xd2\x16\x2f' }, { say: 'S' }];

/** @type {Awaited<ReturnType<typeof startScripted>>} */
let smtp;
/** @type {Awaited<ReturnType<typeof startScripted>>} */
let postgres;
/** @type {Awaited<ReturnType<typeof startBridge>>} */
let bridge;

before(async () => {
  [smtp, postgres] = await Promise.all([startScripted(good, SMTP), startScripted(good, POSTGRES)]);
  bridge = await startBridge({ allowTargets: [smtp, postgres].map(({ port }) => `127.0.0.1:${port}`) });
});
after(async () => {
  await closeDialled();
  await bridge.close();
  await Promise.all([smtp.close(), postgres.close()]);
});

/** @param {(socket: import('node:net').Socket) => void} onConnection */
async function startPlain(onConnection) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    sockets,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** TCP as a transport of streams that nobody of ours made. @param {number} port */
async function foreignStreams(port) {
  const { readable, writable } = await tcp()({ hostname: '127.0.0.1', port }, { signal: new AbortController().signal });
  const { readable: from, writable: to } = new TransformStream();
  void readable.pipeTo(to).catch(() => {});
  return { readable: from, writable };
}

describe('connect() without starttls', () => {
  test('loads nothing of it but the names', () => {
    /** @type {Set<string>} */
    const loaded = new Set();
    const load = (/** @type {URL} */ url) => {
      if (loaded.has(url.href)) return;
      loaded.add(url.href);
      const statements = /^(?:import|export)\b[^;]*?from '(\.[^']+)';/gm;
      for (const [, name] of readFileSync(url, 'utf8').matchAll(statements)) load(new URL(name, url));
    };
    load(new URL('../../dist/index.js', import.meta.url));
    const names = [...loaded].map((href) => href.replace(/^.*\/dist\//, ''));
    assert.ok(names.includes('connection.js') || names.includes('tls-connection.js'), names.join(' '));
    assert.deepEqual(
      names.filter((name) => name.includes('starttls')),
      ['starttls/protocols.js'],
    );
  });
});

describe('connect() with starttls', () => {
  for (const route of ['TCP', 'the bridge', 'streams']) {
    for (const protocol of /** @type {const} */ (['smtp', 'postgres'])) {
      test(`${protocol} over ${route}: TLS begins after the dialogue`, async () => {
        const server = protocol === 'smtp' ? smtp : postgres;
        const transport =
          route === 'streams'
            ? streams(await foreignStreams(server.port))
            : route === 'TCP'
              ? undefined
              : websockify(bridge.url);
        const socket = await dial(good, server, { starttls: protocol, transport });
        const { verification, timing } = await socket.opened;
        assert.equal(verification.ok, true);
        assert.ok((timing.starttls ?? -1) >= 0);
        assert.ok(timing.transport + (timing.starttls ?? 0) + timing.handshake <= timing.total + 1);
        assert.equal(timing.dialled === null, route !== 'the bridge');
        await socket.write('hello\n');
        assert.equal(await readText(socket, '\n'), 'hello\n');
        await socket.close();
      });
    }
  }

  test('without it, timing.starttls is null', async () => {
    const server = await startNodeTls(good);
    const socket = await dial(good, server);
    assert.equal((await socket.opened).timing.starttls, null);
    await socket.close();
    await server.close();
  });

  test('is rejected for other values, and has usual ports', async () => {
    for (const value of ['telnet', 'SMTP', 'toString', '', 1, true]) {
      assert.throws(
        () => connect('a.example', { starttls: /** @type {any} */ (value) }),
        (error) =>
          error instanceof TLSError && error.code === 'ERR_TLS_INVALID_OPTION' && /starttls/.test(error.message),
      );
    }
    for (const [address, starttls, port] of /** @type {const} */ ([
      ['a.example', 'postgres', 5432],
      ['[::1]', 'xmpp-server', 5269],
      ['a.example:2525', 'smtp', 2525],
      ['a.example', undefined, 443],
    ])) {
      /** @type {number | undefined} */
      let dialled;
      const transport = async (/** @type {{port: number}} */ to) => {
        dialled = to.port;
        throw new Error('dialled');
      };
      await rejection(connect(address, { starttls, transport }).opened);
      assert.equal(dialled, port);
    }
  });

  test('what comes with the go-ahead is an error, and never read as TLS or data', async () => {
    for (const extra of ['250 injected\r\n', '\x16\x03\x03\0\x02', '\0']) {
      const server = await startScripted(good, [...SMTP.slice(0, -1), { say: `220 go ahead\r\n${extra}` }]);
      const error = await rejection((await dial(good, server, { starttls: 'smtp' })).opened);
      assert.equal(error.code, 'ERR_TLS_STARTTLS');
      assert.match(error.message, /nothing had asked for/);
      await server.close();
    }
  });

  test('what comes just after it, before our ClientHello, is one too', async () => {
    for (const early of [true, false]) {
      /** @type {import('../../dist/transports/channel.js').Receiver | undefined} */
      let input;
      const channel = /** @type {import('../../dist/transports/channel.js').Channel} */ (
        /** @type {unknown} */ ({
          start(/** @type {NonNullable<typeof input>} */ receiver) {
            input = receiver;
          },
          send: () => undefined,
        })
      );
      /** @type {string[]} */
      const got = [];
      const receiver = {
        receive: (/** @type {Uint8Array} */ bytes) => void got.push(Buffer.from(bytes).toString()),
        ended: () => void got.push('end'),
        failed: () => void got.push('failure'),
        broken: () => void got.push('break'),
      };
      const preamble = new Preamble('postgres', 'a.example');
      const running = preamble.run(channel, new AbortController().signal);
      input?.receive(Buffer.from('S'));
      if (early) input?.receive(Buffer.from('x'));
      input?.broken(new Error('broken'));
      await running;
      if (early) {
        assert.throws(() => preamble.start(receiver), {
          code: 'ERR_TLS_STARTTLS',
          message: /nothing had asked for: "x"/,
        });
        continue;
      }
      preamble.start(receiver);
      input?.receive(Buffer.from('y'));
      input?.ended();
      assert.deepEqual(got, ['break', 'y', 'end']);
    }
  });

  test('a refusal is quoted, over TCP and the bridge, and the connection is closed', async () => {
    const server = await startPlain((socket) => {
      socket.on('data', () => {}).write('554 5.7.1 go \x1b[31maway\u202e\r\n');
    });
    const own = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
    for (const transport of [undefined, websockify(own.url)]) {
      const error = await rejection((await dial(good, server, { starttls: 'smtp', transport })).opened);
      assert.equal(error.code, 'ERR_TLS_STARTTLS');
      assert.match(error.message, /it began with "554 5\.7\.1 go \\u001b\[31maway\\u\{202e\}"\./);
      const limit = AbortSignal.timeout(5000);
      while (server.sockets.size > 0 && !limit.aborted) await delay(10);
      assert.equal(server.sockets.size, 0);
    }
    await own.close();
    await server.close();
  });

  test('a server that closes, or is reset, says so', async () => {
    const ends = await startPlain((socket) => void socket.end());
    const error = await rejection((await dial(good, ends, { starttls: 'imap' })).opened);
    await ends.close();
    assert.equal(error.code, 'ERR_TLS_STARTTLS');
    assert.match(error.message, /closed the connection before TLS, without sending a byte/);
    const half = await startPlain((socket) => void socket.end('* OK'));
    const second = await rejection((await dial(good, half, { starttls: 'imap' })).opened);
    await half.close();
    assert.match(second.message, /the last it sent was "\* OK"/);
    const resets = await startPlain((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const third = await rejection((await dial(good, resets, { starttls: 'ldap' })).opened);
    await resets.close();
    assert.equal(third.code, 'ERR_TLS_TRANSPORT');
  });

  test('the timeout counts, and says how far it came', async () => {
    for (const [starttls, say, message] of /** @type {const} */ ([
      [
        'smtp',
        '',
        /was not open within 300 ms\. The server accepted it, but sent nothing, and SMTP has to start TLS\./,
      ],
      ['smtp', '220-slow\r\n', /had not started TLS; the last it sent was "220-slow"/],
      ['postgres', '', /PostgreSQL has to start TLS/],
    ])) {
      const server = await startPlain((socket) => void socket.on('data', () => {}).write(say));
      const error = await rejection((await dial(good, server, { starttls, timeout: 300 })).opened);
      assert.equal(error.code, 'ERR_TLS_TIMEOUT');
      assert.match(error.message, message);
      const limit = AbortSignal.timeout(5000);
      while (server.sockets.size > 0 && !limit.aborted) await delay(10);
      assert.equal(server.sockets.size, 0, 'closed');
      await server.close();
    }
  });

  test('a greeting that never comes is subject to firstByteTimeout of the bridge', async () => {
    const server = await startPlain((socket) => void socket.on('data', () => {}));
    const own = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
    const transport = websockify(own.url, { firstByteTimeout: 300 });
    const error = await rejection((await dial(good, server, { starttls: 'smtp', transport })).opened);
    assert.equal(error.code, 'ERR_TLS_CONNECT_TIMEOUT');
    assert.match(error.message, /firstByteTimeout, 300 ms/);
    await own.close();
    await server.close();
  });

  test('a bridge that is full is tried again, with the limit for the greeting', async () => {
    for (const starttls of /** @type {const} */ (['smtp', 'postgres'])) {
      const server = starttls === 'smtp' ? smtp : postgres;
      const own = await startScriptedBridge((ws, number) => {
        number === 1 ? ws.close(4429, 'full') : number === 2 ? relayTo(ws, server.port) : undefined;
      });
      const transport = websockify(own.url, { firstByteTimeout: 5000 });
      const socket = await dial(good, server, { starttls, transport });
      assert.equal((await socket.opened).verification.ok, true);
      await socket.close();
      const silent = websockify(own.url, { firstByteTimeout: 200 });
      const error = await rejection((await dial(good, server, { starttls, transport: silent })).opened);
      assert.match(error.message, /firstByteTimeout, 200 ms/);
      assert.equal(own.tokens.length, 3);
      await own.close();
    }
  });

  test('abort and close() end it at any time', async () => {
    for (const answers of [[], ['220 x\r\n'], ['220 x\r\n', '250-x\r\n250 STARTTLS\r\n']]) {
      for (const how of ['abort', 'close']) {
        const server = await startPlain((socket) => {
          const [greeting = '', answer = ''] = answers;
          socket.once('data', () => socket.resume().write(answer)).write(greeting);
        });
        const controller = new AbortController();
        const socket = await dial(good, server, { starttls: 'smtp', signal: controller.signal });
        const opened = rejection(socket.opened);
        await delay(how === 'abort' ? 50 : 20);
        how === 'abort' ? controller.abort() : await socket.close();
        const { code } = await opened;
        assert.equal(code, how === 'abort' ? 'ERR_TLS_ABORTED' : 'ERR_TLS_CLOSED');
        const limit = AbortSignal.timeout(5000);
        while (server.sockets.size > 0 && !limit.aborted) await delay(10);
        assert.equal(server.sockets.size, 0, 'closed');
        await server.close();
      }
    }
  });

  test('works when each byte comes alone', async () => {
    /** @param {string} say @returns {Step} */
    const one = (say) => ({ say });
    const steps = SMTP.flatMap((step) => ('say' in step ? [...step.say].map(one) : [step]));
    const server = await startScripted(good, steps);
    const socket = await dial(good, server, { starttls: 'smtp' });
    assert.equal((await socket.opened).verification.ok, true);
    await socket.close();
    await server.close();
  });
});
