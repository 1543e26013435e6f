/** Client libraries over pagetls in Node, with a real server, over TCP and through the bridge. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { inProject } from '../../scripts/run.js';
import { startBridge } from '../helpers/bridge.js';
import { unhandledErrors } from '../helpers/errors.js';
import { bundleForNode } from './bundle.js';
import { caller, librariesOf } from './clients.js';

/** @typedef {import('./clients.js').Row} Row */
/** @typedef {import('./libraries/common.js').Open} Open */
/** @typedef {import('./libraries/common.js').Session} Session */

const ROUTES = /** @type {const} */ (['TCP', 'the bridge']);

const stray = unhandledErrors();

const TIMEOUT_MS = 15_000;

/** Rejects if the promise settles too late. @template T @param {Promise<T>} promise */
const inTime = (promise) =>
  Promise.race([promise, delay(TIMEOUT_MS, undefined, { ref: false }).then(() => assert.fail('timed out'))]);

/**
 * What the drop-ins are for has to be in a bundle. To be called for all tests of a file.
 * @param {Row[]} rows
 * @returns {(row: Row) => Promise<Open>}
 */
export function openersInNode(rows) {
  /** @type {string} */
  let bundles;
  before(async () => {
    bundles = await mkdtemp(inProject('build/clients-'));
    await bundleForNode(librariesOf(rows), bundles);
  });
  after(async () => {
    await rm(bundles, { recursive: true, force: true });
    await delay(100);
    assert.deepEqual(stray, []);
  });
  return async ({ library, way }) => {
    const bundled = way.startsWith('net and tls');
    const path = bundled ? pathToFileURL(join(bundles, `${library}.mjs`)).href : `./libraries/${library}.js`;
    return (await import(path)).OPEN[way];
  };
}

/**
 * The tests of a server; the last restarts it.
 * @param {Row[]} rows
 * @param {ReturnType<typeof openersInNode>} openerOf
 * @param {() => import('../helpers/service.js').Service} service
 */
export function testInNode(rows, openerOf, service) {
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;
  before(async () => {
    bridge = await startBridge({ allowTargets: service().ports.map((port) => `127.0.0.1:${port}`) });
  });
  after(() => bridge?.close());

  /** @type {{name: string, row: Row, connected: () => Promise<Session>}[]} */
  const cells = rows.flatMap((row) =>
    ROUTES.map((route) => ({
      name: `${row.library} (${row.way}) over ${route}`,
      row,
      async connected() {
        const open = await openerOf(row);
        const place = { ...caller, ports: service().ports, ...(route === 'TCP' ? {} : { bridge: bridge.url }) };
        return inTime(open(place));
      },
    })),
  );

  for (const { name, connected } of cells) {
    test(`${name} asks and is answered`, async () => {
      const session = await connected();
      await inTime(session.work());
      await inTime(session.end());
    });
    test(`${name} moves 10 MB`, async () => {
      const session = await connected();
      await inTime(session.move());
      await inTime(session.work());
      await inTime(session.end());
    });
    test(`${name} ends cleanly twenty times`, async () => {
      for (let i = 0; i < 20; i++) {
        const session = await connected();
        await inTime(session.work());
        await inTime(session.end());
      }
      await delay(20);
      assert.deepEqual(stray, []);
    });
  }

  describe('that has been restarted', () => {
    /** @type {Map<string, Session>} */
    const sessions = new Map();
    before(async () => {
      for (const { name, connected } of cells) {
        // One that cannot connect fails above.
        await connected().then(
          (session) => sessions.set(name, session),
          () => {},
        );
      }
      await service().restart();
    });
    for (const { name, row, connected } of cells) {
      test(`serves ${name} again`, async () => {
        const session = sessions.get(name);
        assert.ok(session, 'it was not connected before');
        if (row.restarted === 'connects again') await inTime(session.work());
        else if (!row.restarted)
          await assert.rejects(inTime(session.work()), (/** @type {Error} */ { message }) => message !== 'timed out');
        await Promise.race([
          session.end().catch(() => {}),
          delay(row.restarted === 'hangs' ? 0 : TIMEOUT_MS, undefined, { ref: false }),
        ]);
        const again = await connected();
        await inTime(again.work());
        await inTime(again.end());
      });
    }
  });
}
