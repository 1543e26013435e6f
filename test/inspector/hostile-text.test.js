/**
 * Text of strangers in the pages: every character that nobody sees is shown, and every text has its own direction. Strangers
 * write certificates, answers of servers, names of files and links.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeCertificate } from '../../certs/certificate.js';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { privateKeyPem } from '../../certs/keys.js';
import { SITE } from '../../scripts/site.js';
import { keyOf } from '../helpers/chains.js';
import { inspectorPages } from '../helpers/inspector-pages.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('playwright-core').Page} Page */

/** Letters that are written from right to left mark the text: nothing of ours has them. */
const EVIL =
  '\u05e8\u05e9\u05e2\u202e\u2066\u200b\u00ad\ufeff\u061c\u2028\u0085\u009b31m\u001b[2J\u3164\u{e0061}\u00a0\ue000<b>';
/** For fields of ASCII, and what encodes as one octet. */
const EVIL_ASCII = 'evil\u0085\u009b31m\u001b[2J\u00a0\u00ad<b>';

const key = keyOf('Hostile');
const name = /** @type {Record<string, string>[]} */ ([{ O: EVIL, '1.3.6.1.4.1.99999.7': EVIL }, { CN: EVIL }]);
const utf8 = der.utf8String(EVIL);
const names = [
  ...[{ dns: EVIL_ASCII }, { uri: EVIL_ASCII }, { email: EVIL_ASCII }, { dirName: name }, { ip: '127.0.0.1' }],
  ...[{ otherName: { oid: '1.3.6.1.4.1.311.20.2.3', value: utf8 } }, { registeredID: '1.3.6.1.4.1.99999.1' }],
];
const policy = { oid: '1.3.6.1.4.1.99999.2', cps: EVIL_ASCII, notice: { organization: EVIL, text: EVIL } };

/** @param {Partial<import('../../certs/certificate.js').CertificateFields>} [fields] */
function hostile(fields = {}) {
  return encodeCertificate({
    serial: 1n,
    issuer: name,
    subject: name,
    notBefore: '2024-01-01T00:00:00Z',
    notAfter: '2049-01-01T00:00:00Z',
    publicKey: key,
    signer: key,
    extensions: [
      extension.subjectAltName(names),
      extension.certificatePolicies(policy),
      extension.authorityInfoAccess({ ocsp: [EVIL_ASCII], issuers: [EVIL_ASCII] }),
      extension.crlDistributionPoints(EVIL_ASCII, { names }, { relative: [{ CN: EVIL }] }),
      extension.authorityKeyIdentifier({ issuer: name, serial: 5n }),
      extension.nameConstraints({ permitted: names.slice(0, 4), excluded: names.slice(0, 4) }, false),
      extension.raw('2.5.29.18', der.sequence(der.primitive(6, Buffer.from(EVIL_ASCII, 'latin1')))),
      extension.raw('1.3.6.1.4.1.99999.3', utf8),
      extension.raw('1.3.6.1.4.1.311.20.2', utf8),
      extension.raw('2.16.840.1.113730.1.13', der.ia5String(EVIL_ASCII)),
      extension.raw('2.16.840.1.113730.1.2', der.ia5String(EVIL_ASCII)),
    ],
    ...fields,
  });
}
const certificate = hostile();
const pem = der.pem('CERTIFICATE', certificate);

/** @type {Awaited<ReturnType<typeof startNodeTls>>} */
let server;

const site = inspectorPages(async () => {
  const pki = /** @type {import('../helpers/pki.js').Case} */ ({ chain: pem, key: privateKeyPem(key) });
  server = await startNodeTls(pki, { ALPNProtocols: ['http/1.1'] }, (socket) => {
    socket.once('data', () => socket.end(`HTTP/1.1 200 ${EVIL}\r\nX-A: ${EVIL}\r\n${EVIL}: a\r\n\r\n`));
  });
  return { allowTargets: [`127.0.0.1:${server.port}`] };
});
after(() => server?.close());

/** Opens everything that can be opened, also what appears when something is opened. @param {Page} page */
async function openAll(page) {
  await page.evaluate(async () => {
    const rest = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
    for (let round = 0; round < 6; round++) {
      for (const one of document.querySelectorAll('details:not([open])')) {
        /** @type {HTMLDetailsElement} */ (one).open = true;
      }
      await rest();
    }
    const folded = [...document.querySelectorAll('[role=treeitem][aria-expanded=false]')];
    for (const one of folded) /** @type {HTMLElement} */ (one).click();
    await rest();
  });
}

/** What is wrong with the text of the page. @param {Page} page */
function faults(page) {
  return page.evaluate(() => {
    const UNSEEN = /(?![ \n])[\p{C}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
    const STRANGE = /[\u0590-\u05ff]|evil/;
    const OWN = '.hex, .dump, .asn1-fold, script, style, textarea, pre.pem';
    const found = new Set();
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent ?? '';
      const parent = node.parentElement;
      if (parent?.closest(OWN)) continue;
      if (UNSEEN.test(text)) found.add(`unseen: ${JSON.stringify(text)} in ${parent?.outerHTML.slice(0, 200)}`);
      if (STRANGE.test(text) && !parent?.closest('bdi, title, option')) {
        found.add(`not isolated: ${text} in ${parent?.outerHTML.slice(0, 200)}`);
      }
    }
    for (const element of document.querySelectorAll('*')) {
      for (const { name: attribute, value } of element.attributes) {
        if (UNSEEN.test(value)) found.add(`unseen: ${attribute}=${JSON.stringify(value)}`);
      }
      if (element.localName === 'b') found.add('markup');
    }
    return [...found];
  });
}

/** @param {Page} page */
async function assertHarmless(page) {
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(await faults(page), []);
}

test('a certificate and an answer full of them, with everything open', async () => {
  const { page, complaints } = await site.visit(`#127.0.0.1:${server.port}`);
  await page.locator('[data-outcome=bad]').waitFor();
  await openAll(page);
  await assertHarmless(page);
  await page.getByLabel('Your own trust anchors').setInputFiles({
    ...{ name: `${EVIL}.pem`, mimeType: '' },
    buffer: Buffer.from(`${pem}-----BEGIN ${EVIL_ASCII}-----\nAAAA\n-----END ${EVIL_ASCII}-----\n`),
  });
  await page.locator('.store', { hasText: 'your own roots' }).waitFor();
  await page.locator('#get').check();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.locator('.connection-answer').waitFor({ state: 'attached' });
  await openAll(page);
  await assertHarmless(page);
  assert.ok((await page.locator('bdi', { hasText: '‹U+202E›' }).count()) > 20);
  assert.ok((await page.locator('.connection-answer bdi', { hasText: '‹U+202E›' }).count()) > 0);
  assert.deepEqual(complaints, []);
});

test('files, in their names and labels, and dates that cannot be read', async () => {
  const { page } = await site.visit('');
  await openAll(page);
  const dated = hostile({ notBefore: der.utcTime('24\u001b[2J\u009b'), notAfter: der.utf8String(EVIL) });
  const block = `-----BEGIN ${EVIL_ASCII}-----\nAAAA\n-----END ${EVIL_ASCII}-----\n`;
  const text = `${der.pem('CERTIFICATE', dated)}${pem}${block}`;
  const file = { name: `${EVIL}.pem`, mimeType: '', buffer: Buffer.from(text) };
  await page.getByLabel('Certificate file').setInputFiles(file);
  await page.locator('[data-outcome=bad]').waitFor();
  await openAll(page);
  await assertHarmless(page);
  const damaged = { ...file, buffer: Buffer.from(`${block}${pem.replace('\n', '\n!')}`) };
  await page.getByLabel('Certificate file').setInputFiles(damaged);
  await page.getByRole('alert').filter({ hasText: '.pem: ' }).waitFor();
  await page.getByLabel('Your own trust anchors').setInputFiles({ ...file, buffer: Buffer.from(block) });
  await page.locator('.criteria .field-error').waitFor();
  await assertHarmless(page);
});

test('links', async () => {
  const { page } = await site.openPage();
  for (const hash of [
    `#${encodeURIComponent(EVIL)}`,
    `#a.example&bridge=${encodeURIComponent(`ws://${EVIL}/`)}`,
    `#good-p256.pagetls.test&name=${encodeURIComponent(EVIL)}`,
    `#127.0.0.1:${server.port}&name=${encodeURIComponent('evil.example')}`,
  ]) {
    await page.goto('about:blank');
    await page.goto(`${site.url}${hash}`);
    await page.locator('[data-outcome], .notice').first().waitFor();
    await openAll(page);
    await assertHarmless(page);
  }
});

test('the lab, with a chain, a case and opinions of strangers', async () => {
  const { page } = await site.openPage();
  /** @type {import('../../inspector/src/types.js').LabIndex} */
  const index = JSON.parse(readFileSync(join(SITE, 'lab/index.json'), 'utf8'));
  const found = index.cases.find(({ id }) => id === 'expired');
  const one = { .../** @type {NonNullable<typeof found>} */ (found) };
  one.opinions = [{ program: `OpenSSL ${EVIL}`, ok: false, message: `${EVIL}\n${EVIL}`, at: one.clock ?? '' }];
  await page.route('**/lab/index.json', (route) => route.fulfill({ json: { ...index, cases: [one] } }));
  await page.route('**/lab/expired/*.pem', (route) => route.fulfill({ body: pem }));
  for (const hash of ['#expired', `#expired?name=${encodeURIComponent('evil.example')}`]) {
    await page.goto('about:blank');
    await page.goto(`${site.url}lab.html${hash}`);
    await page.locator('[data-outcome]').waitFor();
    await openAll(page);
    await assertHarmless(page);
  }
  assert.ok((await page.locator('bdi', { hasText: '‹U+202E›' }).count()) >= 3);
});

test('OpenSSL reads the certificate: it is not rejected for its form', () => {
  const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: pem }).toString();
  assert.match(text, /Subject Alternative Name/);
});
