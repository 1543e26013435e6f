/** pagetls with other TLS stacks as servers: each test is a cell of the table in README.md. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { closeDialled } from '../helpers/client.js';
import { temporaryFiles } from '../helpers/files.js';
import { CHAINS, FEATURES } from './features.js';
import { CLIENT_CA } from './identities.js';
import { STACKS } from './stacks.js';
import { table } from './table.js';

/** @typedef {import('./features.js').Servers} Servers */

const TIMEOUT = { timeout: 60_000 };
const clientCA = temporaryFiles('interop').file('client-ca.pem', CLIENT_CA);

const configs = [
  ...[CHAINS.ecdsa.files, CHAINS.rsa.files],
  { ...CHAINS.ecdsa.files, clientCA },
  { ...CHAINS.ecdsa.files, clientCA, later: true },
  { ...CHAINS.ecdsa.files, onlyP384: true },
];

for (const { stack, start } of await Promise.all(
  STACKS.map(async (stack) => ({ stack, start: await stack.build() })),
)) {
  describe(stack.name, { ...TIMEOUT, skip: typeof start === 'string' && start }, () => {
    /** @type {Servers} */
    let servers;
    before(async () => {
      if (typeof start === 'string') return;
      const [ecdsa, rsa, mtls, later, p384] = await start(configs);
      servers = { ecdsa, rsa, mtls, later, p384 };
    });
    afterEach(closeDialled);
    after(() => Promise.all(Object.values(servers ?? {}).map((server) => server.close())));

    for (const [feature, { title, run }] of Object.entries(FEATURES)) {
      const reason = stack.cannot?.[/** @type {import('./features.js').Feature} */ (feature)];
      test(`${stack.name} × ${title}`, { skip: reason }, () => run({ servers, stack }));
    }
  });
}

test('the table in README.md has these cells', () => {
  assert.ok(
    readFileSync(new URL('README.md', import.meta.url), 'utf8').includes(table()),
    `README.md has not\n${table()}`,
  );
});
