/** Client libraries of npm over pagetls: how each is given a socket, and what it does with a server. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Attribute, Change, Client as LdapClient } from 'ldapts';
import mqtt from 'mqtt';
import nodemailer from 'nodemailer';
import pg from 'pg';
import postgres from 'postgres';
import { connect } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import { PASSWORD, USER } from '../helpers/service.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

/**
 * A client that is connected.
 * @typedef {object} Session
 * @property {() => Promise<void>} work asks the server for something, and checks the answer
 * @property {() => Promise<void>} move moves 10 MB to the server and, where it can, back
 * @property {() => Promise<void>} end closes the client cleanly
 */

/**
 * @typedef {object} Client
 * @property {keyof typeof import('../helpers/service.js').SERVICES} server
 * @property {(ports: number[], options: ConnectOptions) => Promise<Session>} open
 * @property {boolean} [reconnects] it opens a new connection by itself when the server has been restarted
 */

export const TEN_MEGABYTES = randomBytes(10_000_000);
const DIGEST = createHash('sha256').update(TEN_MEGABYTES).digest('hex');

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {number} port */
const at = (port) => ({ hostname: '127.0.0.1', port });

/** Unlike once(), this does not reject at 'error'. @param {{once: (name: any, listener: (value?: any) => void) => unknown}} emitter @param {string} name */
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

/** @param {object} [login] @returns {Client} */
const pgClient = (login = { user: USER, password: PASSWORD, enableChannelBinding: true }) => ({
  server: 'PostgreSQL',
  async open([port], options) {
    const client = new pg.Client({
      ...login,
      database: 'postgres',
      stream: () => toDuplex(connect(at(port), { ...options, starttls: 'postgres' })),
    });
    client.on('error', () => {}); // the server has gone: the next query fails
    await client.connect();
    return {
      async work() {
        const { rows } = await client.query(
          'SELECT $1::int + 1 AS sum, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
          [41],
        );
        assert.deepEqual(rows, [{ sum: 42, ssl: true }]);
      },
      async move() {
        const query = "SELECT encode(sha256($1::bytea), 'hex') AS digest, $1::bytea AS back";
        const [{ digest, back }] = (await client.query(query, [TEN_MEGABYTES])).rows;
        assert.deepEqual([digest, sha256(back)], [DIGEST, DIGEST]);
      },
      end: () => client.end(),
    };
  },
});

/** @type {Client} */
const postgresClient = {
  server: 'PostgreSQL',
  reconnects: true,
  async open([port], options) {
    const settings = {
      ...{ host: '127.0.0.1', port, user: USER, password: PASSWORD, database: 'postgres', max: 1 },
      socket: async () => {
        const duplex = toDuplex(connect(at(port), { ...options, starttls: 'postgres' }));
        await duplex.socket.opened;
        return duplex;
      },
    };
    const sql = postgres(/** @type {any} */ (settings));
    await sql`SELECT 1`;
    return {
      async work() {
        assert.deepEqual([...(await sql`SELECT ${41}::int + 1 AS sum`)], [{ sum: 42 }]);
      },
      async move() {
        const [{ digest, back }] = await sql`
          SELECT encode(sha256(${TEN_MEGABYTES}::bytea), 'hex') AS digest, ${TEN_MEGABYTES}::bytea AS back`;
        assert.deepEqual([digest, sha256(back)], [DIGEST, DIGEST]);
      },
      end: () => sql.end(),
    };
  },
};

/** @type {Client} */
const ioredisClient = {
  server: 'Redis',
  async open([port], options) {
    class Connector {
      /** @type {ReturnType<typeof toDuplex> | undefined} */
      stream;
      async connect() {
        this.stream = toDuplex(connect(at(port), options));
        return this.stream;
      }
      disconnect() {
        this.stream?.end();
      }
      check() {
        return true;
      }
    }
    const redis = new Redis({
      password: PASSWORD,
      Connector: /** @type {any} */ (Connector),
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
    });
    const ended = event(redis, 'end');
    redis.on('error', () => {}); // 'end' follows
    await Promise.race([event(redis, 'ready'), ended]);
    return {
      async work() {
        assert.equal(await redis.set('key', 'välue'), 'OK');
        assert.equal(await redis.get('key'), 'välue');
      },
      async move() {
        await redis.set('large', TEN_MEGABYTES);
        const back = await redis.getBuffer('large');
        assert.equal(sha256(back ?? Buffer.alloc(0)), DIGEST);
      },
      async end() {
        await redis.quit();
        await ended;
      },
    };
  },
};

/** @type {Client} */
const mqttClient = {
  server: 'Mosquitto',
  reconnects: true,
  async open([port], options) {
    const client = new mqtt.MqttClient(() => toDuplex(connect(at(port), options)), { reconnectPeriod: 100 });
    client.on('error', () => {}); // the server has gone: it connects again
    await Promise.race([event(client, 'connect'), event(client, 'close')]);
    assert.ok(client.connected);
    /** Publishes to itself. @param {string | Buffer} message @returns {Promise<Buffer>} */
    const echo = async (message) => {
      await client.subscribeAsync('echo', { qos: 1 });
      const received = new Promise((resolve) => client.once('message', (_topic, payload) => resolve(payload)));
      await client.publishAsync('echo', message, { qos: 1 });
      return received;
    };
    return {
      async work() {
        assert.equal(String(await echo('hello')), 'hello');
      },
      async move() {
        assert.equal(sha256(await echo(TEN_MEGABYTES)), DIGEST);
      },
      end: () => client.endAsync(),
    };
  },
};

/** @type {Client} */
const nodemailerClient = {
  server: 'Exim',
  reconnects: true,
  async open([, port], options) {
    const transport = nodemailer.createTransport(
      /** @type {any} */ ({
        pool: true,
        maxConnections: 1,
        secure: true,
        getSocket: (
          /** @type {unknown} */ _options,
          /** @type {(error: unknown, socket?: object) => void} */ callback,
        ) => {
          const connection = toDuplex(connect(at(port), options));
          connection.socket.opened.then(() => callback(null, { connection, secured: true }), callback);
        },
      }),
    );
    const message = { from: 'a@pagetls.test', to: 'b@pagetls.test', subject: 'ü', text: 'hello' };
    return {
      async work() {
        const { accepted } = await transport.sendMail(message);
        assert.deepEqual(accepted, ['b@pagetls.test']);
      },
      async move() {
        const { response } = await transport.sendMail({ ...message, attachments: [{ content: TEN_MEGABYTES }] });
        assert.match(response, /^250 /);
      },
      async end() {
        transport.close();
      },
    };
  },
};

/** @type {Client} */
const ldaptsClient = {
  server: 'slapd',
  async open([, port], options) {
    const client = new LdapClient({
      url: `ldaps://127.0.0.1:${port}`,
      createSecureConnection: /** @type {any} */ (() => toDuplex(connect(at(port), options))),
    });
    await client.bind('cn=root,dc=test', 'secret');
    await client.add('dc=test', { objectClass: ['dcObject', 'organization'], dc: 'test', o: 'test' }).catch((error) => {
      assert.equal(error.code, 68); // exists
    });
    return {
      async work() {
        const { searchEntries } = await client.search('dc=test', { scope: 'base', attributes: ['o'] });
        assert.deepEqual(searchEntries, [{ dn: 'dc=test', o: 'test' }]);
      },
      async move() {
        const text = TEN_MEGABYTES.toString('base64').slice(0, 10_000_000);
        await client.modify(
          'dc=test',
          new Change({ operation: 'replace', modification: new Attribute({ type: 'description', values: [text] }) }),
        );
        const { searchEntries } = await client.search('dc=test', { scope: 'base', attributes: ['description'] });
        assert.equal(sha256(Buffer.from(String(searchEntries[0].description))), sha256(Buffer.from(text)));
      },
      end: () => client.unbind(),
    };
  },
};

/** By library; what follows in parentheses says how it logs in. @type {Record<string, Client>} */
export const CLIENTS = {
  'pg (SCRAM-SHA-256-PLUS)': pgClient(),
  'pg (client certificate)': pgClient({ user: 'bob' }),
  postgres: postgresClient,
  ioredis: ioredisClient,
  'mqtt (client certificate)': mqttClient,
  nodemailer: nodemailerClient,
  ldapts: ldaptsClient,
};
