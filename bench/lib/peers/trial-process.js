/** Whether a peer can be measured: a handshake, some bytes each way, and the end. */
import { clientNamed } from '../named.js';

/** @type {{peer: string, server: import('../server.js').Server, choice: import('../clients.js').Choice}} */
const { peer, server, choice } = JSON.parse(process.argv[2]);

const SOME = 100_000;

/** One line, also where a library throws what is no Error. @param {unknown} error */
function fail(error) {
  const text = error instanceof Error ? error.message || error.name : (JSON.stringify(error) ?? String(error));
  process.stderr.write(`\nerror: ${text.replace(/\s+/g, ' ').slice(0, 200)}\n`, () => process.exit(1));
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
try {
  const client = await clientNamed({ client: peer });
  const session = await client.open(server, choice);
  await session.download(SOME);
  await session.upload(SOME);
  await session.close();
  await client.end?.();
  process.stdout.write('{}', () => process.exit());
} catch (error) {
  fail(error);
}
