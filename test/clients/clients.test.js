/** Client libraries of npm over pagetls in Node, with real servers, over TCP and through the bridge. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { SERVICES } from '../helpers/service.js';
import { HTTP_CLIENTS, QUICK_ROWS, README_TABLE, SERVERS } from './clients.js';
import { openersInNode, testInNode } from './in-node.js';

const openerOf = openersInNode(QUICK_ROWS);

test("the README's table has what is tested here and in pages", () => {
  const readme = readFileSync(inProject('README.md'), 'utf8');
  const part = /\n### Client libraries\n([^]+?)\n#/.exec(readme)?.[1] ?? '';
  const lines = part.split('\n').filter((line) => line.startsWith('| `'));
  assert.deepEqual(
    lines.map((line) => line.replaceAll(/ *\| */g, '|')),
    README_TABLE,
  );
  for (const { library, tests, title } of HTTP_CLIENTS) {
    const text = readFileSync(inProject(tests), 'utf8');
    assert.ok(text.includes(`from '${library}'`) && text.includes(title), `${tests} does not test ${library}`);
    assert.match(text, /\bstartHttps\(/);
  }
});

for (const server of SERVERS) {
  const { start, skip } = SERVICES[server];
  describe(server, { skip, timeout: 240_000 }, () => {
    /** @type {import('../helpers/service.js').Service} */
    let service;
    before(async () => {
      service = await start();
    });
    after(() => service?.close());
    const rows = QUICK_ROWS.filter((row) => row.server === server);
    testInNode(rows, openerOf, () => service);
  });
}
