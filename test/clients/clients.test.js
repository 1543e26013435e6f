/** Client libraries of npm over pagetls, with real servers, over TCP and through the bridge. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { TrustStore } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { identity, SERVICES } from '../helpers/service.js';
import { CLIENTS } from './clients.js';

const { good } = /** @type {NonNullable<typeof identity.clients>} */ (identity.clients).credentials;
const common = {
  servername: identity.hostname,
  trust: await TrustStore.from(identity.roots),
  now: new Date(identity.clock),
  cert: good.chain,
  key: good.key,
};

/** Errors and warnings that nobody handled. @type {unknown[]} */
const stray = [];
for (const event of /** @type {const} */ (['uncaughtException', 'unhandledRejection', 'warning'])) {
  process.on(event, (/** @type {unknown} */ error) => stray.push(error));
}

const TIMEOUT_MS = 15_000;

/** Rejects if the promise settles too late. @template T @param {Promise<T>} promise */
const inTime = (promise) =>
  Promise.race([promise, delay(TIMEOUT_MS, undefined, { ref: false }).then(() => assert.fail('timed out'))]);

describe('a client library', () => {
  after(async () => {
    await delay(100);
    assert.deepEqual(stray, []);
  });

  for (const [name, { server, open, reconnects }] of Object.entries(CLIENTS)) {
    const { start, skip } = SERVICES[server];
    for (const route of /** @type {const} */ (['TCP', 'the bridge'])) {
      test(`${name} works with ${server} over ${route}`, { skip, timeout: 120_000 }, async (t) => {
        const service = await start();
        t.after(() => service.close());
        const bridge = await startBridge({ allowTargets: service.ports.map((port) => `127.0.0.1:${port}`) });
        t.after(() => bridge.close());
        const options = route === 'TCP' ? common : { ...common, bridge: bridge.url };
        const connected = () => inTime(open(service.ports, options));

        await t.test('asks and is answered', async () => {
          const session = await connected();
          await inTime(session.work());
          await inTime(session.end());
        });
        await t.test('moves 10 MB', async () => {
          const session = await connected();
          await inTime(session.move());
          await inTime(session.work());
          await inTime(session.end());
        });
        await t.test('ends cleanly twenty times', async () => {
          for (let i = 0; i < 20; i++) {
            const session = await connected();
            await inTime(session.work());
            await inTime(session.end());
          }
          await delay(20);
          assert.deepEqual(stray, []);
        });
        await t.test('goes on when the server has been restarted', async () => {
          const session = await connected();
          await service.restart();
          if (reconnects) await inTime(session.work());
          else
            await assert.rejects(inTime(session.work()), (/** @type {Error} */ { message }) => message !== 'timed out');
          await inTime(session.end().catch(() => {}));
          const again = await connected();
          await inTime(again.work());
          await inTime(again.end());
        });
      });
    }
  }
});
