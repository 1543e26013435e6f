/** 256 MB of pg's rows to a reader that pauses: what waits is in the server, not here. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import Cursor from 'pg-cursor';
import { connect, TrustStore } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import { memoryInUse, settled } from '../helpers/backpressure.js';
import { startBridge } from '../helpers/bridge.js';
import { identity, PASSWORD, SERVICES, USER } from '../helpers/service.js';

const ROWS = 256;
const ROW_BYTES = 1_000_000;
const QUERY = `SELECT repeat('x', ${ROW_BYTES}) AS text FROM generate_series(1, ${ROWS})`;
/** What may have arrived beyond what was asked for: the buffers of the kernel's sockets, the bridge and the streams. */
const AHEAD_BYTES = 16_000_000;
/** In MB, beyond what there was before. */
const MOST_MEMORY = 32;
const { start, skip } = SERVICES.PostgreSQL;

describe('256 MB through pg', { skip, timeout: 120_000 }, () => {
  /** @type {Awaited<ReturnType<typeof start>>} */
  let server;
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;
  before(async () => {
    server = await start();
    bridge = await startBridge({ allowTargets: server.ports.map((port) => `127.0.0.1:${port}`) });
  });
  after(async () => {
    await bridge?.close();
    await server?.close();
  });

  for (const route of /** @type {const} */ (['TCP', 'the bridge'])) {
    /** @param {import('node:test').TestContext} t */
    const open = async (t) => {
      const [port] = server.ports;
      const stream = toDuplex(
        connect(
          { hostname: '127.0.0.1', port },
          {
            ...{ servername: identity.hostname, trust: await TrustStore.from(identity.roots) },
            ...{ now: new Date(identity.clock), starttls: 'postgres' },
            bridge: route === 'TCP' ? undefined : bridge.url,
          },
        ),
      );
      const client = new pg.Client({ user: USER, password: PASSWORD, database: 'postgres', stream: () => stream });
      await client.connect();
      t.after(() => client.end());
      return { client, stream };
    };

    test(`a cursor that is read with pauses, over ${route}`, async (t) => {
      const { client, stream } = await open(t);
      const cursor = client.query(new Cursor(QUERY));
      const before = memoryInUse();
      let read = 0;
      let most = 0;
      for (let rows = await cursor.read(8); rows.length > 0; rows = await cursor.read(8)) {
        read += rows.length;
        assert.ok(rows.every(({ text }) => text.length === ROW_BYTES));
        if (read % 64 === 0) {
          await delay(50);
          assert.ok(stream.bytesRead < read * ROW_BYTES + AHEAD_BYTES, `${stream.bytesRead} bytes after ${read} rows`);
          most = Math.max(most, memoryInUse() - before);
        }
      }
      assert.equal(read, ROWS);
      assert.ok(most < MOST_MEMORY, `${most} MB of memory`);
    });

    test(`a plain query whose socket is paused, over ${route}`, async (t) => {
      const { client, stream } = await open(t);
      const query = new pg.Query(QUERY);
      let read = 0;
      const done = new Promise((resolve, reject) => {
        query.on('error', reject);
        query.on('end', resolve);
      });
      query.on('row', () => {
        if (++read === 4) stream.pause();
      });
      client.query(query);
      while (read < 4) await delay(10);
      const before = memoryInUse();
      await settled(() => stream.bytesRead);
      assert.ok(stream.bytesRead < 4 * ROW_BYTES + AHEAD_BYTES, `${stream.bytesRead} bytes`);
      assert.ok(memoryInUse() - before < MOST_MEMORY);
      stream.resume();
      await done;
      assert.equal(read, ROWS);
    });
  }
});
