/**
 * Clients in separate processes, so that no client pays for another's garbage collection or code optimization. They
 * execute commands from standard input (bench/native/client.c, client-process.js).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildPlain, buildPlainStock } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { findProgram } from '../../scripts/run.js';

/** @typedef {import('./clients.js').Client} Client */
/** @typedef {import('./named.js').ClientSpec} ClientSpec */
/** @typedef {Client & Required<Pick<Client, 'timed' | 'end'>> & {kill: () => void}} Remote one session at a time */

export const PAGETLS = 'pagetls';
export const NODE = "Node's tls";
export const MBEDTLS_IN_WASM = 'Mbed TLS in wasm';
export const NATIVE = 'pagetls natively';
export const NATIVE_STOCK = 'Mbed TLS natively, -O2';

/**
 * @param {string} name
 * @param {string[]} command
 * @returns {Remote}
 */
function startClient(name, [program, ...args]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => {}); // sendCommand() reports that the process has ended
  /** The total time of all commands. */
  const totals = { ms: 0, 'cpu ms': 0 };
  let trusted = '';

  /** @param {string} line */
  const sendCommand = async (line) => {
    child.stdin.write(`${line}\n`);
    for (;;) {
      const { value = 'error the process has ended' } = await answers.next();
      const [, cpu, ms] = /^ok (\S+) (\S+)$/.exec(value) ?? [];
      if (ms !== undefined) return { ms: Number(ms), 'cpu ms': Number(cpu) };
      // Ignore other output, which comes from libraries.
      if (value.startsWith('error ')) throw new Error(value.slice('error '.length));
    }
  };
  /** @param {string} line */
  const timedCommand = async (line) => {
    const { ms, 'cpu ms': cpu } = await sendCommand(line);
    totals.ms += ms;
    totals['cpu ms'] += cpu;
  };

  return {
    name,
    async open({ port, roots }, { version, cipher } = {}) {
      if (trusted !== roots) await sendCommand(`trust ${roots.replaceAll('\n', '|')}`);
      trusted = roots;
      await timedCommand(`open ${port} ${version ?? '-'} ${cipher ?? '-'}`);
      return {
        download: (length) => timedCommand(`download ${length}`),
        upload: (length) => timedCommand(`upload ${length}`),
        close: () => timedCommand('close'),
      };
    },
    async timed(act) {
      const before = { ...totals };
      await act();
      return { ms: totals.ms - before.ms, 'cpu ms': totals['cpu ms'] - before['cpu ms'] };
    },
    async end() {
      child.stdin.end();
      await ended;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/**
 * @param {string} name
 * @param {ClientSpec} spec
 * @returns {Remote} in a separate Node process
 */
export function startNodeClient(name, spec) {
  const script = fileURLToPath(new URL('client-process.js', import.meta.url));
  return startClient(name, [process.execPath, script, JSON.stringify(spec)]);
}

/**
 * Starts both native clients, if gcc is installed: the C core of pagetls, and stock Mbed TLS.
 * @param {(text: string) => void} note
 * @returns {Promise<Remote[]>}
 */
export async function startNativeClients(note) {
  if (findProgram('gcc') === undefined) {
    note('native clients: gcc is not installed.');
    return [];
  }
  const source = await mbedtlsSource();
  return [
    startClient(NATIVE, [await buildPlain(source, 'gcc', 'bench_client')]),
    startClient(NATIVE_STOCK, [await buildPlainStock(source, 'bench_client_stock')]),
  ];
}
