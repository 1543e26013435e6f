/** What needs Node's modules, in the runtime that runs this. */
import { once } from 'node:events';
import https from 'node:https';
import { TrustStore } from 'pagetls';
import { Agent, toDuplex } from 'pagetls/node';
import { connect as tlsConnect } from 'pagetls/node-tls';
import { configure } from 'pagetls/node-net';
import { open } from './connections.js';

/** @typedef {import('./connections.js').Server} Server */

/** @param {Server} server that echoes */
export async function duplex(server) {
  const stream = toDuplex(await open(server));
  await once(stream, 'secureConnect');
  const sent = new Uint8Array(1_000_000).map((_, i) => i % 251);
  stream.end(sent);
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const echo = Buffer.concat(chunks);
  const { authorized, encrypted, remoteAddress, remotePort } = stream;
  return { echo: echo.equals(sent), authorized, encrypted, remoteAddress, remotePort };
}

/** @param {Server} server for HTTP */
export async function agent({ port, servername, roots, now }) {
  const agent = new Agent({
    keepAlive: true,
    trust: await TrustStore.from(roots ?? ''),
    now: new Date(now ?? ''),
    servername,
  });
  const answers = [];
  for (const path of ['/small', '/small']) {
    const request = https.get({ host: '127.0.0.1', port, path, agent });
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    answers.push([response.statusCode, text, request.reusedSocket]);
  }
  agent.destroy();
  return answers;
}

/** @param {Server} server that echoes */
export async function dropIn({ port, servername, roots, now }) {
  configure({ trust: await TrustStore.from(roots ?? ''), now: new Date(now ?? '') });
  const socket = tlsConnect({ host: '127.0.0.1', port, servername });
  await once(socket, 'secureConnect');
  socket.end('through the drop-in');
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}
