/** Client identities for mutual TLS: what a server receives of them, and files by other tools. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Engine } from '../../dist/engine.js';
import { IDENTITY_KINDS } from '../../dist/identity-options.js';
import { addIdentities } from '../../dist/identity.js';
import { readOptions } from '../../dist/options-reader.js';
import { dial, readText, rejection, withServer } from './client.js';
import { pki } from './pki.js';
import { startOpenssl } from './servers.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

export const server = pki('good-p256');

/** @type {readonly ['TLSv1.2', 'TLSv1.3']} */
export const VERSIONS = ['TLSv1.2', 'TLSv1.3'];

/** The client's Certificate message in `openssl s_server -msg`, up to the next message. */
const CERTIFICATE = /<<< TLS 1\.(\d), Handshake \[length \w+\], Certificate\n((?: {4}[0-9a-f ]+\n)+)(?=[<>]{3})/;

/**
 * @param {RegExpMatchArray} match of CERTIFICATE
 * @returns {Buffer[]} DER
 */
function certificatesIn([, version, dump]) {
  const message = Buffer.from(dump.replace(/\s/g, ''), 'hex');
  const list = [];
  for (let at = 4 + (version === '3' ? 4 : 3); at < message.length;) {
    const length = message.readUIntBE(at, 3);
    list.push(message.subarray(at + 3, at + 3 + length));
    at += 3 + length;
    if (version === '3') at += 2 + message.readUInt16BE(at);
  }
  return list;
}

/**
 * Connects with these options to a server that requests a certificate and accepts any. The handshake proves that the client
 * has the key.
 * @param {ConnectOptions} options
 * @param {typeof VERSIONS[number]} [version]
 * @returns {Promise<Buffer[]>} the certificates that the server received, in their order
 */
export async function sentWith(options, version = 'TLSv1.3') {
  const args = [`-tls1_${version.at(-1)}`, '-verify', '9', '-msg'];
  return withServer(startOpenssl(server, { args }), async (running) => {
    const socket = await dial(server, running, options);
    await socket.opened;
    await socket.write('identity\n');
    await readText(socket, 'ytitnedi');
    return certificatesIn(await running.seen(CERTIFICATE));
  });
}

/** The error of an identity that cannot be used. No server is needed. @param {ConnectOptions} options */
export async function identityError(options) {
  return rejection((await dial(server, { port: 1 }, options)).opened);
}

/**
 * Reads an identity without a connection.
 * @param {import('../../dist/wasm.js').Core} core
 * @param {import('../../dist/index.js').TrustStore} trust
 * @param {import('../../dist/index.js').ClientIdentity} identity
 */
export function readIdentity(core, trust, identity) {
  const engine = new Engine(core, { hostname: 'a.example', trust });
  try {
    addIdentities(engine, readOptions('readIdentity()', IDENTITY_KINDS, identity));
  } finally {
    engine.free();
  }
}

const execute = promisify(execFile);

/**
 * Runs commands in a temporary directory with these files.
 * @template T
 * @param {Record<string, string | Uint8Array>} files
 * @param {(run: (command: string, ...args: string[]) => Promise<void>, read: (name: string) => Promise<Buffer>) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function inDirectory(files, use) {
  const directory = await mkdtemp(join(tmpdir(), 'pagetls-identity-'));
  try {
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(directory, name), content)));
    return await use(
      async (command, ...args) => {
        await execute(command, args, { cwd: directory });
      },
      (name) => readFile(join(directory, name)),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
