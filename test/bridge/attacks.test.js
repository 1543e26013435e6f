// Attacks on a running bridge. Only loopback is ever dialled: the bridge runs with a fake network, which logs and
// rejects every other dial.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  childrenOf,
  closed,
  closeFrame,
  closeEvent,
  dial,
  frame,
  rawDial,
  rejectedUpgradeStatus,
  request,
  startTarget,
  statusOf,
  until,
} from '../helpers/bridge-clients.js';
import { startBridgeWithFakeNetwork } from '../helpers/bridge.js';

const PUBLIC = '93.184.215.14';
const PUBLIC6 = '2606:2800:21f:cb07:6820:80da:af6b:8b2c';
const OWN = '198.41.0.4';
const NOT_PUBLIC = 'rejected: the host has a non-public address';
const OWN_ADDRESS = "rejected: the host has an address of the bridge's own machine";
const PAGE = 'http://localhost:8080';

describe('attacks on the bridge', { timeout: 120_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startBridgeWithFakeNetwork>>} */
  let bridge;
  /** @type {Awaited<ReturnType<typeof startTarget>>} */
  let echo;

  before(async () => {
    echo = await startTarget((socket) => socket.pipe(socket));
    bridge = await startBridgeWithFakeNetwork(
      {
        own: [OWN],
        names: {
          'public.test.': [[PUBLIC6, PUBLIC]],
          'private.test.': [['10.0.0.1']],
          'loopback.test.': [['127.0.0.1']],
          'loopback6.test.': [['::1']],
          'mapped.test.': [['::ffff:127.0.0.1']],
          'metadata.test.': [['169.254.169.254']],
          'scoped.test.': [['fe80::1%eth0']],
          'mixed.test.': [[PUBLIC, '192.168.0.1']],
          'mixed6.test.': [['fd00::1', PUBLIC6]],
          'own.test.': [[PUBLIC, OWN]],
          'own6.test.': [[`::ffff:${OWN}`]],
          'rebinding.test.': [[PUBLIC], ['127.0.0.1']],
          'empty.test.': [[]],
          'nonsense.test.': [['not an address']],
          'many.test.': [[...Array.from({ length: 200 }, (_, i) => `8.8.${i}.8`), '127.0.0.1']],
          'foo.localhost.': [['127.0.0.1', '::1']],
          'localhost.localdomain.': [['127.0.0.1']],
        },
      },
      {
        origins: [PAGE],
        allowTargets: [echo.token],
        args: ['--request-timeout', '1', '--max-per-address', '40'],
      },
    );
  });

  after(async () => {
    await bridge.close();
    await echo.close();
  });

  /** @param {string} token exactly as in the URL */
  const closeOf = (token) => closeEvent(dial(bridge, token));

  /** Waits for an echo, which shows that the connection relays. @param {Awaited<ReturnType<typeof rawDial>>} client */
  async function waitForEcho(client) {
    const word = `word ${Math.random()}`;
    client.socket.write(frame(0x82, word));
    await until(() => client.frames().includes(word));
  }

  /** The child that serves a new connection. @param {() => Promise<unknown>} connect */
  async function childOf(connect) {
    const before = new Set(childrenOf(bridge.pid));
    await connect();
    const [child] = childrenOf(bridge.pid).filter((pid) => !before.has(pid));
    return child;
  }

  test('dials hosts that no rule forbids, so that the rejections below mean something', async () => {
    assert.equal((await closeOf('public.test:443')).code, 4502);
    assert.equal((await closeOf(`${PUBLIC}:443`)).code, 4502);
    assert.deepEqual(bridge.dialled(), [[PUBLIC6, PUBLIC], [PUBLIC]]);
  });

  describe("the bridge's own machine, in every spelling, is rejected", () => {
    /** @type {[string, number, string[]][]} */
    const spellings = [
      ['decimal, octal, hexadecimal and short', 4400, '2130706433 017700000001 0x7f000001 127.1 127.0.1'.split(' ')],
      ['octets in other bases', 4400, ['0177.0.0.1', '0x7f.0.0.1', '127.0.0.0x1', '127.0.0.01', '0x7f.1', '0x7f.0.01']],
      ['out of range', 4400, ['256.0.0.1', '127.0.0.257', '4294967297', '127.0.0.1.1']],
      ['dotted', 4403, ['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.0.0.1', '169.254.169.254', '100.64.0.1']],
      ['IPv6', 4403, ['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[fe80::1]', '[fd00::1]', '[ff02::1]', '[fec0::1]']],
      ['IPv4-mapped', 4403, ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:10.0.0.1]', '[::127.0.0.1]']],
      ['NAT64', 4403, ['[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::1.1.1.1]']],
      ['6to4', 4403, ['[2002:7f00:1::]', '[2002:a00:1::1]', '[2002:101:101::]']],
      ['Teredo', 4403, ['[2001::1]', '[2001:0:4136:e378:8000:63bf:80ff:fffe]']],
      ['zones', 4400, ['[fe80::1%25eth0]', '[::1%25lo]', '[::1%lo]', '[fe80::1%251]']],
      ['full-width and other digits', 4400, ['１２７.0.0.1', '127。0。0。1', '①②⑦.0.0.1', '١٢٧.0.0.1', 'ⓛocalhost']],
      ['percent-encodings of the token', 4400, ['%25312%2537.0.0.1', '127%252e0.0.1', 'localhost%252e']],
      ['NUL', 4400, ['127.0.0.1%00', 'public.test%00.localhost', '%00']],
      ['line breaks', 4400, ['127.0.0.1%0a', '%0d%0apublic.test', 'public.test%0d%0aHost:%20x']],
      ['white space', 4400, ['%20127.0.0.1', '127.0.0.1%20', '127.0.0.1%09', 'public.test%c2%a0']],
      ['user names', 4400, ['public.test@127.0.0.1', 'user:password@private.test', '127.0.0.1%2f@public.test']],
      ['paths and schemes', 4400, ['http://127.0.0.1', '127.0.0.1/x', '127.0.0.1%3fx', '127.0.0.1%23x', '..%2f..']],
      ['a final dot', 4400, ['127.0.0.1.', 'localhost.', 'public.test.', 'localhost..', '[::1].']],
      ['names of one label', 4403, ['localhost', 'LOCALHOST', 'ip6-localhost', 'metadata', 'intranet']],
      ['names that resolve to it', 4403, ['foo.localhost', 'localhost.localdomain', 'Loopback.TEST', 'loopback6.test']],
    ];
    for (const [name, code, hosts] of spellings) {
      test(`${name}: closed with ${code}`, async () => {
        const before = bridge.dialled().length;
        for (const host of hosts) assert.equal((await closeOf(`${host}:443`)).code, code, host);
        assert.equal(bridge.dialled().length, before);
      });
    }
  });

  describe('malicious DNS answers', () => {
    for (const [host, code, reason] of /** @type {[string, number, string][]} */ ([
      ['private.test', 4403, NOT_PUBLIC],
      ['mapped.test', 4403, NOT_PUBLIC],
      ['metadata.test', 4403, NOT_PUBLIC],
      ['scoped.test', 4403, NOT_PUBLIC],
      ['mixed.test', 4403, NOT_PUBLIC],
      ['mixed6.test', 4403, NOT_PUBLIC],
      ['many.test', 4403, NOT_PUBLIC],
      ['nonsense.test', 4403, NOT_PUBLIC],
      ['own.test', 4403, OWN_ADDRESS],
      ['own6.test', 4403, OWN_ADDRESS],
      ['empty.test', 4404, 'not resolved: the host name has no address'],
      ['unknown.test', 4404, 'not resolved: the host name has no address'],
    ])) {
      test(`${host} is not dialled`, async () => {
        const before = bridge.dialled().length;
        assert.deepEqual(await closeOf(`${host}:443`), { code, reason });
        assert.equal(bridge.dialled().length, before);
      });
    }

    test("the bridge's own address is rejected as a literal too", async () => {
      assert.equal((await closeOf(`${OWN}:443`)).code, 4403);
    });

    test('DNS rebinding fails: a name is looked up once, and only the vetted addresses are dialled', async () => {
      const before = bridge.dialled().length;
      assert.equal((await closeOf('rebinding.test:443')).code, 4502);
      assert.deepEqual(bridge.dialled().slice(before), [[PUBLIC]]);
      assert.equal(bridge.asked().filter((name) => name === 'rebinding.test.').length, 1);
    });
  });

  test('other ports are rejected before any look-up', async () => {
    const before = bridge.asked().length;
    for (const port of [22, 25, 53, 80, 445, 3306, 6379, 8443, 65535]) {
      assert.deepEqual(await closeOf(`public.test:${port}`), {
        code: 4403,
        reason: `rejected: port ${port} is not allowed`,
      });
    }
    assert.equal(bridge.asked().length, before);
  });

  test('malformed tokens are rejected before any look-up', async () => {
    const before = bridge.asked().length;
    const [host, long] = ['public.test', 'a'.repeat(5000)];
    for (const token of ['', ':', ':443', host, `${host}:`, `${host}:0`, `${host}:0443`, `${host}:65536`, long]) {
      assert.equal((await closeOf(token)).code, 4400, token);
    }
    for (const port of ['+443', '-443', '443%00', '443%0a', '0x1bb', '４４３', '4_43', '443:443', '443/', 'https']) {
      assert.equal((await closeOf(`${host}:${port}`)).code, 4400, port);
    }
    const two = `${host}:443&token=${host}:443`;
    for (const token of [two, `${host}:443&tok%65n=x`, `${host}:443&token`, '%ff', `${host}:443${'&a=b'.repeat(20)}`]) {
      assert.equal((await closeOf(token)).code, 4400, token);
    }
    // Without --key-file, signed tokens are not recognized.
    assert.equal((await closeOf('eyJhbGciOiJub25lIn0.e30.x')).code, 4400);
    assert.equal(bridge.asked().length, before);
  });

  test('pages of other sites, and requests with two Origins, get 403 before any look-up', async () => {
    const before = bridge.asked().length;
    for (const origin of [
      'https://evil.test',
      'null',
      `${PAGE}.evil.test`,
      'http://localhost',
      `${PAGE}/`,
      'HTTP://localhost:8080',
    ]) {
      assert.equal(await rejectedUpgradeStatus(dial(bridge, 'public.test:443', { origin })), 403, origin);
    }
    await assert.rejects(rawDial(bridge, 'public.test:443', `Origin: ${PAGE}\r\nOrigin: ${PAGE}\r\n`), /403/);
    assert.equal(bridge.asked().length, before);
  });

  test('client input can neither forge log lines nor put control or non-ASCII characters into the log', async (t) => {
    const bridge = await startBridgeWithFakeNetwork({}, { origins: [PAGE], allowTargets: [echo.token] });
    t.after(bridge.close);
    await closeEvent(dial(bridge, 'evil%0a{"code":1000,"target":"forged"}:443'));
    await assert.rejects(rawDial(bridge, echo.token, 'Origin: "}\x1b[2J\xff{"code":1000}\r\n'), /403/);
    await assert.rejects(rawDial(bridge, echo.token, 'Origin: a\r\n {"folded": 1}\r\n'), /403/);
    await assert.rejects(rawDial(bridge, echo.token, `Origin: ${'a'.repeat(5000)}\r\n`), /403/);
    const client = await rawDial(bridge, echo.token, 'X-Forwarded-For: 1.2.3.4\r\nUser-Agent: \x1b]0;x\x07\r\n');
    client.socket.end();
    await client.ended;
    await until(() => bridge.lines().length >= 5);
    await bridge.close();
    assert.equal(bridge.lines().length, 5);
    assert.match(bridge.stderr(), /^[\n\x20-\x7e]*$/);
    assert.doesNotMatch(bridge.stderr(), /forged/);
    for (const line of bridge.lines()) {
      assert.equal(line.client, '127.0.0.1');
      assert.ok(String(line.origin).length <= 200);
    }
  });

  describe('frames that violate the protocol', () => {
    /** @type {[string, number, Buffer][]} */
    const violations = [
      ['a text frame', 1003, frame(0x81, 'text')],
      ['an unmasked frame', 1002, Buffer.from('820161', 'hex')],
      ['a header of 1 TB', 1009, Buffer.from('82ff0000010000000000' + '00000000', 'hex')],
      ['a header of 2^64 - 1 bytes', 1009, Buffer.from('82ffffffffffffffffff' + '00000000', 'hex')],
      ['a fragmented ping', 1002, frame(0x09, 'x')],
      ['a ping of 126 bytes', 1002, frame(0x89, 'x'.repeat(126))],
      ['a continuation without a message', 1002, frame(0x80, 'x')],
      ['a new message inside one', 1002, Buffer.concat([frame(0x02, 'x'), frame(0x82, 'x')])],
      ['a close frame of one byte', 1002, frame(0x88, 'x')],
      ['a close frame with 1006', 1002, frame(0x88, Buffer.of(0x03, 0xee))],
      ...[0x40, 0x20, 0x10, 0x70].map(
        (bits) => /** @type {[string, number, Buffer]} */ ([`reserved bits ${bits}`, 1002, frame(0x82 | bits, 'x')]),
      ),
      ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
        (code) => /** @type {[string, number, Buffer]} */ ([`opcode ${code}`, 1002, frame(0x80 | code, 'x')]),
      ),
    ];
    for (const [name, code, bytes] of violations) {
      test(`${name} gets ${code}, whatever follows`, async () => {
        const { socket, ended, frames } = await rawDial(bridge, echo.token);
        socket.write(bytes);
        socket.write(frame(0x82, Buffer.alloc(65535)));
        await until(() => closeFrame(frames()) !== undefined);
        assert.equal(closeFrame(frames())?.code, code);
        socket.end();
        await ended;
      });
    }

    test('a client that keeps sending after a violation still gets the close frame', async () => {
      const { socket, ended, frames } = await rawDial(bridge, echo.token);
      socket.on('error', () => {});
      socket.write(frame(0x81, 'text'));
      for (let i = 0; i < 100; i++) socket.write(frame(0x82, Buffer.alloc(65535)));
      await until(() => closeFrame(frames()) !== undefined);
      assert.equal(closeFrame(frames())?.code, 1003);
      socket.destroy();
      await ended;
    });
  });

  describe('floods', () => {
    for (const [name, flood] of /** @type {[string, Buffer][]} */ ([
      ['200,000 empty fragments', Buffer.concat([frame(0x02), ...Array(199_998).fill(frame(0x00)), frame(0x80)])],
      ['200,000 empty frames', Buffer.concat(Array(200_000).fill(frame(0x82)))],
      ['20,000 pings of 125 bytes', Buffer.concat(Array(20_000).fill(frame(0x89, 'x'.repeat(125))))],
      ['20,000 pongs', Buffer.concat(Array(20_000).fill(frame(0x8a, 'x'.repeat(125))))],
    ])) {
      test(`${name} use little memory and do not stop the connection`, async (t) => {
        /** @type {Awaited<ReturnType<typeof rawDial>> | undefined} */
        let client;
        const child = await childOf(async () => {
          client = await rawDial(bridge, echo.token);
          await waitForEcho(client);
        });
        assert.ok(client);
        const idle = statusOf(child, 'VmRSS');
        client.socket.write(flood);
        await waitForEcho(client);
        const growth = statusOf(child, 'VmHWM') - idle;
        t.diagnostic(`${growth} KiB more`);
        assert.ok(growth < 8_000, `${growth} KiB`);
        client.socket.end();
        await client.ended;
      });
    }

    test('a request that arrives byte by byte, or has endless headers, is closed by the timeout', async () => {
      for (const [start, more] of [
        ['', 'GET /?token=public.test:443'],
        ['GET / HTTP/1.1\r\n', 'A: b\r\n'],
      ]) {
        const socket = net.connect(bridge.port, '127.0.0.1');
        const end = closed(socket);
        socket.resume().write(start);
        let ended = false;
        socket.on('close', () => (ended = true));
        for (let i = 0; !ended && i < 1000; i++) {
          socket.write(more[i % more.length]);
          await delay(20);
        }
        await end;
      }
    });

    test('too many or too long headers are rejected', async () => {
      for (const headers of ['A: b\r\n'.repeat(200), `A: ${'b'.repeat(70_000)}\r\n`]) {
        await assert.rejects(rawDial(bridge, echo.token, headers), /HTTP\/1\.1 431/);
      }
    });

    test('silent connections are closed by the timeout, and others are served meanwhile', async () => {
      const silent = Array.from({ length: 30 }, () => net.connect(bridge.port, '127.0.0.1'));
      const ends = Promise.all(silent.map((socket) => closed(socket.resume())));
      await Promise.all(silent.map((socket) => once(socket, 'connect')));
      const client = await rawDial(bridge, echo.token);
      await waitForEcho(client);
      client.socket.end();
      await client.ended;
      await ends;
      await until(() => childrenOf(bridge.pid).length === 0);
      assert.deepEqual(await request(bridge), { status: 200, text: 'ok\n' });
    });
  });
});
