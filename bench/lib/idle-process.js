/** Measures the CPU time of a process whose connections are open and idle. */
import { setTimeout as wait } from 'node:timers/promises';
import { loadClient } from './named.js';

/** @type {{client: string, server: import('./server.js').Server, count: number, seconds: number}} */
const { client: name, server, count, seconds } = JSON.parse(process.argv[2]);
const client = await loadClient({ client: name });
const SETTLE_MS = 2000;
const sessions = [];
for (let i = 0; i < count; i++) sessions.push(await client.open(server));
for (const session of sessions) await session.download(1);

// Wait for deferred compilation and garbage collection.
globalThis.gc?.();
await wait(SETTLE_MS);
const before = process.cpuUsage();
await wait(seconds * 1000);
const { user, system } = process.cpuUsage(before);
const result = { 'cpu ms/s': (user + system) / 1000 / seconds };
process.stdout.write(JSON.stringify(result), () => process.exit());
