/** Client libraries over our sockets and over Node's own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { threeCertificates } from '../lib/chain.js';
import { NODE, PAGETLS } from '../lib/remote.js';

export const about =
  'requests a second of node:https with a body of 1,000 bytes, each client in a process of its own; pagetls resumes no sessions';

const CLIENTS = /** @type {const} */ ([
  [PAGETLS, 'pagetls'],
  [NODE, 'node'],
  [`${NODE}, resuming sessions`, 'node with sessions'],
]);

/** @param {string} script in bench/lib @param {string} [argument] */
function start(script, argument) {
  const child = fork(fileURLToPath(new URL(`../lib/${script}`, import.meta.url)), argument ? [argument] : []);
  const ended = once(child, 'exit');
  const failed = ended.then(() => {
    throw new Error(`${script} has ended.`);
  });
  failed.catch(() => {});
  return {
    /** @param {object} [message] @returns {Promise<any>} the answer; without a message, the next */
    async ask(message) {
      if (message) child.send(message);
      const [answer] = await Promise.race([once(child, 'message'), failed]);
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    async end() {
      child.disconnect();
      await ended;
    },
  };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds }) {
  const { cert, key, roots } = threeCertificates('P-256');
  const server = start('https-server-process.js');
  const { port } = await server.ask({ cert, key });
  const clients = CLIENTS.map(([name, client]) => ({
    name,
    process: start('https-process.js', JSON.stringify({ client, port, roots })),
  }));
  try {
    for (const client of clients) await client.process.ask();
    for (const { name, keepAlive, parallel, count } of [
      { name: 'https, keep-alive, one after another', keepAlive: true, parallel: 1, count: quick ? 200 : 2000 },
      { name: 'https, keep-alive, 16 in parallel', keepAlive: true, parallel: 16, count: quick ? 200 : 4000 },
      { name: 'https, a connection each, 4 in parallel', keepAlive: false, parallel: 4, count: quick ? 40 : 400 },
    ]) {
      yield {
        name,
        contestants: clients
          .filter((_, i) => i < 2 || !keepAlive)
          .map(({ name: contestant, process }) => ({
            name: contestant,
            async sample() {
              const { ms, 'cpu ms': cpu } = await process.ask({ keepAlive, parallel, count });
              return { 'requests/s': (count * 1000) / ms, 'requests/cpu s': (count * 1000) / cpu };
            },
          })),
        rounds: rounds(9, 2),
        warmUp: 3, // until V8 has optimized the code
      };
    }
    // Queries of pg belong here.
  } finally {
    await Promise.all([...clients.map(({ process }) => process.end()), server.end()]);
  }
}
