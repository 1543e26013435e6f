/** The certificate and chain elements in Chromium, compared with OpenSSL's output for the same certificates. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { build } from 'vite';
import { encodeCertificate } from '../../certs/certificate.js';
import { pem } from '../../certs/der.js';
import { subjectAltName } from '../../certs/extensions.js';
import { inProject } from '../../scripts/run.js';
import { startPageServer } from '../../scripts/serve.js';
import { derOf, openssl } from '../helpers/certificates.js';
import { keyOf } from '../helpers/chains.js';
import { newPage, startChromium } from '../helpers/page.js';
import { CLOCK, pemBlocks, pki } from '../helpers/pki.js';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../fixtures/certificate/page.js').TestPage} TestPage */

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {string} */
let directory;
/** @type {Awaited<ReturnType<typeof startPageServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {Awaited<ReturnType<typeof newPage>> | undefined} */
let open;

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pagetls-certificate-'));
  await build({
    configFile: false,
    root: inProject('test', 'fixtures', 'certificate'),
    base: './',
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: join(directory, 'site'),
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: { external: [/^node:/, 'ws'] },
    },
  });
  server = await startPageServer({ folders: { '/': join(directory, 'site') } });
  browser = await startChromium();
});
after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(directory, { recursive: true });
});
afterEach(async () => {
  const complaints = open?.complaints;
  await open?.close();
  open = undefined;
  assert.deepEqual(complaints ?? [], []);
});

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function visit(options) {
  open = await newPage(browser, { reducedMotion: 'reduce', ...options });
  await open.page.goto(server.url);
  await open.page.waitForSelector('html[data-ready]');
  return open.page;
}

/** @param {Page} page @param {string} text PEM @param {string} [now] */
async function showCertificate(page, text, now = CLOCK.toISOString()) {
  await page.evaluate(
    ([block, time]) =>
      /** @type {{ page: TestPage }} */ (/** @type {unknown} */ (window)).page.showCertificate(block, time),
    [text, now],
  );
  await page.locator('pt-certificate .actions').waitFor();
}

/** @param {Page} page @param {string} id */
async function showChain(page, id) {
  const { hostname, chain, roots, crl = '', clock, profile } = pki(id);
  const question = { address: hostname, chain, roots, crls: crl, now: clock, profile, lab: null };
  await page.evaluate(
    (asked) => /** @type {{ page: TestPage }} */ (/** @type {unknown} */ (window)).page.showChain(asked),
    question,
  );
  await page.locator('pt-outcome h2').waitFor();
}

/** Opens all <details>. @param {Page} page */
async function openAll(page) {
  for (let closed = true; closed;) {
    closed = await page.evaluate(async () => {
      const found = [...document.querySelectorAll('details:not([open])')];
      for (const one of found) /** @type {HTMLDetailsElement} */ (one).open = true;
      // The toggle event is a task of its own; the content is rendered in the next update.
      await new Promise((resolve) => setTimeout(resolve));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return found.length > 0;
    });
  }
}

/* --- sample certificates ------------------------------------------------------------------------- */

/** @param {(root: X509Certificate) => boolean} predicate @returns {string} */
function findRoot(predicate) {
  const found = rootCertificates.find((text) => predicate(new X509Certificate(text)));
  assert.ok(found);
  return found;
}

/** Lifetime in milliseconds. @param {X509Certificate} root */
const lifetimeOf = ({ validFrom, validTo }) => Date.parse(validTo) - Date.parse(validFrom);
const longest = Math.max(...rootCertificates.map((text) => lifetimeOf(new X509Certificate(text))));

/** @param {string} id @param {number} [place] */
const ofCase = (id, place = 0) => pemBlocks(pki(id).all)[place];

/** @type {Record<string, string>} */
const SAMPLES = {
  'P-256': ofCase('good-p256'),
  'a P-384 root': ofCase('good-p384', 2),
  'a P-521 intermediate': ofCase('good-p521', 1),
  'RSA 2048': ofCase('good-rsa2048'),
  'signed with RSA-PSS': ofCase('good-rsa-pss'),
  'an RSA-PSS key': ofCase('good-rsa-pss-key'),
  Ed25519: ofCase('good-ed25519-key'),
  'P-224': ofCase('good-p224-key'),
  'every kind of name': ofCase('good-rich'),
  addresses: ofCase('good-ip'),
  'an international name': ofCase('good-idn'),
  'until after 2050': ofCase('good-2050'),
  expired: ofCase('expired'),
  'an unknown critical extension': ofCase('unknown-critical'),
  'name constraints': ofCase('good-name-constraints', 1),
  'a weak key': ofCase('weak-key'),
  'the longest lifetime of Mozilla’s root list': findRoot((root) => lifetimeOf(root) === longest),
  'a non-ASCII name': findRoot(({ subject }) => /[^\0-\x7f]/.test(subject)),
  'an RSA 4096 root': findRoot(({ publicKey }) => publicKey.asymmetricKeyDetails?.modulusLength === 4096),
  'an EC root': findRoot(({ publicKey }) => publicKey.asymmetricKeyType === 'ec'),
  'no common name': findRoot(({ subject }) => !subject.includes('CN=')),
  'serial number zero': findRoot(({ serialNumber }) => /^0+$/.test(serialNumber)),
};

const USAGES = {
  'Digital Signature': 'digitalSignature',
  'Non Repudiation': 'nonRepudiation',
  'Key Encipherment': 'keyEncipherment',
  'Data Encipherment': 'dataEncipherment',
  'Key Agreement': 'keyAgreement',
  'Certificate Sign': 'keyCertSign',
  'CRL Sign': 'cRLSign',
};
const PURPOSES = {
  'TLS Web Server Authentication': 'serverAuth',
  'TLS Web Client Authentication': 'clientAuth',
  'OCSP Signing': 'OCSPSigning',
  'Any Extended Key Usage': 'anyExtendedKeyUsage',
};
const KINDS = {
  DNS: 'DNS',
  'IP Address': 'IP',
  URI: 'URI',
  email: 'E-mail',
  DirName: 'Directory name',
  othername: 'Other name',
  'Registered ID': 'Registered OID',
};
const ALGORITHMS = { rsassaPss: 'RSASSA-PSS', ED25519: 'Ed25519' };
const CURVES = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521', secp224r1: 'P-224' };
const TYPES = { rsaEncryption: 'RSA', rsassaPss: 'RSASSA-PSS', 'id-ecPublicKey': 'EC', ED25519: 'Ed25519' };

/** @param {Record<string, string>} table @param {string} word @returns {string} the page's term */
function translate(table, word) {
  return table[word] ?? word;
}

/** Expands IPv6 addresses so that different notations compare equal. @param {string} address */
function expandAddress(address) {
  if (!address.includes(':')) return address;
  const [head, tail] = address
    .toLowerCase()
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  return [...head, ...Array(8 - head.length - (tail?.length ?? 0)).fill('0'), ...(tail ?? [])].join(':');
}

/** The output of `openssl x509` in the page's terms. @param {string} text */
async function accordingToOpenssl(text) {
  const fields = ['-subject', '-issuer', '-serial', '-startdate', '-enddate', '-dateopt', 'iso_8601'];
  const x509 = (/** @type {string[]} */ ...args) =>
    openssl(['x509', '-noout', '-nameopt', 'utf8,sep_multiline,sname', ...args], text);
  const summary = await x509(...fields);
  const whole = await x509('-text');
  const one = (/** @type {RegExp} */ pattern, source = summary) => pattern.exec(source)?.[1] ?? null;
  const name = (/** @type {string} */ what) =>
    (one(new RegExp(`^${what}=\\n((?: {4}.*\\n)*)`, 'm')) ?? '')
      .trimEnd()
      .split(/\n| \+ (?=\w+=)/)
      .map((line) => line.trim().replace('=', ' '));
  const extension = (/** @type {string} */ title) =>
    one(new RegExp(`^ {12}X509v3 ${title}: ?(?:critical)?\\s*?\\n((?: {16}.*\\n)+)`, 'm'), whole)
      ?.trim()
      .replace(/\n +/g, '\n') ?? null;
  const names = extension('Subject Alternative Name')
    ?.split(', ')
    .map((entry) => {
      const [, kind, value] = /^(\w+(?: \w+)?):(.*)$/.exec(entry) ?? [];
      const plain = kind === 'DirName' ? value.slice(1).replaceAll('/', ', ') : value.replace(/^ UPN::/, '');
      return `${translate(KINDS, kind)} ${kind === 'IP Address' ? expandAddress(plain) : plain}`;
    });
  const constraints = extension('Basic Constraints');
  const bits = one(/Public-Key: \((\d+) bit\)/, whole);
  return {
    subject: name('subject'),
    issuer: name('issuer'),
    serial: BigInt(`0x${one(/^serial=(.*)$/m)}`),
    notBefore: one(/^notBefore=(.*)$/m)?.replace(' ', 'T'),
    notAfter: one(/^notAfter=(.*)$/m)?.replace(' ', 'T'),
    signature: translate(ALGORITHMS, one(/Signature Algorithm: (\S+)/, whole) ?? ''),
    key: translate(TYPES, one(/Public Key Algorithm: (\S+)/, whole) ?? ''),
    bits: bits ?? '256', // OpenSSL does not print it for Ed25519
    curve: translate(CURVES, one(/ASN1 OID: (\S+)/, whole) ?? '') || null,
    exponent: one(/Exponent: (\d+)/, whole),
    names: names ?? null,
    keyUsage:
      extension('Key Usage')
        ?.split(', ')
        .map((usage) => translate(USAGES, usage)) ?? null,
    purposes:
      extension('Extended Key Usage')
        ?.split(', ')
        .map((purpose) => translate(PURPOSES, purpose)) ?? null,
    ca: constraints && (constraints.includes('CA:TRUE') ? 'yes' : 'no'),
    pathLength: one(/pathlen:(\d+)/, constraints ?? ''),
    subjectKey: extension('Subject Key Identifier'),
    authorityKey: one(/(?:keyid:)?((?:[0-9A-F]{2}:){3,}[0-9A-F]{2})/, extension('Authority Key Identifier') ?? ''),
    sha256: one(/=(.*)/, await x509('-fingerprint', '-sha256')),
    sha1: one(/=(.*)/, await x509('-fingerprint', '-sha1')),
  };
}

/** The same values as shown on the page. @param {Page} page */
function accordingToPage(page) {
  return page.evaluate(() => {
    const text = (/** @type {Element | null | undefined} */ node) =>
      node?.textContent?.trim().replace(/\s+/g, ' ') ?? null;
    const field = (/** @type {string} */ name, /** @type {ParentNode | null} */ where = document) =>
      where?.querySelector(`dd[data-field="${name}"]`) ?? null;
    const lines = (/** @type {Element | null} */ node) => (node ? [...node.querySelectorAll('li')].map(text) : null);
    const extension = (/** @type {string} */ oid) => document.querySelector(`.extension[data-oid="${oid}"]`);
    const values = (/** @type {Element | null} */ node) =>
      node && (node.querySelector('li') ? [...node.querySelectorAll('li')].map(text) : [text(node)]);
    const names = extension('2.5.29.17');
    const [type, bits] = text(field('type'))?.split(', ') ?? [];
    return {
      subject: lines(field('subject')),
      issuer: lines(field('issuer')),
      serial: text(field('serial-number')),
      notBefore: field('not-before')?.querySelector('time')?.dateTime,
      notAfter: field('not-after')?.querySelector('time')?.dateTime,
      signature: text(field('signature-algorithm'))?.replace(/ with .*/, '') ?? '',
      key: type,
      bits: bits?.replace(' bits', ''),
      curve: text(field('curve')),
      exponent: text(field('exponent')),
      names:
        names &&
        [...names.querySelectorAll('.facts > div')].flatMap((row) =>
          (values(row.querySelector('dd')) ?? []).map((value) => `${text(row.querySelector('dt'))} ${value}`),
        ),
      keyUsage: text(field('usages', extension('2.5.29.15')))?.split(', ') ?? null,
      purposes: values(field('purpose', extension('2.5.29.37')))?.map((value) => value?.replace(/ \(.*/, '')) ?? null,
      ca: text(field('ca', extension('2.5.29.19'))),
      pathLength: text(field('path-length', extension('2.5.29.19')))?.replace(/ .*/, '') ?? null,
      subjectKey: text(field('key-identifier', extension('2.5.29.14'))),
      authorityKey: text(field('key-identifier', extension('2.5.29.35'))),
      sha256: text(field('sha-256')),
      sha1: text(field('sha-1')),
    };
  });
}

describe('a certificate', () => {
  test(`shows the same values as OpenSSL, for ${Object.keys(SAMPLES).length} samples`, async () => {
    assert.ok(Object.keys(SAMPLES).length >= 20);
    const page = await visit();
    for (const [label, text] of Object.entries(SAMPLES)) {
      await showCertificate(page, text);
      const shown = await accordingToPage(page);
      const expected = await accordingToOpenssl(text);
      const names = shown.names?.map((name) =>
        name
          .replace(/^(IP) (.*)/, (_, kind, address) => `${kind} ${expandAddress(address)}`)
          .replace(/^(Other name) .*: /, '$1 '),
      );
      const serial = BigInt(`0x${shown.serial?.replaceAll(':', '')}`);
      assert.deepEqual({ ...shown, serial, names: names ?? null }, expected, label);
    }
  });

  test('shows the complete modulus of an RSA key', async () => {
    const page = await visit();
    await showCertificate(page, SAMPLES['RSA 2048']);
    await page.getByText('Key bytes').click();
    const shown = await page.locator('dd[data-field="modulus"]').innerText();
    const expected = await openssl(['x509', '-noout', '-modulus'], SAMPLES['RSA 2048']);
    assert.equal(`Modulus=${shown.replace(/\s/g, '')}\n`, expected);
  });

  test('marks the octets of the focused ASN.1 element', async () => {
    const page = await visit();
    await showCertificate(page, SAMPLES['P-256']);
    await page.getByText('ASN.1 and raw bytes').click();
    const tree = page.getByRole('tree', { name: 'ASN.1 of the certificate' });
    const marked = () => page.locator('.hex mark:not(.hex-text mark)').allInnerTexts();
    await tree.getByRole('treeitem').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.match(await page.locator(':focus').innerText(), /^000a\s+INTEGER 2 \(hex 02\)/);
    assert.deepEqual(await marked(), ['02 01', '02']);
    await page.keyboard.press('ArrowLeft');
    assert.deepEqual(await marked(), ['a0 03', '02 01 02']);
    const before = await tree.getByRole('treeitem').count();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await tree.getByRole('treeitem').count(), before - 1);
    assert.equal(await page.locator(':focus').getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('End');
    assert.match(await page.locator(':focus').innerText(), /INTEGER 3[23] octets/);
  });

  test('can be copied and saved unchanged', async () => {
    const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
    const text = SAMPLES['every kind of name'];
    await showCertificate(page, text);
    await page.getByRole('button', { name: 'Copy PEM' }).click();
    await page.getByRole('status').getByText('Copied.').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
    for (const [label, name, bytes] of /** @type {const} */ ([
      ['Download PEM', 'good-rich.pagetls.test.pem', Buffer.from(text)],
      ['Download DER', 'good-rich.pagetls.test.cer', Buffer.from(derOf(text))],
    ])) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: label }).click(),
      ]);
      assert.equal(download.suggestedFilename(), name);
      assert.deepEqual(readFileSync(await download.path()), bytes);
    }
  });

  test('with hostile content is shown as text', async () => {
    const page = await visit();
    const key = keyOf('Hostile');
    /** @type {import('../../certs/names.js').Name} */
    const name = [{ O: '<img src=x onerror=alert(1)>' }, { CN: 'safe\u202egro.elpmaxe\u0000.evil' }];
    const made = encodeCertificate({
      ...{ serial: 1n, issuer: name, subject: name, publicKey: key, signer: key },
      ...{ notBefore: '2026-01-01T00:00:00Z', notAfter: '9999-12-31T23:59:59Z' },
      extensions: [subjectAltName([{ dns: '<b>x</b>\u0007' }, { uri: 'javascript:alert(1)' }])],
    });
    await showCertificate(page, pem('CERTIFICATE', made));
    await openAll(page);
    assert.equal(await page.locator('pt-certificate :is(img, b, a[href^="javascript"])').count(), 0);
    const shown = await page.locator('dd[data-field="subject"]').innerText();
    assert.match(shown, /<img src=x onerror=alert\(1\)>/);
    assert.match(shown, /safe‹U\+202E›gro\.elpmaxe‹U\+0000›\.evil/);
    assert.match(await page.locator('pt-certificate').innerText(), /<b>x<\/b>‹U\+0007›/);
    assert.match((await page.locator('.timeline').getAttribute('aria-label')) ?? '', /to no well-defined end/);
  });

  test('that cannot be read is shown as octets, with the reason', async () => {
    const page = await visit();
    await showCertificate(page, ofCase('not-a-certificate'));
    const text = await page.locator('.reason').innerText();
    assert.match(text, /Not a readable certificate \(216 bytes\)/);
    assert.match(text, /The certificate has the wrong type\. It is text, not DER: “This is not a certificate/);
    assert.match(await page.locator('.hex').innerText(), /^0000 {2}54 68 69 73/);
    await showCertificate(page, ofCase('version-negative'));
    await page.getByText('Its version has an invalid value.').waitFor();
  });
});

describe('a chain', () => {
  test('renders a certificate when it is opened', async () => {
    const page = await visit();
    await showChain(page, 'good-p256');
    assert.equal(await page.locator('pt-certificate').count(), 0);
    await page.locator('.step[data-depth="1"] summary').first().click();
    await page.locator('.step[data-depth="1"] pt-certificate .actions').waitFor();
    assert.equal(await page.locator('pt-certificate').count(), 1);
    const fingerprint = await page.locator('pt-certificate dd[data-field="sha-256"]').innerText();
    const expected = await openssl(['x509', '-noout', '-fingerprint', '-sha256'], ofCase('good-p256', 1));
    assert.match(expected, new RegExp(`=${fingerprint}\n$`));
  });

  test('shows the path, the rejected path with the reason, and the certificates sent', async () => {
    const page = await visit();
    await showChain(page, 'good-cross-signed');
    const steps = await page.locator('.step-role').allInnerTexts();
    assert.equal(steps.length, 3);
    assert.match(steps[2], /^Trust anchor[^]*from the trust store, not sent$/);
    assert.match(
      await page.locator('.branch').innerText(),
      /pagetls Test Crossed.*sent as number 2[^]*No trust anchor issued it/,
    );
    assert.match((await page.locator('.sent-list > li').allInnerTexts())[1], /not used/);
  });

  test('shows each problem at its certificate, and in the outcome with its fix', async () => {
    const page = await visit();
    await showChain(page, 'several');
    const items = page.locator('pt-outcome .problems > li');
    assert.deepEqual(
      await items.evaluateAll((all) => all.map((one) => /** @type {HTMLElement} */ (one).dataset.code)),
      ['ERR_TLS_CERT_EXPIRED', 'ERR_TLS_CERT_CN_MISMATCH'],
    );
    assert.match(await items.first().innerText(), /What to do: The server needs a new certificate/);
    assert.equal(
      await items.first().locator('a').getAttribute('href'),
      'https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5',
    );
    assert.equal(await page.locator('.step[data-depth="0"] .step-problems > li').count(), 2);
    assert.equal(await page.locator('.step-bad').count(), 1);
    await showChain(page, 'missing-intermediate');
    assert.match(
      await page.locator('.step-gap').innerText(),
      /The server sent no certificate named pagetls Test Intermediate/,
    );
  });

  test('can be exported as JSON, PEM and commands', async () => {
    const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
    await showChain(page, 'good-other-order');
    const save = async (/** @type {string} */ name) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      return readFileSync(await download.path(), 'utf8');
    };
    const json = await save('Download JSON');
    assert.equal(JSON.parse(json).outcome.kind, 'good');
    assert.doesNotMatch(json, /secret/);
    assert.equal(await save('Download PEM (sent)'), pki('good-other-order').chain);
    assert.equal(pemBlocks(await save('Download PEM (path)')).length, 4);
    await page.getByRole('button', { name: 'Copy openssl command' }).click();
    await page.locator('pt-export').getByRole('status').getByText('Copied.').waitFor();
    assert.match(
      await page.evaluate(() => navigator.clipboard.readText()),
      /^openssl s_client -connect good-other-order\.pagetls\.test:443 /,
    );
  });
});

/* --- accessibility ------------------------------------------------------------------------- */

/** @typedef {{ violations: { id: string, nodes: { html: string }[] }[] }} AxeResult */

/** @param {Page} page @returns {Promise<string[]>} */
async function violationsOn(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    /** @type {{ axe: { run: () => Promise<AxeResult> } }} */ (/** @type {unknown} */ (window)).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

const EVERY_NAME = 'a certificate with every kind of name';

/** What is checked, by name. @type {Record<string, (page: Page) => Promise<unknown>>} */
const VIEWS = {
  [EVERY_NAME]: (page) => showCertificate(page, SAMPLES['every kind of name']),
  'an expired certificate': (page) => showCertificate(page, SAMPLES.expired),
  'a certificate long after its expiry': (page) => showCertificate(page, SAMPLES['P-256'], '2400-01-01T00:00:00Z'),
  'a certificate that cannot be read': (page) => showCertificate(page, ofCase('not-a-certificate')),
  'a valid chain with another path': (page) => showChain(page, 'good-cross-signed'),
  'a chain with problems': (page) => showChain(page, 'several'),
  'a chain without a trust anchor': (page) => showChain(page, 'unreadable-intermediate'),
  'a failure': (page) =>
    page.evaluate(() =>
      /** @type {{ page: TestPage }} */ (/** @type {unknown} */ (window)).page.showError(
        'www.example.com',
        'ERR_TLS_ALERT',
      ),
    ),
};

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe finds no violation in the ${colorScheme} theme`, { timeout: 120_000 }, async () => {
    const page = await visit({ colorScheme });
    for (const [name, show] of Object.entries(VIEWS)) {
      await show(page);
      // Open one certificate of a chain, or everything in a certificate: axe is slow.
      if ((await page.locator('pt-chain').count()) > 0) await page.locator('pt-chain summary').first().click();
      else if (show === VIEWS[EVERY_NAME]) await openAll(page);
      const last = page.locator('[role="treeitem"]').last();
      if ((await last.count()) > 0) await last.focus(); // marks octets
      assert.deepEqual(await violationsOn(page), [], name);
    }
  });
}

test('the page fits a small screen', async () => {
  const page = await visit({ viewport: { width: 360, height: 740 } });
  for (const [name, show] of Object.entries(VIEWS)) {
    await show(page);
    await openAll(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, name);
  }
});
