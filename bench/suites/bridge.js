/** The bridge alone, without TLS, against stock websockify and a relay in plain Node. */
import { UserError } from '../../scripts/run.js';
import { cpuOfRunning, cpuWithEnded, memoryOf, tree } from '../lib/processes.js';
import { startRelays } from '../lib/relays.js';
import { PLAIN, startServers } from '../lib/server.js';
import { openWebSocket } from '../lib/ws-client.js';

export const about =
  'bytes from a WebSocket client to a TCP target and back, without TLS, each in a process of its own; CPU and memory are of ' +
  'the processes of the relay; 1 MB is 1,000,000 bytes';

/** @typedef {import('../lib/relays.js').Relay} Relay */
/** @typedef {Awaited<ReturnType<typeof openWebSocket>>} Session */

const LENGTH = { full: 64_000_000, quick: 16_000_000 };

/** @param {Relay} relay @param {Session} session @param {'download' | 'upload'} way @param {number} length */
async function carry(relay, session, way, length) {
  const cpu = cpuOfRunning(relay.pid);
  const start = performance.now();
  await session[way](length);
  const seconds = (performance.now() - start) / 1000;
  return { 'MB/s': length / 1e6 / seconds, 'CPU s/GB': (cpuOfRunning(relay.pid) - cpu) / (length / 1e9) };
}

/** Waits for the relay to have no more than `count` processes. @param {Relay} relay @param {number} count */
async function settled(relay, count) {
  const deadline = performance.now() + 10_000;
  while (tree(relay.pid).length > count && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Connections one after the other: until the first byte has come back. @param {Relay} relay @param {number} count */
async function connect(relay, count) {
  const idle = tree(relay.pid).length;
  const cpu = cpuWithEnded(relay.pid);
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const session = await openWebSocket(relay.url);
    await session.echo();
    times.push(performance.now() - start);
    await session.close();
    await settled(relay, idle);
  }
  times.sort((a, b) => a - b);
  return {
    ms: times[count >> 1],
    'ms, 90 %': times[Math.floor(count * 0.9)],
    'CPU ms': ((cpuWithEnded(relay.pid) - cpu) * 1000) / count,
  };
}

/** Open, idle connections: what each adds. @param {Relay} relay @param {number} count */
async function hold(relay, count) {
  const used = () => {
    const all = tree(relay.pid).map(memoryOf);
    return { parent: all[0].rss, pss: all.reduce((sum, { pss }) => sum + pss, 0), last: all[all.length - 1].rss };
  };
  const idle = tree(relay.pid).length;
  const before = used();
  const sessions = [];
  for (let i = 0; i < count; i++) {
    const session = await openWebSocket(relay.url);
    sessions.push(session);
    await session.echo();
  }
  const after = used();
  const forks = tree(relay.pid).length > idle;
  await Promise.all(sessions.map((session) => session.close()));
  await settled(relay, idle);
  return {
    'kB PSS': (after.pss - before.pss) / count / 1000,
    ...(forks && { 'kB RSS, child': after.last / 1000 }),
    'kB RSS, parent': (after.parent - before.parent) / count / 1000,
  };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds, note }) {
  const { servers, close } = await startServers(PLAIN);
  /** @type {Relay[]} */
  let relays = [];
  try {
    relays = await startRelays(servers[0].port, note);
    const length = quick ? LENGTH.quick : LENGTH.full;
    const opened = await Promise.all(relays.map(async (relay) => ({ relay, session: await openWebSocket(relay.url) })));
    for (const way of /** @type {const} */ (['download', 'upload'])) {
      yield {
        name: `${way}, ${length / 1e6} MB in frames of 64 KiB`,
        contestants: opened.map(({ relay, session }) => ({
          name: relay.name,
          sample: () => carry(relay, session, way, way === 'upload' ? Math.ceil(length * relay.share) : length),
        })),
        rounds: rounds(9, 2),
        warmUp: 1,
      };
    }
    await Promise.all(opened.map(({ session }) => session.close()));
    await Promise.all(relays.map((relay) => settled(relay, 1)));
    const connections = quick ? 10 : 30;
    yield {
      name: `one of ${connections} connections in turn: open, and one byte back`,
      contestants: relays.map((relay) => ({ name: relay.name, sample: () => connect(relay, connections) })),
      rounds: rounds(7, 2),
      warmUp: 1,
    };
    const held = quick ? 20 : 100;
    yield {
      name: `an open, idle connection: mean of ${held}`,
      contestants: relays.map((relay) => ({ name: relay.name, sample: () => hold(relay, held) })),
      rounds: rounds(3, 1),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(error.message);
  } finally {
    await Promise.all(relays.map((relay) => relay.close()));
    await close();
  }
}
