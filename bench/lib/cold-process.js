/** Measures the first handshake of a fresh process, from the import of the package to the open connection. */
import { rootCertificates } from 'node:tls';
import { loadClient } from './named.js';

/** @type {{client: string, mozilla: boolean, server: import('./server.js').Server}} */
const { client: name, mozilla, server } = JSON.parse(process.argv[2]);

const roots = mozilla ? [...rootCertificates, server.roots].join('\n') : server.roots;
const start = performance.now();
const client = await loadClient({ client: name });
await client.open({ port: server.port, roots });
const ms = performance.now() - start;
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ ms, 'cpu ms': (user + system) / 1000 }), () => process.exit());
