/**
 * What npm has besides: each driven by its public interface alone. README.md says how its validation differs from ours.
 */
import { readFileSync } from 'node:fs';
import { inProject } from '../../../scripts/run.js';
import { inFreshProcess } from '../fresh.js';
import { inNode, NODE, PAGETLS } from '../remote.js';
import { epoxies } from './epoxy.js';
import { libcurl } from './libcurl.js';
import { reclaims } from './reclaim.js';
import { subtls } from './subtls.js';

/** @typedef {import('../clients.js').Client} Client */
/** @typedef {import('../clients.js').Choice} Choice */
/** @typedef {import('../server.js').Server} Server */
/** @typedef {import('../rounds.js').Unable} Unable */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} package its folder in node_modules
 * @property {string} shims what of ours carries or mends it; empty for nothing
 * @property {() => Promise<Client>} load
 */

/** @type {Peer[]} */
export const PEERS = [subtls, ...reclaims, ...epoxies, libcurl];

/** @param {Peer} peer @returns {string} with the version */
export function peerTitle({ name, package: folder }) {
  const { version } = JSON.parse(readFileSync(inProject('node_modules', folder, 'package.json'), 'utf8'));
  return `${name} (${version})`;
}

/**
 * The peers, each in a process of its own that is kept from row to row.
 * @returns {{able: (server: Server, choice?: Choice) => Promise<{clients: Client[], unable: Unable[]}>, end: () => Promise<void>}}
 */
export function peerProcesses() {
  /** @type {Map<string, import('../remote.js').Remote>} */
  const started = new Map();
  return {
    async able(server, choice) {
      const { able, unable } = await tryPeers(server, choice);
      const clients = able.map(({ name }) => {
        const client = started.get(name) ?? inNode(name, { client: name });
        started.set(name, client);
        return { ...client, peer: true };
      });
      return { clients, unable };
    },
    async end() {
      for (const { end } of started.values()) await end();
    },
  };
}

/**
 * All that run in Node, by the names that processes take them by (named.js).
 * @param {Server} server
 * @returns {Promise<{clients: {name: string, client: string, peer?: boolean}[], unable: Unable[]}>} pagetls first
 */
export async function allInNode(server) {
  const { able, unable } = await tryPeers(server);
  return {
    clients: [
      { name: PAGETLS, client: 'pagetls' },
      { name: NODE, client: 'node' },
      ...able.map(({ name }) => ({ name, client: name, peer: true })),
    ],
    unable,
  };
}

/** How long a peer may take over a connection, in milliseconds. */
const LIMIT = 15_000;

/**
 * Which of the peers can do it: each is tried in a process of its own, with a handshake and some bytes each way.
 * @param {Server} server
 * @param {Choice} [choice]
 * @param {Peer[]} [peers]
 * @returns {Promise<{able: Peer[], unable: Unable[]}>}
 */
export async function tryPeers(server, choice = {}, peers = PEERS) {
  const tried = await Promise.all(
    peers.map(async (peer) => {
      try {
        await inFreshProcess('peers/trial-process.js', { peer: peer.name, server, choice }, { timeout: LIMIT });
        return { peer };
      } catch (error) {
        return { peer, error: reasonOf(error) };
      }
    }),
  );
  return {
    able: tried.flatMap(({ peer, error }) => (error === undefined ? [peer] : [])),
    unable: tried.flatMap(({ peer, error }) => (error === undefined ? [] : [{ name: peer.name, error }])),
  };
}

/** What the process said, or that it said nothing. @param {unknown} error of execFile() */
function reasonOf(error) {
  const { killed, stderr } = /** @type {{killed?: boolean, stderr?: string}} */ (error);
  if (killed) return `nothing within ${LIMIT / 1000} s`;
  const said = (stderr ?? '').split('\n').find((line) => line.startsWith('error: '));
  return said?.slice('error: '.length) ?? (stderr?.trim().split('\n').pop() || String(error));
}
