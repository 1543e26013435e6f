import mysql from 'mysql2/promise';
import { configureDropIns, same, sha256, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @type {Record<string, Open>} */
export const OPEN = {
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, user, password, roots } = place;
    const connection = await mysql.createConnection({
      ...{ host, port: ports[0], user, password },
      disableEval: true, // pages forbid it
      ssl: { ca: roots, verifyIdentity: true },
    });
    connection.on('error', () => {}); // the server has gone: the next query fails
    return {
      async work() {
        const [rows] = await connection.execute('SELECT ? + 1 AS sum', [41]);
        same(rows, [{ sum: 42 }]);
        const [[{ Value: cipher }]] = /** @type {any} */ (await connection.query("SHOW STATUS LIKE 'Ssl_cipher'"));
        same(cipher.length > 0, true);
      },
      async move() {
        const bytes = Buffer.from(TEN_MEGABYTES);
        const query = 'SELECT SHA2(?, 256) AS digest, ? AS back';
        const [[{ digest, back }]] = /** @type {any} */ (await connection.query(query, [bytes, bytes]));
        same([digest, back.length], [await sha256(TEN_MEGABYTES), TEN_MEGABYTES.length]);
      },
      end: () => connection.end(),
    };
  },
};
