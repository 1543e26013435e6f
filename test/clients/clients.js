/** The table of client libraries of npm: what each is tested with. The libraries are in libraries/. */
import { identity, PASSWORD, USER } from '../helpers/service.js';

/**
 * @typedef {object} Row
 * @property {string} library
 * @property {keyof typeof import("../helpers/service.js").SERVICES} server
 * @property {string} way a name in OPEN of the library's module: toDuplex(), or the drop-ins for `net` and `tls`
 * @property {'direct' | 'STARTTLS'} tls when TLS begins
 * @property {'connects again' | 'hangs'} [restarted] what it does by itself when the server has been restarted; otherwise it
 *   fails. What hangs does so over Node's own net and tls, too: it does not see that the connection closes.
 * @property {string} [notInPages] why not
 */

/** @type {Row[]} */
export const ROWS = [
  { library: 'pg', server: 'PostgreSQL', way: 'toDuplex', tls: 'STARTTLS' },
  { library: 'pg', server: 'PostgreSQL', way: 'toDuplex, client certificate', tls: 'STARTTLS' },
  { library: 'pg', server: 'PostgreSQL', way: 'net and tls', tls: 'STARTTLS' },
  { library: 'pg', server: 'PostgreSQL', way: 'net and tls, verify-ca and client certificate', tls: 'STARTTLS' },
  { library: 'postgres', server: 'PostgreSQL', way: 'toDuplex', tls: 'STARTTLS', restarted: 'connects again' },
  { library: 'postgres', server: 'PostgreSQL', way: 'net and tls', tls: 'STARTTLS', restarted: 'connects again' },
  { library: 'mysql2', server: 'MariaDB', way: 'net and tls', tls: 'STARTTLS' },
  { library: 'ioredis', server: 'Redis', way: 'toDuplex', tls: 'direct' },
  { library: 'ioredis', server: 'Redis', way: 'net and tls', tls: 'direct' },
  { library: 'mqtt', server: 'Mosquitto', way: 'toDuplex', tls: 'direct', restarted: 'connects again' },
  {
    library: 'mqtt',
    server: 'Mosquitto',
    way: 'net and tls',
    tls: 'direct',
    restarted: 'connects again',
    notInPages: 'its build for pages dials by WebSocket only',
  },
  { library: 'nodemailer', server: 'Exim', way: 'toDuplex', tls: 'direct', restarted: 'connects again' },
  { library: 'nodemailer', server: 'Exim', way: 'net and tls', tls: 'direct', restarted: 'connects again' },
  { library: 'nodemailer', server: 'Exim', way: 'net and tls, STARTTLS', tls: 'STARTTLS', restarted: 'connects again' },
  { library: 'imapflow', server: 'Dovecot', way: 'net and tls', tls: 'direct' },
  { library: 'imapflow', server: 'Dovecot', way: 'net and tls, STARTTLS', tls: 'STARTTLS' },
  { library: 'ldapts', server: 'slapd', way: 'toDuplex', tls: 'direct', restarted: 'connects again' },
  { library: 'ldapts', server: 'slapd', way: 'net and tls', tls: 'direct', restarted: 'connects again' },
  { library: 'ldapts', server: 'slapd', way: 'net and tls, STARTTLS', tls: 'STARTTLS', restarted: 'hangs' },
  { library: 'amqplib', server: 'RabbitMQ', way: 'net and tls', tls: 'direct' },
];

/** @param {Row[]} rows */
export const librariesOf = (rows) => [...new Set(rows.map(({ library }) => library))];
const LIBRARIES = librariesOf(ROWS);

/** All but those whose server has a test file of its own. */
export const QUICK_ROWS = ROWS.filter(({ server }) => server !== 'RabbitMQ');
export const SERVERS = [...new Set(QUICK_ROWS.map(({ server }) => server))];

/** @param {boolean} inPages @param {Row['tls']} tls @param {string} library */
function cellOf(inPages, tls, library) {
  const rows = ROWS.filter((row) => row.library === library && row.tls === tls && !(inPages && row.notInPages));
  const ways = rows.map(({ way }) => (way.startsWith('toDuplex') ? '`toDuplex()`' : '`net`, `tls`'));
  return [...new Set(ways)].join('; ') || '–';
}

/**
 * HTTP clients, for which pagetls/node has something of its own. Pages have neither.
 * @type {{library: string, way: string, tests: string, title: string}[]}
 */
export const HTTP_CLIENTS = [
  {
    library: 'node:https',
    way: '`Agent`',
    tests: 'test/node/agent.test.js',
    title: 'with keepAlive, a hundred requests',
  },
  {
    library: 'undici',
    way: '`connector()`',
    tests: 'test/node/connector.test.js',
    title: 'a hundred requests in a row',
  },
];

/** The lines of the README's table, but for the spaces. */
export const README_TABLE = [
  ...LIBRARIES.map((library) => {
    const server = ROWS.find((row) => row.library === library)?.server;
    const cells = [false, true].flatMap((inPages) => [
      cellOf(inPages, 'direct', library),
      cellOf(inPages, 'STARTTLS', library),
    ]);
    return ['', `\`${library}\``, server, ...cells, ''].join('|');
  }),
  ...HTTP_CLIENTS.map(({ library, way }) => `|\`${library}\`|nginx|${way}|–|–|–|`),
];

const { good } = /** @type {NonNullable<typeof identity.clients>} */ (identity.clients).credentials;
/** Who asks: what a client knows, but for the ports and the bridge. */
export const caller = {
  ...{ host: identity.hostname, roots: identity.roots, clock: identity.clock },
  ...{ cert: good.chain, key: good.key, user: USER, password: PASSWORD },
};
