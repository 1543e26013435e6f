/** Measures the memory of open, idle connections in a fresh process. */
import { setTimeout as wait } from 'node:timers/promises';
import { loadCore } from '../../dist/wasm.js';
import { loadClient } from './named.js';

/** @type {{client: string, server: import('./server.js').Server, count: number}} */
const { client: name, server, count } = JSON.parse(process.argv[2]);
const client = await loadClient({ client: name });
const core = name === 'pagetls' ? await loadCore() : undefined;

async function used() {
  for (let i = 0; i < 3; i++) {
    await wait(20);
    globalThis.gc?.();
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed, wasm: core?.heapInUse ?? 0 };
}

const WARMUP_CONNECTIONS = 200;

/** Keeps the sessions alive. */
const sessions = [];
/** @param {number} many */
async function open(many) {
  for (let i = 0; i < many; i++) sessions.push(await client.open(server));
}

await open(WARMUP_CONNECTIONS); // until code is compiled and buffers have grown
const before = await used();
await open(count);
const after = await used();
const each = (/** @type {number} */ bytes) => bytes / count / 1000;
const result = {
  'kB RSS': each(after.rss - before.rss),
  'kB JS': each(after.heapUsed - before.heapUsed),
  ...(core && { 'kB C heap': each(after.wasm - before.wasm) }),
};
process.stdout.write(JSON.stringify(result), () => process.exit());
