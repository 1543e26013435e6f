/** Hosts on their way through a real bridge, with a fake network, to a real TLS server. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect, TrustStore } from '../../dist/index.js';
import { startBridgeWithFakeNetwork } from '../helpers/bridge.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

const PUBLIC = '93.184.215.14';

describe('a host through the bridge', { timeout: 60_000 }, () => {
  /** Has a certificate for xn--bcher-kva.example. */
  const idn = pki('good-idn');
  /** @type {Awaited<ReturnType<typeof startBridgeWithFakeNetwork>>} */
  let bridge;
  /** @type {Awaited<ReturnType<typeof startNodeTls>>} */
  let server;
  /** @type {TrustStore} */
  let trust;
  /** Of the clients. @type {unknown[]} */
  const sent = [];

  before(async () => {
    trust = await TrustStore.from(idn.roots);
    server = await startNodeTls(idn, {}, (socket) => {
      sent.push(/** @type {any} */ (socket).servername);
      socket.end();
    });
    const names = Object.fromEntries(
      ['xn--bcher-kva.example.', 'a_b.example.', '_tls._tcp.example.'].map((name) => [name, [[PUBLIC]]]),
    );
    bridge = await startBridgeWithFakeNetwork({ names, standsFor: { [PUBLIC]: server.port } });
  });
  after(async () => {
    await bridge.close();
    await server.close();
  });

  /** @param {string} address @param {string} [servername] */
  async function nameSent(address, servername) {
    const now = new Date(idn.clock);
    const socket = connect(address, { bridge: `${bridge.url}/`, trust, servername, now, rejectUnauthorized: false });
    const { verification } = await socket.opened;
    await socket.close();
    return { ok: verification.ok, sent: sent.pop(), asked: bridge.asked().at(-1) };
  }

  for (const [address, name, ok] of /** @type {[string, string, boolean][]} */ ([
    ['Bücher.example', 'xn--bcher-kva.example', true],
    ['bücher.example.', 'xn--bcher-kva.example', true],
    ['bücher。example。:443', 'xn--bcher-kva.example', true],
    ['XN--BCHER-KVA.example.:443', 'xn--bcher-kva.example', true],
    ['a_b.example', 'a_b.example', false],
    ['_TLS._tcp.example.', '_tls._tcp.example', false],
  ])) {
    test(`${address} is looked up, sent and verified as ${name}`, async () => {
      assert.deepEqual(await nameSent(address), { ok, sent: name, asked: `${name}.` });
    });
  }
  test('another servername is sent and verified instead', async () => {
    const { ok, sent, asked } = await nameSent('a_b.example.', 'Bücher.example.');
    assert.deepEqual({ ok, sent, asked }, { ok: true, sent: 'xn--bcher-kva.example', asked: 'a_b.example.' });
  });
});
