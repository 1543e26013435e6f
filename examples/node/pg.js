/** pg over pagetls: PGPASSWORD=PASSWORD node pg.js postgres://USER@HOST:PORT/DATABASE CA.pem SQL */
import { readFile } from 'node:fs/promises';
import { connect, TrustStore } from 'pagetls';
import { toDuplex } from 'pagetls/node';
import pg from 'pg';

const [url, ca, sql] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const options = { trust: await TrustStore.from(await readFile(ca)), starttls: /** @type {const} */ ('postgres') };
const stream = () => toDuplex(connect({ hostname, port: Number(port || 5432) }, options));
const client = new pg.Client({ connectionString: url, enableChannelBinding: true, stream });
await client.connect();
console.table((await client.query(sql)).rows);
await client.end();
