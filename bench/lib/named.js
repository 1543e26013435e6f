/** Loads clients by name, for processes that get the name as an argument. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProject } from '../../scripts/run.js';
import { nodeClient, pagetlsClient } from './clients.js';
import { PEERS } from './peers/index.js';

/**
 * @typedef {object} ClientSpec
 * @property {string} client 'pagetls', 'node', or the name of a peer
 * @property {string} [folder] with the copy of pagetls to use; default: dist/
 * @property {string} [bridge] URL; default: TCP
 */

/** @param {ClientSpec} spec @returns {Promise<import('./clients.js').Client>} with its code loaded */
export async function loadClient({ client, folder = inProject('dist'), bridge }) {
  if (client === 'node') return nodeClient();
  if (client === 'pagetls') {
    return pagetlsClient('pagetls', await import(pathToFileURL(join(folder, 'index.js')).href), bridge);
  }
  const peer = PEERS.find(({ name }) => name === client);
  if (peer === undefined) throw new Error(`Unknown client '${client}'.`);
  return peer.load();
}
