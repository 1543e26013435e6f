/**
 * A client that obeys lines, as bench/native/client.c does:
 *
 *   trust PEM                    the trust anchors, with | for the ends of their lines
 *   open PORT VERSION CIPHER     to a server of server-process.js; "-" for any
 *   download LEN, upload LEN, close
 *
 * Each is answered with "ok CPU MS", the processor time and the time that it took in milliseconds, or with "error TEXT".
 */
import { createInterface } from 'node:readline';
import { clientNamed } from './named.js';
import { timed } from './rounds.js';

const loading = clientNamed(JSON.parse(process.argv[2]));
let roots = '';
/** @type {import('./session.js').Session | undefined} */
let session;

/** What is thrown past everyone, as some libraries do, ends the command that is at work. */
let fail = (/** @type {unknown} */ _error) => {};
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => fail(error));

/** @param {string} line */
async function obey(line) {
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
  } else if (session === undefined) throw new Error('nothing is open');
  else if (command === 'download' || command === 'upload') await session[command](Number(words[0]));
  else if (command === 'close') await session.close();
  else throw new Error(`an unknown command: ${command}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { ms, 'cpu ms': cpu } = await timed(
      () =>
        new Promise((resolve, reject) => {
          fail = reject;
          obey(line).then(resolve, reject);
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
