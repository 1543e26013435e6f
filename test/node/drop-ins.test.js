/** The same scenarios over node:net and node:tls, and over pagetls/node-net and pagetls/node-tls. What differs is listed here. */
import assert from 'node:assert/strict';
import nodeNet, { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import nodeTls from 'node:tls';
import net, * as netModule from '../../dist/node/net.js';
import tls, * as tlsModule from '../../dist/node/tls.js';
import { SCENARIOS } from '../helpers/drop-in-scenarios.js';
import { pki } from '../helpers/pki.js';
import { freePort, startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../helpers/drop-in-scenarios.js').Servers} Servers */

/** What differs, and why: a change of what Node's scenario returns. @type {Record<string, {why: string, change: (node: any) => unknown}>} */
const DIFFERENCES = {
  'tls: servers whose certificates are good or not': {
    why: 'a certificate that is no CA is INVALID_CA; where OpenSSL has no code, the code is ours',
    change: (node) =>
      node.map((/** @type {[string, string[]][]} */ results) =>
        results.map(([id, seen]) => [
          id,
          seen.map((line) =>
            id === 'ca-without-ca-true'
              ? line.replace('INVALID_PURPOSE', 'INVALID_CA')
              : line.replace('UNSPECIFIED', 'ERR_TLS_CERT_NAME_EXCLUDED'),
          ),
        ]),
      ),
  },
  'tls: a TLSSocket that is made': {
    why: "the server is verified, which Node leaves to the application; so there is 'secureConnect', which Node does not emit",
    change: (node) => ['secureConnect', ...node],
  },
  'tls: keylog': {
    why: 'the core does not report the exporter secret',
    change: (node) => node.filter((/** @type {string} */ line) => !line.endsWith(' EXPORTER_SECRET')),
  },
};

/** @type {(() => Promise<void>)[]} */
const closers = [];
/** @type {Servers} */
let servers;

before(async () => {
  const plain = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => plain.once('listening', resolve));
  closers.push(async () => void plain.close());
  servers = {
    plain: /** @type {import('node:net').AddressInfo} */ (plain.address()).port,
    refused: await freePort(),
    async tls(id, options) {
      const server = await startNodeTls(pki(id), options, (socket) => socket.on('error', () => {}).pipe(socket));
      closers.push(server.close);
      return server.port;
    },
  };
});
after(() => Promise.all(closers.map((close) => close())));

/** Everything that a scenario saw, as data. @param {unknown} value */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, one) => (one === undefined ? 'undefined' : one)));

describe('over Node and over ours', () => {
  for (const [name, run] of Object.entries(SCENARIOS)) {
    test(name, { timeout: 20_000 }, async () => {
      const node = plain(await run({ net: nodeNet, tls: nodeTls }, servers));
      const ours = plain(await run(/** @type {any} */ ({ net, tls }), servers));
      const declared = DIFFERENCES[name];
      if (declared) {
        assert.notDeepEqual(ours, node, 'the declared difference is gone');
      }
      assert.deepEqual(ours, declared ? plain(declared.change(node)) : node);
    });
  }
  test('the exports of ours are those of Node, with configure() and loadRootCertificates()', () => {
    const own = { net: ['configure'], tls: ['configure', 'loadRootCertificates'] };
    const missing = {
      net: [
        ...['BlockList', 'SocketAddress', 'getDefaultAutoSelectFamilyAttemptTimeout', 'setDefaultAutoSelectFamily'],
        'setDefaultAutoSelectFamilyAttemptTimeout',
      ],
      tls: ['createSecurePair'], // deprecated
    };
    const modules = { net: [nodeNet, net, netModule], tls: [nodeTls, tls, tlsModule] };
    for (const [name, [node, ours, namespace]] of /** @type {['net' | 'tls', any][]} */ (Object.entries(modules))) {
      const wanted = [
        ...Object.keys(node).filter((one) => !one.startsWith('_') && !missing[name].includes(one)),
        ...own[name],
      ];
      assert.deepEqual(Object.keys(ours).sort(), wanted.sort(), name);
      assert.deepEqual(Object.keys(namespace).sort(), [...wanted, 'default'].sort(), name);
    }
  });

  test('every declared difference belongs to a scenario', () => {
    assert.deepEqual(
      Object.keys(DIFFERENCES).filter((name) => !(name in SCENARIOS)),
      [],
    );
  });
});
