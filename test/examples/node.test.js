/** The example node: its page in Chromium, as `npm start` serves it, and the commands that the page shows. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { run } from '../../scripts/run.js';
import { certificates } from '../helpers/fetch.js';
import { inspectorPages } from '../helpers/inspector-pages.js';
import { directoryOf } from '../helpers/servers.js';
import { testLayouts } from './layouts.js';

const site = inspectorPages({ examples: true });

/** Commands of the page, by script. @type {Record<string, string>} */
let commands;

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function openPage(options) {
  const opened = await site.visit('examples/', options);
  await opened.page.getByRole('link', { name: 'In Node' }).click();
  await opened.page.locator('#pg-command:not(:empty)').waitFor();
  return opened;
}

/** @param {string} command */
const shell = (command) => run('sh', ['-c', command]);

describe('the examples for Node', () => {
  before(async () => {
    const { page, complaints } = await openPage();
    const read = async (/** @type {string} */ id) => (await page.locator(id).textContent()) ?? '';
    commands = { https: await read('#https-command'), pg: await read('#pg-command') };
    assert.match(await read('#https-source'), /new Agent\(/);
    assert.match(await read('#pg-source'), /toDuplex\(/);
    assert.deepEqual(complaints, []);
  });

  test('https.js reads twice over one connection', async () => {
    const { status, stdout, output } = await shell(commands.https);
    assert.equal(status, 0, output);
    const [first, second] = [...stdout.matchAll(/^(\d+) 200 \[/gm)];
    assert.equal(first[1], second[1]);
    assert.equal(stdout.match(/A secret/g)?.length, 2);
  });

  test('pg.js shows the rows', async () => {
    const { status, stdout, output } = await shell(commands.pg);
    assert.equal(status, 0, output);
    assert.match(stdout, /│ 'Käse & <Brot>' /);
  });

  test('both say what is wrong with a CA, and fail', async () => {
    const folder = await directoryOf({ 'ca.pem': certificates.roots });
    for (const command of Object.values(commands)) {
      const other = command.replace(/'\S+ca\.pem'/, `'${folder}/ca.pem'`);
      assert.notEqual(other, command);
      const { status, output } = await shell(other);
      assert.notEqual(status, 0);
      assert.match(output, /CN=Example private CA/);
    }
  });

  test('pg.js says what is wrong with a password or a statement, and fails', async () => {
    for (const [from, to, said] of /** @type {const} */ ([
      [/PGPASSWORD=\S+/, 'PGPASSWORD=wrong', /password authentication failed/],
      [/FROM orders/, 'FROM orderz', /relation "orderz" does not exist/],
    ])) {
      const { status, output } = await shell(commands.pg.replace(from, to));
      assert.notEqual(status, 0);
      assert.match(output, said);
    }
  });

  testLayouts('their page is accessible and fits', 'node', openPage);
});
