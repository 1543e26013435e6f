/** The clients by their names, for processes that are told which to take. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProject } from '../../scripts/run.js';
import { nodeClient, pagetlsClient } from './clients.js';
import { PEERS } from './peers/index.js';

/**
 * @typedef {object} Which
 * @property {string} client 'pagetls', 'node', or the name of a peer
 * @property {string} [folder] of the copy of pagetls; dist/ when left out
 * @property {string} [bridge] its URL; TCP when left out
 */

/** @param {Which} which @returns {Promise<import('./clients.js').Client>} with its code loaded */
export async function clientNamed({ client, folder = inProject('dist'), bridge }) {
  if (client === 'node') return nodeClient();
  if (client === 'pagetls') {
    return pagetlsClient('pagetls', await import(pathToFileURL(join(folder, 'index.js')).href), bridge);
  }
  const peer = PEERS.find(({ name }) => name === client);
  if (peer === undefined) throw new Error(`There is no client '${client}'.`);
  return peer.load();
}
