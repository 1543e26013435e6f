/** One handshake in a process that has just begun: from the import of the package to the open connection. */
/** @type {{client: 'pagetls' | 'node', mozilla: boolean, server: import('./server.js').Server, hostname: string}} */
const { client, mozilla, server, hostname } = JSON.parse(process.argv[2]);

const { rootCertificates } = await import('node:tls');
const roots = mozilla ? [...rootCertificates, server.roots] : [server.roots];
const start = performance.now();
if (client === 'pagetls') {
  const { connect, TrustStore } = await import('../../dist/index.js');
  const trust = await TrustStore.from(roots.join('\n'));
  const socket = connect({ hostname: '127.0.0.1', port: server.port }, { servername: hostname, trust });
  await socket.opened;
} else {
  const { connect } = await import('node:tls');
  const socket = connect({ host: '127.0.0.1', port: server.port, servername: hostname, ca: roots });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
}
const ms = performance.now() - start;
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ ms, 'cpu ms': (user + system) / 1000 }), () => process.exit());
