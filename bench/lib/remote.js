/**
 * Clients in processes of their own, so that what one leaves behind, rubbish and code to optimize, is no one else's
 * time. Each obeys lines (bench/native/client.c, client-process.js).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildPlain, buildPlainStock } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { findProgram } from '../../scripts/run.js';

/** @typedef {import('./clients.js').Client} Client */
/** @typedef {import('./named.js').Which} Which */
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
function remote(name, [program, ...args]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => {}); // where it has ended, its answer says so
  /** What its commands took. */
  const spent = { ms: 0, 'cpu ms': 0 };
  let trusted = '';

  /** @param {string} line */
  const command = async (line) => {
    child.stdin.write(`${line}\n`);
    for (;;) {
      const { value = 'error it has ended' } = await answers.next();
      const [, cpu, ms] = /^ok (\S+) (\S+)$/.exec(value) ?? [];
      if (ms !== undefined) return { ms: Number(ms), 'cpu ms': Number(cpu) };
      // Whatever else it writes is a library's own.
      if (value.startsWith('error ')) throw new Error(value.slice('error '.length));
    }
  };
  /** @param {string} line */
  const counted = async (line) => {
    const { ms, 'cpu ms': cpu } = await command(line);
    spent.ms += ms;
    spent['cpu ms'] += cpu;
  };

  return {
    name,
    async open({ port, roots }, { version, cipher } = {}) {
      if (trusted !== roots) await command(`trust ${roots.replaceAll('\n', '|')}`);
      trusted = roots;
      await counted(`open ${port} ${version ?? '-'} ${cipher ?? '-'}`);
      return {
        download: (length) => counted(`download ${length}`),
        upload: (length) => counted(`upload ${length}`),
        close: () => counted('close'),
      };
    },
    async timed(act) {
      const before = { ...spent };
      await act();
      return { ms: spent.ms - before.ms, 'cpu ms': spent['cpu ms'] - before['cpu ms'] };
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
 * @param {Which} which
 * @returns {Remote} in a Node of its own
 */
export function inNode(name, which) {
  const script = fileURLToPath(new URL('client-process.js', import.meta.url));
  return remote(name, [process.execPath, script, JSON.stringify(which)]);
}

/**
 * Both native clients, where there is a compiler: the same C as ours, and Mbed TLS as it is.
 * @param {(text: string) => void} note
 * @returns {Promise<Remote[]>}
 */
export async function natives(note) {
  if (findProgram('gcc') === undefined) {
    note('what is native. There is no gcc.');
    return [];
  }
  const source = await mbedtlsSource();
  return [
    remote(NATIVE, [await buildPlain(source, 'gcc', 'bench_client')]),
    remote(NATIVE_STOCK, [await buildPlainStock(source, 'bench_client_stock')]),
  ];
}
