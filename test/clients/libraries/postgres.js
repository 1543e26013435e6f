import postgres from 'postgres';
import { connect } from '../../../dist/index.js';
import { toDuplex } from '../../../dist/node/index.js';
import { at, configureDropIns, connectOptions, same, sha256, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @param {object} settings */
async function open(settings) {
  const sql = postgres(/** @type {any} */ ({ database: 'postgres', max: 1, ...settings }));
  await sql`SELECT 1`;
  return {
    async work() {
      same([...(await sql`SELECT ${41}::int + 1 AS sum`)], [{ sum: 42 }]);
    },
    async move() {
      const bytes = Buffer.from(TEN_MEGABYTES);
      const [{ digest, back }] = await sql`
        SELECT encode(sha256(${bytes}::bytea), 'hex') AS digest, ${bytes}::bytea AS back`;
      same([digest, await sha256(back)], Array(2).fill(await sha256(TEN_MEGABYTES)));
    },
    end: () => sql.end(),
  };
}

/** @type {Record<string, Open>} */
export const OPEN = {
  async toDuplex(place) {
    const options = await connectOptions(place);
    const [port] = place.ports;
    const { user, password } = place;
    return open({
      ...{ host: '127.0.0.1', port, user, password },
      socket: async () => {
        const duplex = toDuplex(connect(at(port), { ...options, starttls: 'postgres' }));
        await duplex.socket.opened;
        return duplex;
      },
    });
  },
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, user, password, roots } = place;
    return open({ host, port: ports[0], user, password, ssl: { ca: roots } });
  },
};
