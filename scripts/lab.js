/**
 * The lab: local TLS servers, one for each of the cases of the test PKI that are worth showing, and a few
 * whose handshake fails. All run in this process, on loopback, on ports that the system picks. What no server
 * would load is put in by a relay in front of a healthy one.
 */
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import { pemDer } from '../certs/der.js';
import { loadCase } from '../certs/generate.js';
import { PROFILES } from '../certs/profiles.js';
import { swappingRelay } from '../certs/swap.js';

/** @typedef {import('node:net').AddressInfo} AddressInfo */
/** @typedef {import('node:net').Socket} Socket */

/**
 * A server as the page is told of it.
 * @typedef {object} LabEntry
 * @property {string} id
 * @property {string} group
 * @property {string} title
 * @property {string} explain one sentence
 * @property {string} hostname the name that is asked for
 * @property {string} target host:port where it really is
 * @property {string | null} clock ISO 8601: the time it is judged at; null for the present
 * @property {'webpki' | 'rfc5280' | 'suiteb'} profile which rules it is judged by
 * @property {boolean} hasCrl there is a revocation list to judge by
 * @property {'good' | 'bad' | 'fails'} expected
 * @property {string[]} flags that are expected
 */

/**
 * @typedef {object} Lab
 * @property {LabEntry[]} entries
 * @property {Record<string, () => string>} texts roots and revocation lists by the path that the page finds them at
 * @property {() => Promise<void>} close
 */

/** The cases shown, in the page's order. @type {Record<string, string[]>} */
const GROUPS = {
  Good: [
    ...['good-p256', 'good-rsa2048', 'good-mixed', 'good-rich', 'good-wildcard', 'good-name-constraints'],
    ...['good-other-order', 'good-unreadable-extra', 'good-cross-signed', 'good-crl-part'],
  ],
  'Dates and names': [
    ...['expired', 'not-yet-valid', 'expired-intermediate', 'wrong-host', 'wildcard-two-labels', 'several'],
    ...['name-not-permitted', 'name-excluded'],
  ],
  Trust: [
    ...['self-signed', 'untrusted-root', 'missing-intermediate', 'unreadable-intermediate', 'bad-signature'],
    ...['path-length', 'unknown-critical'],
  ],
  Revocation: [
    ...['revoked', 'revoked-part', 'crl-expired', 'crl-future', 'crl-wrong-signer', 'crl-indirect'],
    ...['crl-weak-hash', 'crl-unknown-algorithm'],
  ],
  'Strength and usage': ['weak-key', 'weak-hash', 'key-kind', 'key-usage', 'ext-key-usage'],
  'Cannot be read': PROFILES.filter(({ serve }) => !serve).map(({ id }) => id),
};

const FAILING = 'No handshake';

/**
 * @param {string} certificates a folder that certs/generate.js has filled
 * @returns {Promise<Lab>}
 */
export async function startLab(certificates) {
  /** @type {LabEntry[]} */
  const entries = [];
  /** @type {Lab['texts']} */
  const texts = {};
  /** @type {Listener[]} */
  const listeners = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  /**
   * @param {net.Server} server
   * @param {Omit<LabEntry, 'target' | 'hasCrl'>} entry
   * @param {Pick<Case, 'roots' | 'crl'>} files
   */
  const add = async (server, entry, { roots, crl }) => {
    const listener = await listen(server);
    listeners.push(listener);
    entries.push({ ...entry, target: listener.target, hasCrl: crl !== undefined });
    texts[`/lab/${entry.id}/roots.pem`] = () => roots;
    if (crl !== undefined) texts[`/lab/${entry.id}/crl.pem`] = () => crl;
  };
  try {
    const good = loadCase(certificates, 'good-p256');
    const healthy = await listen(caseServer({ ...good, maxVersion: 'TLSv1.2' }));
    listeners.push(healthy);
    for (const [group, ids] of Object.entries(GROUPS)) {
      for (const id of ids) {
        const profile = loadCase(certificates, id);
        const { title, explain, hostname, clock, profile: judgedBy } = profile;
        const { ok, flags } = profile.expected;
        /** @type {LabEntry['expected']} */
        const verdict = ok ? 'good' : 'bad';
        const entry = { id, group, title, explain, hostname, clock, profile: judgedBy, flags, expected: verdict };
        const server = profile.serve
          ? caseServer(profile)
          : swappingRelay(() => healthy.port, pemDer('CERTIFICATE', profile.chain));
        await add(server, entry, profile);
      }
    }
    for (const { id, title, explain, make } of failing(good)) {
      const hostname = `${id}.pagetls.test`;
      const { clock, profile } = good;
      await add(
        make(),
        { id, group: FAILING, title, explain, hostname, clock, profile, flags: [], expected: 'fails' },
        good,
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { entries, texts, close };
}

/** @typedef {ReturnType<typeof loadCase>} Case */

/** @param {Case & { maxVersion?: import('node:tls').SecureVersion }} profile */
function caseServer({ id, title, chain, key, server, maxVersion }) {
  const minVersion = /** @type {import('node:tls').SecureVersion | undefined} */ (server.minVersion);
  const options = { cert: chain, key, minVersion, maxVersion, ciphers: server.ciphers, ALPNProtocols: ['http/1.1'] };
  return https.createServer(options, (_request, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(`${id}.pagetls.test: ${title}\n`);
  });
}

/**
 * Servers that no TLS connection to comes about.
 * @param {Case} good
 * @returns {{ id: string, title: string, explain: string, make: () => net.Server }[]}
 */
function failing(good) {
  return [
    {
      id: 'silent',
      title: 'A server that says nothing',
      explain: 'It takes the connection and never answers: time to press Cancel.',
      make: () => net.createServer((socket) => socket.resume()),
    },
    {
      id: 'not-tls',
      title: 'Not a TLS server',
      explain: 'It answers the ClientHello with plain HTTP.',
      make: () =>
        net.createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    },
    {
      id: 'hangs-up',
      title: 'A server that hangs up',
      explain: 'It ends the connection as soon as it has the ClientHello.',
      make: () => net.createServer((socket) => socket.once('data', () => socket.end())),
    },
    {
      id: 'no-common-cipher',
      title: 'No cipher suite in common',
      explain: 'It speaks TLS 1.2 with static RSA key exchange only, and refuses with an alert.',
      make: () =>
        https.createServer({ cert: good.chain, key: good.key, maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }),
    },
  ];
}

/** @typedef {{ port: number, target: string, close: () => Promise<void> }} Listener */

/** @param {net.Server} server @returns {Promise<Listener>} */
async function listen(server) {
  /** @type {Set<Socket>} */
  const sockets = new Set();
  server.on('connection', (/** @type {Socket} */ socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // the client's business
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {AddressInfo} */ (server.address());
  return {
    port,
    target: `127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
