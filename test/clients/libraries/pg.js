import pg from 'pg';
import { connect } from '../../../dist/index.js';
import { toDuplex } from '../../../dist/node/index.js';
import { at, configureDropIns, connectOptions, same, sha256, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @param {import('pg').ClientConfig} config */
async function open(config) {
  const client = new pg.Client({ database: 'postgres', ...config });
  client.on('error', () => {}); // the server has gone: the next query fails
  await client.connect();
  return {
    async work() {
      const { rows } = await client.query(
        'SELECT $1::int + 1 AS sum, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
        [41],
      );
      same(rows, [{ sum: 42, ssl: true }]);
    },
    async move() {
      const query = "SELECT encode(sha256($1::bytea), 'hex') AS digest, $1::bytea AS back";
      const [{ digest, back }] = (await client.query(query, [Buffer.from(TEN_MEGABYTES)])).rows;
      same([digest, await sha256(back)], Array(2).fill(await sha256(TEN_MEGABYTES)));
    },
    end: () => client.end(),
  };
}

/** @param {import('./common.js').Place} place */
async function overDuplex(place) {
  const options = await connectOptions(place);
  return { stream: () => toDuplex(connect(at(place.ports[0]), { ...options, starttls: 'postgres' })) };
}

/** @type {Record<string, Open>} */
export const OPEN = {
  async toDuplex(place) {
    const { user, password } = place;
    return open({ user, password, enableChannelBinding: true, ...(await overDuplex(place)) });
  },
  async 'toDuplex, client certificate'(place) {
    return open({ user: 'bob', ...(await overDuplex(place)) });
  },
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, user, password, roots } = place;
    return open({ host, port: ports[0], user, password, enableChannelBinding: true, ssl: { ca: roots } });
  },
  /** Of libpq: any name, of a chain that is trusted. */
  async 'net and tls, verify-ca and client certificate'(place) {
    configureDropIns(place);
    const { ports, roots, cert, key } = place;
    const ssl = { ca: roots, cert, key, checkServerIdentity: () => undefined };
    return open({ host: 'other.pagetls.test', port: ports[0], user: 'bob', ssl });
  },
};
