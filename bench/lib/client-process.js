/**
 * A client that executes commands from standard input, like bench/native/client.c:
 *
 *   trust PEM                    sets the trust anchors; | stands for line breaks
 *   open PORT VERSION CIPHER     connects to a server of server-process.js; "-" for any version or cipher suite
 *   download LEN, upload LEN, close
 *
 * Answers each with "ok CPU MS", the CPU time and elapsed time in milliseconds, or with "error TEXT".
 */
import { createInterface } from 'node:readline';
import { loadClient } from './named.js';
import { timed } from './rounds.js';

const loading = loadClient(JSON.parse(process.argv[2]));
let roots = '';
/** @type {import('./session.js').Session | undefined} */
let session;

/** Uncaught errors, which some libraries throw, fail the current command. */
let fail = (/** @type {unknown} */ _error) => {};
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => fail(error));

/** @param {string} line */
async function execute(line) {
  const [command, ...words] = line.split(' ');
  if (command === 'trust') roots = line.slice('trust '.length).replaceAll('|', '\n');
  else if (command === 'open') {
    const [port, version, cipher] = words;
    const client = await loading;
    session = await client.open(
      { port: Number(port), roots },
      {
        ...(version !== '-' && { version: /** @type {'TLSv1.2' | 'TLSv1.3'} */ (version) }),
        ...(cipher !== '-' && { cipher }),
      },
    );
  } else if (session === undefined) throw new Error('no open connection');
  else if (command === 'download' || command === 'upload') await session[command](Number(words[0]));
  else if (command === 'close') await session.close();
  else throw new Error(`unknown command: ${command}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { ms, 'cpu ms': cpu } = await timed(
      () =>
        new Promise((resolve, reject) => {
          fail = reject;
          execute(line).then(resolve, reject);
        }),
    );
    process.stdout.write(`ok ${cpu} ${ms}\n`);
  } catch (error) {
    const text = error instanceof Error ? error.message || error.name : String(error);
    process.stdout.write(`error ${text.replace(/\s+/g, ' ').slice(0, 200)}\n`);
  }
}
await loading.then(({ end }) => end?.()).catch(() => {});
process.exit();
