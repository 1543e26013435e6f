/** What connections that are open and idle hold, in a process that has just begun. */
import { setTimeout as wait } from 'node:timers/promises';
import { loadCore } from '../../dist/wasm.js';
import { clientNamed } from './named.js';

/** @type {{client: string, server: import('./server.js').Server, count: number}} */
const { client: name, server, count } = JSON.parse(process.argv[2]);
const client = await clientNamed({ client: name });
const core = name === 'pagetls' ? await loadCore() : undefined;

async function used() {
  for (let i = 0; i < 3; i++) {
    await wait(20);
    globalThis.gc?.();
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed, wasm: core?.heapInUse ?? 0 };
}

/** They are not to be collected. */
const sessions = [];
/** @param {number} many */
async function open(many) {
  for (let i = 0; i < many; i++) sessions.push(await client.open(server));
}

await open(200); // code is compiled, buffers have their size
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
