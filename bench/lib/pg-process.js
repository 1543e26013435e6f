/** A client of PostgreSQL, pg, in a process of its own, over our socket or over Node's. */
import pg from 'pg';
import { connect, TrustStore } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import { HOST } from './chain.js';
import { serveTasks } from './tasks.js';

/** @type {{client: 'pagetls' | 'node', port: number, roots: string}} */
const { client, port, roots } = JSON.parse(process.argv[2]);
const trust = await TrustStore.from(roots);

async function open() {
  const opened = new pg.Client({
    ...{ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' },
    ...(client === 'node'
      ? { ssl: { ca: roots, servername: HOST } }
      : {
          stream: () =>
            toDuplex(connect({ hostname: '127.0.0.1', port }, { servername: HOST, trust, starttls: 'postgres' })),
        }),
  });
  await opened.connect();
  return opened;
}

/** @param {pg.Client} opened */
async function ask(opened) {
  const { rows } = await opened.query('SELECT $1::int + 1 AS sum', [41]);
  if (rows[0].sum !== 42) throw new Error('a wrong answer');
}

const kept = await open();

serveTasks(async ({ keepAlive }) => {
  if (keepAlive) return ask(kept);
  const own = await open();
  await ask(own);
  await own.end();
});
