/** Client libraries of npm in a page of Chromium, with real servers through the bridge. */
import { after, before, describe } from 'node:test';
import { SERVICES } from '../helpers/service.js';
import { QUICK_ROWS, SERVERS } from './clients.js';
import { chromiumWith, testInPages } from './in-pages.js';

const chromium = chromiumWith(QUICK_ROWS);

for (const server of SERVERS) {
  const { start, skip } = SERVICES[server];
  describe(server, { skip, timeout: 300_000 }, () => {
    /** @type {import('../helpers/service.js').Service} */
    let service;
    before(async () => {
      service = await start();
    });
    after(() => service?.close());
    const rows = QUICK_ROWS.filter((row) => row.server === server);
    testInPages(rows, chromium, () => service);
  });
}
