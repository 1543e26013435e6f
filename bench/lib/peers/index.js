/**
 * What npm has besides: each driven by its public interface alone. README.md says how its validation differs from ours.
 */
import { readFileSync } from 'node:fs';
import { inProject } from '../../../scripts/run.js';
import { inNode, NODE, PAGETLS } from '../remote.js';
import { epoxies } from './epoxy.js';
import { libcurl } from './libcurl.js';
import { reclaims } from './reclaim.js';
import { subtls } from './subtls.js';

/** @typedef {import('../clients.js').Client} Client */
/** @typedef {import('../clients.js').Choice} Choice */
/** @typedef {import('../server.js').Server} Server */
/** @typedef {import('../rounds.js').Unable} Unable */
/** @typedef {import('../remote.js').Remote} Remote */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} package its folder in node_modules
 * @property {string} shims what of ours carries or mends it; empty for nothing
 * @property {() => Promise<Client>} load
 */

/** @type {Peer[]} */
export const PEERS = [subtls, ...reclaims, ...epoxies, libcurl];

/** Who they are, for the results. @returns {{name: string, version: string, shims: string}[]} */
export function describePeers() {
  return PEERS.map(({ name, package: folder, shims }) => {
    const { version } = JSON.parse(readFileSync(inProject('node_modules', folder, 'package.json'), 'utf8'));
    return { name, version, shims };
  });
}

/** How long a peer may take over a connection, in milliseconds, and what it carries on trial. */
const LIMIT = 15_000;
const SOME = 100_000;

/**
 * By server and peer, how it went with what the peer chooses itself: nothing, or what it said. One that has got nowhere
 * is not asked again.
 * @type {WeakMap<Server, Map<string, string | undefined>>}
 */
const met = new WeakMap();

/** @param {Remote} client @param {Server} server @param {Choice} [choice] */
async function trial(client, server, choice) {
  const session = await client.open(server, choice);
  await session.download(SOME);
  await session.upload(SOME);
  await session.close();
}

/**
 * The peers, each in a process of its own that is kept from row to row.
 * @param {Peer[]} [peers]
 * @returns {{able: (server: Server, choice?: Choice) => Promise<{clients: Client[], unable: Unable[]}>, end: () => Promise<void>}}
 *   `able` tries which of them can do it: a handshake, some bytes each way, and the end
 */
export function peerProcesses(peers = PEERS) {
  /** @type {Map<string, Remote>} */
  const started = new Map();

  /** @param {string} name @param {Server} server @param {Choice} [choice] @returns {Promise<string | undefined>} why not */
  const failure = async (name, server, choice) => {
    const client = started.get(name) ?? inNode(name, { client: name });
    started.set(name, client);
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`nothing within ${LIMIT / 1000} s`)), LIMIT);
    });
    try {
      await Promise.race([trial(client, server, choice), late]);
      return undefined;
    } catch (error) {
      started.delete(name);
      client.kill();
      return error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(timer);
    }
  };

  /** @param {string} name @param {Server} server @param {Choice} [choice] */
  const whyNot = async (name, server, choice) => {
    const there = met.get(server) ?? new Map();
    met.set(server, there);
    if (!there.has(name)) there.set(name, await failure(name, server));
    return there.get(name) ?? (choice && failure(name, server, choice));
  };

  return {
    async able(server, choice) {
      const tried = await Promise.all(
        peers.map(async ({ name }) => ({ name, error: await whyNot(name, server, choice) })),
      );
      return {
        clients: tried.flatMap(({ name, error }) => {
          const client = started.get(name);
          return client !== undefined && error === undefined ? [{ ...client, peer: true }] : [];
        }),
        unable: tried.flatMap(({ name, error }) => (error === undefined ? [] : [{ name, error }])),
      };
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
  const { able, end } = peerProcesses();
  const { clients, unable } = await able(server);
  await end();
  return {
    clients: [
      { name: PAGETLS, client: 'pagetls' },
      { name: NODE, client: 'node' },
      ...clients.map(({ name }) => ({ name, client: name, peer: true })),
    ],
    unable,
  };
}
