/** What is tested with each TLS server: the rows of the table. */
import assert from 'node:assert/strict';
import { tcp } from '../../dist/index.js';
import { newRecording, recordingTransport } from '../../inspector/src/model/recorder.js';
import { decode } from '../../inspector/src/tls/decode.js';
import { dial, readBytes, readText, rejection } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { sequence } from '../helpers/transfer.js';
import { IDENTITIES } from './identities.js';

/** @typedef {import('../helpers/servers.js').Server} Server */
/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {'TLSv1.2' | 'TLSv1.3'} Version */

/** The servers of a stack, by their configuration. @typedef {Record<'ecdsa' | 'rsa' | 'mtls' | 'later' | 'p384', Server>} Servers */
/** @typedef {{ servers: Servers, stack: import('./stacks.js').Stack }} Target */
/** @typedef {keyof typeof FEATURES} Feature */

export const CHAINS = { ecdsa: pki('good-p256'), rsa: pki('good-rsa2048') };

const MEGABYTE = 1024 * 1024;
const VERSIONS = /** @type {Version[]} */ (['TLSv1.2', 'TLSv1.3']);
const only = (/** @type {Version} */ version) => ({ minVersion: version, maxVersion: version });

/** Lines of 100 printable characters. @param {number} length a multiple of 100 */
function lines(length) {
  const bytes = Buffer.from(sequence(0, length)).map((byte) => 33 + (byte % 94));
  for (let at = 99; at < length; at += 100) bytes[at] = 10;
  return Buffer.from(bytes);
}

/**
 * Opens a connection and gives the command, if the server knows commands.
 * @param {Target} target
 * @param {keyof Servers} which
 * @param {ConnectOptions} options
 * @param {'echo' | 'authenticate' | 'update' | 'request' | 'close'} [command]
 */
async function open({ servers, stack }, which, options, command = 'echo') {
  const socket = await dial(CHAINS[which === 'rsa' ? 'rsa' : 'ecdsa'], servers[which], options);
  const info = await socket.opened;
  if (!stack.returnsLines) {
    await socket.write(command);
    const answer = command === 'authenticate' ? 'ok\nasked\n' : 'ok\n';
    assert.equal(await readText(socket, answer), answer);
  }
  return { socket, info };
}

/** @param {TLSSocket} socket @param {Buffer} bytes */
async function exchange(socket, bytes) {
  const [read] = await Promise.all([readBytes(socket, bytes.length), socket.write(bytes)]);
  assert.ok(read.equals(bytes), `${read.length} bytes came back, not the ${bytes.length} that were sent`);
}

/** The output of the server from now on. @param {Server} server */
function outputOf(server) {
  const before = server.stdout().length;
  return (/** @type {RegExp} */ pattern) =>
    server.seen(new RegExp(`^[^]{${before}}[^]*?${pattern.source}`, pattern.flags));
}

/** @param {Uint8Array} bytes RFC 1950, section 8.2 */
function adler32(bytes) {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/** The labels of the keys that `keylog` gets, such as SERVER_TRAFFIC_SECRET_1. */
function keyLabels() {
  /** @type {string[]} */
  const labels = [];
  return { labels, keylog: (/** @type {string} */ line) => void labels.push(line.split(' ')[0]) };
}

/** @param {Version} version @param {'rsa' | 'ecdsa'} which */
const handshake = (version, which) => async (/** @type {Target} */ target) => {
  const { socket, info } = await open(target, which, only(version));
  assert.equal(info.protocol, version);
  assert.equal(info.verification.ok, true);
  assert.match(String(info.signatureScheme), which === 'rsa' ? /^rsa_/ : /^ecdsa_/);
  await exchange(socket, lines(1000));
  await socket.close();
};

/** @param {Version} version */
const mutual = (version) => async (/** @type {Target} */ target) => {
  const rsaIsRejected = target.stack.ecdsaClientsOnly && version === 'TLSv1.2';
  const both = [IDENTITIES.other, IDENTITIES.ecdsa]; // the server names the authority of the second one
  const several = { cert: both.map(({ cert }) => cert), key: both.map(({ key }) => key) };
  const hasNames = version === 'TLSv1.2' || !target.stack.namesNoAuthorities;
  const accepted = [IDENTITIES.ecdsa, ...(hasNames ? [several] : []), ...(rsaIsRejected ? [] : [IDENTITIES.rsa])];
  for (const identity of accepted) {
    const { socket, info } = await open(target, 'mtls', { ...only(version), ...identity });
    assert.equal(info.protocol, version);
    await exchange(socket, lines(1000));
    await socket.close();
  }
  // Stacks differ in their alerts; wolfSSL sends none.
  for (const [identity, hint] of /** @type {[ConnectOptions, RegExp][]} */ ([
    [{}, /client certificate/],
    [IDENTITIES.other, /./],
    ...(rsaIsRejected ? [[IDENTITIES.rsa, /because it accepts no .*It accepts (?:ECDSA|ecdsa)/]] : []),
  ])) {
    const error = await rejection(open(target, 'mtls', { ...only(version), ...identity }));
    assert.ok(['ERR_TLS_ALERT', 'ERR_TLS_HANDSHAKE_CLOSED'].includes(error.code), error.message);
    assert.match(error.message, hint);
  }
};

/** By renegotiation, or by post-handshake authentication. @param {Version} version */
const later = (version) => async (/** @type {Target} */ target) => {
  for (const identity of [IDENTITIES.ecdsa, IDENTITIES.rsa]) {
    const output = outputOf(target.servers.later);
    const options = { ...only(version), ...identity, renegotiation: true };
    const { socket } = await open(target, 'later', options, 'authenticate');
    await exchange(socket, lines(100_000));
    await socket.close();
    await output(/^authenticated\nclosed$/m);
  }
};

/** @param {Version} version */
const data = (version) => async (/** @type {Target} */ target) => {
  const { socket } = await open(target, 'ecdsa', only(version));
  await exchange(socket, lines(10_486 * 100));
  await socket.close();
};

/** @param {'update' | 'request'} command */
const update = (command) => async (/** @type {Target} */ target) => {
  const { labels, keylog } = keyLabels();
  const ciphers = target.stack.updatesByLimit ? ['TLS_AES_128_GCM_SHA256'] : undefined;
  const { socket } = await open(target, 'ecdsa', { ...only('TLSv1.3'), ciphers, keylog }, command);
  for (let i = 0; i < 8; i++) await exchange(socket, lines(target.stack.updatesByLimit ? 100_000 : 1000));
  await socket.close();
  assert.ok(labels.includes('SERVER_TRAFFIC_SECRET_4'), labels.join(' '));
  assert.equal(labels.includes('CLIENT_TRAFFIC_SECRET_1'), command === 'request', labels.join(' '));
};

/** `run` throws if the stack does not have it. */
export const FEATURES = {
  rsa12: { title: 'TLS 1.2, RSA', run: handshake('TLSv1.2', 'rsa') },
  ecdsa12: { title: 'TLS 1.2, ECDSA', run: handshake('TLSv1.2', 'ecdsa') },
  rsa13: { title: 'TLS 1.3, RSA', run: handshake('TLSv1.3', 'rsa') },
  ecdsa13: { title: 'TLS 1.3, ECDSA', run: handshake('TLSv1.3', 'ecdsa') },
  mtls12: { title: 'TLS 1.2, client certificate required', run: mutual('TLSv1.2') },
  mtls13: { title: 'TLS 1.3, client certificate required', run: mutual('TLSv1.3') },
  later12: { title: 'TLS 1.2, client certificate requested later', run: later('TLSv1.2') },
  later13: { title: 'TLS 1.3, client certificate requested later', run: later('TLSv1.3') },
  data12: { title: 'TLS 1.2, 1 MB both ways', run: data('TLSv1.2') },
  data13: { title: 'TLS 1.3, 1 MB both ways', run: data('TLSv1.3') },
  ourUpdate: {
    title: 'KeyUpdates of the client',
    run: async (/** @type {Target} */ target) => {
      const { labels, keylog } = keyLabels();
      const { socket } = await open(target, 'ecdsa', { ...only('TLSv1.3'), keylog });
      const { maxUpdates = 5 } = target.stack;
      for (let i = 0; i < maxUpdates; i++) {
        await socket.updateKeys();
        await exchange(socket, lines(1000));
      }
      await socket.close();
      for (const side of ['CLIENT', 'SERVER']) {
        assert.ok(labels.includes(`${side}_TRAFFIC_SECRET_${maxUpdates}`), labels.join(' '));
      }
    },
  },
  update: { title: 'KeyUpdates of the server', run: update('update') },
  request: { title: 'KeyUpdates of the server that request ours', run: update('request') },
  retry: {
    title: 'HelloRetryRequest',
    run: async (/** @type {Target} */ target) => {
      const recording = newRecording();
      const transport = recordingTransport(tcp(), recording, { started: performance.now(), tamper: null });
      const options = {
        ...only('TLSv1.3'),
        groups: /** @type {('X25519' | 'P-384')[]} */ (['X25519', 'P-384']),
        transport,
      };
      const { socket, info } = await open(target, 'p384', options);
      assert.equal(info.group, 'P-384');
      await exchange(socket, lines(1000));
      await socket.close();
      const { messages } = await decode(recording);
      const hellos = messages.filter(({ name }) => /Hello/.test(name)).map(({ name }) => name);
      assert.deepEqual(hellos, ['ClientHello', 'HelloRetryRequest', 'ClientHello', 'ServerHello']);
    },
  },
  closeByClient: {
    title: 'the client closes',
    run: async (/** @type {Target} */ target) => {
      for (const version of target.stack.cannot?.rsa13 ? VERSIONS.slice(0, 1) : VERSIONS) {
        const closed = outputOf(target.servers.ecdsa);
        const { socket } = await open(target, 'ecdsa', only(version));
        await exchange(socket, lines(1000));
        await socket.close();
        await socket.closed;
        await closed(target.stack.returnsLines ? /close_notify/ : /^closed$/m);
      }
    },
  },
  closeByServer: {
    title: 'the server closes',
    run: async (/** @type {Target} */ target) => {
      for (const version of VERSIONS) {
        const closed = outputOf(target.servers.ecdsa);
        const { socket } = await open(target, 'ecdsa', only(version), 'close');
        assert.equal(await socket.read(), null);
        await socket.closed;
        if (!target.stack.cannot?.halfByServer) await closed(/^received 0 1\nclosed$/m);
      }
    },
  },
  halfByClient: {
    title: 'the client closes its direction, then the server answers',
    run: async (/** @type {Target} */ target) => {
      const { socket } = await open(target, 'ecdsa', only('TLSv1.3'));
      await exchange(socket, lines(1000));
      const [answer] = await Promise.all([readBytes(socket), socket.writable.close()]);
      assert.equal(answer.toString(), 'end\n');
      await socket.closed;
    },
  },
  halfByServer: {
    title: 'the server closes its direction, then the client sends 1 MB',
    run: async (/** @type {Target} */ target) => {
      const closed = outputOf(target.servers.ecdsa);
      const options = { ...only('TLSv1.3'), allowHalfOpen: true };
      const { socket } = await open(target, 'ecdsa', options, 'close');
      assert.equal(await socket.read(), null);
      const bytes = sequence(0, MEGABYTE);
      await socket.write(bytes);
      await socket.close();
      await closed(new RegExp(`^received ${bytes.length} ${adler32(bytes)}\nclosed$`, 'm'));
    },
  },
};
