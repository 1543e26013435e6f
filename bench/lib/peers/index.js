/**
 * TLS libraries from npm to compare with, driven only by their public interfaces. README.md says how their validation
 * differs from ours.
 */
import { readFileSync } from 'node:fs';
import { inProject } from '../../../scripts/run.js';
import { startNodeClient, NODE, PAGETLS } from '../remote.js';
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
 * @property {string} shims our code that it needs to run; empty if none
 * @property {() => Promise<Client>} load
 */

/** @type {Peer[]} */
export const PEERS = [subtls, ...reclaims, ...epoxies, libcurl];

/** Names and versions, for the results. @returns {{name: string, version: string, shims: string}[]} */
export function describePeers() {
  return PEERS.map(({ name, package: folder, shims }) => {
    const { version } = JSON.parse(readFileSync(inProject('node_modules', folder, 'package.json'), 'utf8'));
    return { name, version, shims };
  });
}

/** Every peer is tried first: one connection, with this many bytes each way. */
const TRIAL_TIMEOUT_MS = 15_000;
const TRIAL_BYTES = 100_000;

/**
 * The errors of first trials with default version and cipher suite, by server and peer; undefined for success. A peer
 * that failed is not tried again.
 * @type {WeakMap<Server, Map<string, string | undefined>>}
 */
const firstTrials = new WeakMap();

/** @param {Remote} client @param {Server} server @param {Choice} [choice] */
async function runTrial(client, server, choice) {
  const session = await client.open(server, choice);
  await session.download(TRIAL_BYTES);
  await session.upload(TRIAL_BYTES);
  await session.close();
}

/**
 * Starts the peers, each in a separate process that is kept from row to row.
 * @param {Peer[]} [peers]
 * @returns {{probe: (server: Server, choice?: Choice) => Promise<{clients: Client[], unable: Unable[]}>, end: () => Promise<void>}}
 *   `probe` tries which of them can complete a handshake, transfers both ways, and close
 */
export function startPeers(peers = PEERS) {
  /** @type {Map<string, Remote>} */
  const started = new Map();

  /** @param {string} name @param {Server} server @param {Choice} [choice] @returns {Promise<string | undefined>} the error */
  const tryClient = async (name, server, choice) => {
    const client = started.get(name) ?? startNodeClient(name, { client: name });
    started.set(name, client);
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const timeout = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no result within ${TRIAL_TIMEOUT_MS / 1000} s`)), TRIAL_TIMEOUT_MS);
    });
    try {
      await Promise.race([runTrial(client, server, choice), timeout]);
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
  const failureReason = async (name, server, choice) => {
    const failures = firstTrials.get(server) ?? new Map();
    firstTrials.set(server, failures);
    if (!failures.has(name)) failures.set(name, await tryClient(name, server));
    return failures.get(name) ?? (choice && tryClient(name, server, choice));
  };

  return {
    async probe(server, choice) {
      const tried = await Promise.all(
        peers.map(async ({ name }) => ({ name, error: await failureReason(name, server, choice) })),
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
 * All clients that run in Node, with their names for named.js.
 * @param {Server} server
 * @returns {Promise<{clients: {name: string, client: string, peer?: boolean}[], unable: Unable[]}>} pagetls first
 */
export async function clientsForNode(server) {
  const { probe, end } = startPeers();
  const { clients, unable } = await probe(server);
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
