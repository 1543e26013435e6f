/** The bridge alone, without TLS, against stock websockify and a relay in plain Node. */
import { UserError } from '../../scripts/run.js';
import { cpuOfLiveProcesses, cpuWithReapedChildren, memoryOf, processTree } from '../lib/processes.js';
import { startRelays } from '../lib/relays.js';
import { PLAIN, startServers } from '../lib/server.js';
import { openWebSocket } from '../lib/ws-client.js';

export const about =
  'bytes from a WebSocket client to a TCP target and back, without TLS, in separate processes; CPU and memory are those of ' +
  "the relay's processes; 1 MB is 1,000,000 bytes";

/** @typedef {import('../lib/relays.js').Relay} Relay */
/** @typedef {Awaited<ReturnType<typeof openWebSocket>>} Session */

const TRANSFER_BYTES = { full: 64_000_000, quick: 16_000_000 };

const PROCESS_EXIT_TIMEOUT_MS = 10_000;

/** @param {Relay} relay @param {Session} session @param {'download' | 'upload'} direction @param {number} length */
async function transfer(relay, session, direction, length) {
  const cpu = cpuOfLiveProcesses(relay.pid);
  const start = performance.now();
  await session[direction](length);
  const seconds = (performance.now() - start) / 1000;
  return { 'MB/s': length / 1e6 / seconds, 'CPU s/GB': (cpuOfLiveProcesses(relay.pid) - cpu) / (length / 1e9) };
}

/** Waits until the relay has at most `count` processes. @param {Relay} relay @param {number} count */
async function waitForProcesses(relay, count) {
  const deadline = performance.now() + PROCESS_EXIT_TIMEOUT_MS;
  while (processTree(relay.pid).length > count && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Opens connections one by one; measures the time until the first byte arrives. @param {Relay} relay @param {number} count */
async function timeToFirstByte(relay, count) {
  const idle = processTree(relay.pid).length;
  const cpu = cpuWithReapedChildren(relay.pid);
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const session = await openWebSocket(relay.url);
    await session.echo();
    times.push(performance.now() - start);
    await session.close();
    await waitForProcesses(relay, idle);
  }
  times.sort((a, b) => a - b);
  return {
    ms: times[count >> 1],
    'ms, 90 %': times[Math.floor(count * 0.9)],
    'CPU ms': ((cpuWithReapedChildren(relay.pid) - cpu) * 1000) / count,
  };
}

/** The memory that each open, idle connection adds. @param {Relay} relay @param {number} count */
async function memoryPerConnection(relay, count) {
  const used = () => {
    const all = processTree(relay.pid).map(memoryOf);
    return { parent: all[0].rss, pss: all.reduce((sum, { pss }) => sum + pss, 0), last: all[all.length - 1].rss };
  };
  const idle = processTree(relay.pid).length;
  const before = used();
  const sessions = [];
  for (let i = 0; i < count; i++) {
    const session = await openWebSocket(relay.url);
    sessions.push(session);
    await session.echo();
  }
  const after = used();
  const forks = processTree(relay.pid).length > idle;
  await Promise.all(sessions.map((session) => session.close()));
  await waitForProcesses(relay, idle);
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
    const length = quick ? TRANSFER_BYTES.quick : TRANSFER_BYTES.full;
    const opened = await Promise.all(relays.map(async (relay) => ({ relay, session: await openWebSocket(relay.url) })));
    for (const direction of /** @type {const} */ (['download', 'upload'])) {
      yield {
        name: `${direction}, ${length / 1e6} MB in frames of 64 KiB`,
        contestants: opened.map(({ relay, session }) => ({
          name: relay.name,
          sample: () =>
            transfer(relay, session, direction, direction === 'upload' ? Math.ceil(length * relay.share) : length),
        })),
        rounds: rounds(9, 2),
        warmUp: 1,
      };
    }
    await Promise.all(opened.map(({ session }) => session.close()));
    await Promise.all(relays.map((relay) => waitForProcesses(relay, 1)));
    const connections = quick ? 10 : 30;
    yield {
      name: `one of ${connections} connections in turn: open, and receive one byte`,
      contestants: relays.map((relay) => ({ name: relay.name, sample: () => timeToFirstByte(relay, connections) })),
      rounds: rounds(7, 2),
      warmUp: 1,
    };
    const held = quick ? 20 : 100;
    yield {
      name: `an open, idle connection: mean of ${held}`,
      contestants: relays.map((relay) => ({ name: relay.name, sample: () => memoryPerConnection(relay, held) })),
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
