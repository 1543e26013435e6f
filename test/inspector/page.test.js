/** The inspector in Chromium, with the real bridge and the lab's servers. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { startBridge } from '../../scripts/bridge.js';
import { CONTENT_SECURITY_POLICY } from '../../scripts/serve.js';
import { startInspector } from '../../scripts/start.js';
import { flagsIn } from '../helpers/lab-page.js';
import { newPage, startChromium } from '../helpers/page.js';
import { pemBlocks, pki } from '../helpers/pki.js';
import { startScriptedBridge } from '../helpers/scripted-bridge.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('playwright-core').Page} Page */

/** Nothing listens there: a privileged loopback port without a service. */
const NOBODY = '127.0.0.1:1';

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {import('../../scripts/start.js').Inspector} */
let inspector;
/** A server outside the lab. @type {Awaited<ReturnType<typeof startNodeTls>>} */
let stranger;
/** @type {Awaited<ReturnType<typeof startSilent>>} */
let silent;
/** A server that completes the handshake and then sends nothing. @type {Awaited<ReturnType<typeof startNodeTls>>} */
let mute;
/** @type {Awaited<ReturnType<typeof newPage>> | undefined} */
let open;

/** Starts a server that accepts connections and sends nothing. */
async function startSilent() {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    server,
    target: `127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

before(async () => {
  browser = await startChromium();
  silent = await startSilent();
  stranger = await startNodeTls(pki('good-p256'), { ALPNProtocols: ['http/1.1'] });
  mute = await startNodeTls(pki('good-p256'), { ALPNProtocols: ['http/1.1'] }, (socket) => socket.resume());
  inspector = await startInspector({
    port: 0,
    allowTargets: [...[stranger, mute].map(({ port }) => `127.0.0.1:${port}`), silent.target, NOBODY],
  });
});
after(async () => {
  await browser?.close();
  await inspector?.close();
  await stranger?.close();
  await mute?.close();
  await silent?.close();
});
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/**
 * Opens the inspector in a new page.
 * @param {string} [address] for the hash
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function visit(address = '', options) {
  open = await newPage(browser, options);
  const response = await open.page.goto(`${inspector.url}${address && `#${address}`}`);
  return { ...open, response };
}

/**
 * Waits for the outcome for `name`.
 * @param {Page} page
 * @param {string} name
 */
async function outcomeOf(page, name) {
  const outcome = page.locator('[data-outcome]').filter({ has: page.locator('h2', { hasText: name }) });
  await outcome.waitFor();
  return {
    kind: await outcome.getAttribute('data-outcome'),
    sentence: await outcome.locator('h2').innerText(),
    codes: await outcome.locator('.problem-codes:not(.warnings *) code').allInnerTexts(),
    text: await outcome.innerText(),
  };
}

/** @param {Page} page @param {string} address */
async function ask(page, address) {
  await page.getByLabel('Server', { exact: true }).fill(address);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
}

describe('the outcome', () => {
  test('is correct for every server of the lab, without console messages or policy violations', async () => {
    const { page, complaints } = await visit();
    /** @type {import('../../inspector/src/types.js').LabIndex} */
    const lab = await (await fetch(new URL('lab/index.json', inspector.url))).json();
    const live = lab.cases.filter(({ id }) => id in inspector.lab.targets && id !== 'silent');
    assert.ok(live.length > 60);
    for (const { id, address, hostname, expected, flags } of live) {
      await ask(page, address);
      const kind = { good: 'good', bad: 'bad', fails: 'error' }[expected];
      // Some connections fail only after the handshake.
      await page.locator(`[data-outcome="${kind}"] h2`, { hasText: hostname }).waitFor();
      const outcome = await outcomeOf(page, hostname);
      assert.deepEqual(flagsIn(outcome.codes), [...flags].sort(), id);
      await page.locator('#status', { hasText: outcome.sentence }).waitFor({ state: 'attached' });
    }
    assert.deepEqual(complaints, []);
  });

  test('of a valid chain comes with the chain and the negotiated parameters', async () => {
    const { page } = await visit('good-p256.pagetls.test');
    assert.equal((await outcomeOf(page, 'good-p256')).sentence, 'Valid certificate for good-p256.pagetls.test');
    const roles = await page.locator('.step .step-role > span:first-child').allTextContents();
    assert.deepEqual(
      roles.map((text) => text.split(',')[0]),
      ['Leaf', 'Intermediate', 'Trust anchor'],
    );
    assert.deepEqual(await page.locator('.step h3').allInnerTexts(), [
      'good-p256.pagetls.test',
      'pagetls Test Intermediate',
      'pagetls Test Root',
    ]);
    const connection = await page.locator('.connection').innerText();
    for (const part of ['TLS 1.3', 'TLS_', 'http/1.1', 'good-p256.pagetls.test', ' ms', 'x25519', 'ecdsa_']) {
      assert.ok(connection.includes(part), part);
    }
  });

  test('of a private CA names the rules and the warnings, and follows the rules', async () => {
    const { page, complaints } = await visit('private-ca.pagetls.test');
    const warned = 'Valid certificate for private-ca.pagetls.test (rules for private CAs, 4 warnings)';
    const { sentence, codes } = await outcomeOf(page, 'private-ca');
    assert.deepEqual([sentence, codes], [warned, []]);
    const warnings = page.locator('.outcome .warnings');
    await warnings.getByText('4 warnings, which do not affect the result').click();
    assert.deepEqual(await warnings.locator('.problem-where').allInnerTexts(), [
      'certificate 0, leaf',
      'certificate 1, intermediate',
      'certificate 2, trust anchor',
    ]);
    assert.equal(await warnings.locator('li[data-code=ERR_TLS_CERT_AKI_MISSING]').count(), 2);
    assert.equal(await warnings.getByText('To avoid this warning:').count(), 4);
    assert.equal(await page.locator('.outcome').getByText('What to do:').count(), 0);
    await page.locator('.settings-box > summary').click();
    const rules = page.getByLabel('Rules', { exact: true });
    assert.equal(await rules.inputValue(), 'auto');
    await rules.selectOption('webpki');
    const other = await outcomeOf(page, 'Not trusted (Web PKI rules): ');
    assert.equal(other.codes.filter((code) => code.startsWith('ERR_')).length, 4);
    assert.equal(await warnings.count(), 0);
    await rules.selectOption('private');
    await outcomeOf(page, warned);
    await page.locator('.store', { hasText: 'Mozilla’s root list' }).getByRole('radio').check();
    await outcomeOf(page, 'Not trusted (Mozilla’s root list, rules for private CAs, ');
    assert.deepEqual(complaints, []);
  });

  test('of a pinned certificate is valid, for its own names', async () => {
    const { page } = await visit('pinned.pagetls.test');
    const pinned = await outcomeOf(page, 'pinned');
    assert.equal(pinned.sentence, 'Valid certificate for pinned.pagetls.test (rules for private CAs)');
    assert.match(pinned.text, /Itself a trust anchor/);
    await ask(page, 'pinned-other-name.pagetls.test');
    const { sentence } = await outcomeOf(page, 'pinned-other-name');
    const reason = 'the certificate of pinned-other-name.pagetls.test is not for this name.';
    assert.equal(sentence, `Not trusted (rules for private CAs): ${reason}`);
  });

  test('of an invalid chain says that this is only an inspection, and shows the whole chain', async () => {
    const { page } = await visit('expired.pagetls.test');
    const { sentence, codes, text } = await outcomeOf(page, 'expired');
    assert.equal(sentence, 'Not trusted: the certificate of expired.pagetls.test has expired.');
    assert.deepEqual(codes, ['ERR_TLS_CERT_EXPIRED', 'BADCERT_EXPIRED']);
    assert.match(text, /Inspection only/);
    assert.match(text, /RFC 5280, section 4\.1\.2\.5/);
    assert.equal(await page.locator('.step').count(), 3);
    assert.match(await page.locator('.step-bad .facts').innerText(), /expired [\d,]+ days ago/);
  });

  test("uses Mozilla's root list and the present time for servers outside the lab", async () => {
    const { page, complaints } = await visit();
    await ask(page, `127.0.0.1:${stranger.port}`);
    const { kind, codes } = await outcomeOf(page, '127.0.0.1');
    assert.equal(kind, 'bad');
    assert.deepEqual(codes, ['ERR_TLS_CERT_NOT_TRUSTED', 'BADCERT_NOT_TRUSTED']);
    const store = page.locator('.store', { hasText: 'Mozilla’s root list' });
    assert.ok(await store.getByRole('radio').isChecked());
    assert.match(await store.innerText(), /1\d\d anchors/);
    assert.deepEqual(complaints, []);
  });

  test('lists the certificates sent if they are not the path', async () => {
    const { page } = await visit('bad-signature.pagetls.test');
    await outcomeOf(page, 'bad-signature');
    assert.equal(await page.locator('.sent-list > li').count(), 2);
    assert.equal(await page.locator('.sent-list > .sent-unused').count(), 1);
    assert.equal(await page.locator('.step-gap').count(), 1);
  });

  test('shows which other paths were tried, and that revocation was not checked', async () => {
    const { page } = await visit('good-cross-signed.pagetls.test');
    assert.equal((await outcomeOf(page, 'good-cross-signed')).kind, 'good');
    const branch = page.locator('.branch');
    assert.equal(await branch.count(), 1);
    assert.match(await branch.innerText(), /pagetls Test Crossed: No trust anchor issued it/);
    const revoked = page.locator('.step dl > div', { hasText: 'Revoked' });
    assert.deepEqual(
      (await revoked.allInnerTexts()).map((text) => text.split('\n').at(-1)),
      Array(2).fill('not checked (no CRL)'),
    );
  });

  test('gives access to all details of a certificate, down to the PEM', async () => {
    const { page } = await visit('good-rich.pagetls.test');
    await outcomeOf(page, 'good-rich');
    const leaf = page.locator('.step').first();
    await leaf.getByText('All details').click();
    const [pem] = pemBlocks(pki('good-rich').chain);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      leaf.getByRole('button', { name: 'Download PEM' }).click(),
    ]);
    assert.equal(readFileSync(await download.path(), 'utf8').trim(), pem.trim());
  });
});

/** Makes a self-signed certificate with OpenSSL. @param {string} commonName */
function selfSigned(commonName) {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-page-'));
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-utf8'];
    execFileSync(
      'openssl',
      ['req', '-x509', ...kind, '-subj', `/CN=${commonName.replaceAll('/', '\\/')}`, '-keyout', key, '-out', cert],
      {
        stdio: 'pipe',
      },
    );
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('text in a certificate cannot become markup or change the writing direction', async () => {
  const name = '<img src=x onerror=alert(1)><b>evil</b>\u202Etset';
  const server = stranger.server;
  server.setSecureContext(selfSigned(name));
  try {
    const { page, complaints } = await visit();
    await ask(page, `127.0.0.1:${stranger.port}`);
    await outcomeOf(page, '127.0.0.1');
    await page.locator('.step summary').first().click();
    assert.equal(
      await page.locator('.step h3').first().innerText(),
      '<img src=x onerror=alert(1)><b>evil</b>‹U+202E›tset',
    );
    assert.equal(await page.locator('#result img, #result b').count(), 0);
    assert.ok(!(await page.locator('#result').innerText()).includes('\u202E'));
    assert.deepEqual(complaints, []);
  } finally {
    const { chain, key } = pki('good-p256');
    server.setSecureContext({ cert: chain, key });
  }
});

describe('the error', () => {
  test('names a server that refuses the connection', async () => {
    const { page } = await visit();
    await ask(page, NOBODY);
    const { kind, codes, text } = await outcomeOf(page, 'refused the connection');
    assert.equal(kind, 'error');
    assert.match(text, /Check the port/);
    assert.doesNotMatch(await page.locator('.wire').innerText(), /decrypted/);
    const mark = page.locator('.waterfall-break line:last-child');
    const colours = await mark.evaluate((line) => {
      const probe = document.createElement('p');
      probe.className = 'field-error';
      document.body.append(probe);
      return [getComputedStyle(line).stroke, getComputedStyle(probe).color];
    });
    assert.equal(colours[0], colours[1], 'the end is marked as an error');
    assert.deepEqual(codes, ['ERR_TLS_CONNECT_REFUSED']);
  });

  test('names a target that the bridge does not allow', async () => {
    const { page } = await visit();
    await ask(page, '127.0.0.1:22');
    const { codes } = await outcomeOf(page, 'The bridge does not connect to 127.0.0.1:22');
    assert.deepEqual(codes, ['ERR_TLS_BRIDGE_REFUSED']);
  });

  test('says that the bridge does not answer', async () => {
    const gone = await startBridge();
    await gone.close();
    const { page } = await visit();
    await page.locator('.more-options > summary').click();
    await page.getByLabel('Bridge', { exact: true }).fill(`${gone.url}/`);
    await ask(page, 'expired.pagetls.test');
    const { codes, text } = await outcomeOf(page, 'The bridge does not answer');
    assert.deepEqual(codes, ['ERR_TLS_BRIDGE_UNREACHABLE']);
    assert.match(text, /npm start/);
  });

  test('says that the bridge is full, after a retry', async () => {
    const full = await startScriptedBridge((ws) => ws.close(4429, 'too many'));
    try {
      const { page } = await visit();
      await page.locator('.more-options > summary').click();
      await page.getByLabel('Bridge', { exact: true }).fill(`${full.url}/`);
      await ask(page, 'expired.pagetls.test');
      const { codes, text } = await outcomeOf(page, 'The bridge is full');
      assert.deepEqual(codes, ['ERR_TLS_BRIDGE_BUSY']);
      assert.match(text, /Try again in a moment/);
      assert.equal(full.tokens.length, 2);
    } finally {
      await full.close();
    }
  });

  test('says that the bridge does not answer if it rejects the origin of the page', async () => {
    const other = await startBridge({ origins: ['http://elsewhere.test'] });
    try {
      const { page } = await visit();
      await page.locator('.more-options > summary').click();
      await page.getByLabel('Bridge', { exact: true }).fill(`${other.url}/`);
      await ask(page, 'expired.pagetls.test');
      assert.deepEqual((await outcomeOf(page, 'The bridge does not answer')).codes, ['ERR_TLS_BRIDGE_UNREACHABLE']);
    } finally {
      await other.close();
    }
  });

  test('for an invalid or missing address is shown at the field', async () => {
    const { page } = await visit();
    await ask(page, 'no such name');
    assert.deepEqual((await outcomeOf(page, 'no such name')).codes, ['ERR_TLS_INVALID_ADDRESS']);
    const field = page.getByLabel('Server', { exact: true });
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await ask(page, '  ');
    assert.match(await page.locator('#host-error').innerText(), /Enter a server name/);
    assert.ok(await field.evaluate((element) => element === document.activeElement));
  });
});

describe('an inspection', () => {
  test('can be cancelled during the handshake, and the next one works', async () => {
    const { page, complaints } = await visit();
    const arrived = once(silent.server, 'connection');
    await ask(page, silent.target);
    /** @type {import('node:net').Socket[]} */
    const [socket] = await arrived;
    const closed = once(socket, 'close');
    await page.locator('progress').waitFor();
    const cancel = page.getByRole('button', { name: 'Cancel', exact: true });
    await cancel.click();
    assert.equal((await outcomeOf(page, silent.target)).kind, 'cancelled');
    await closed;
    assert.ok(await cancel.isDisabled());
    await ask(page, 'good-rsa2048.pagetls.test');
    assert.equal((await outcomeOf(page, 'good-rsa2048')).kind, 'good');
    assert.deepEqual(complaints, []);
  });

  test('of another server does not get the settings of the result that is still shown', async () => {
    const { page } = await visit('wrong-host.pagetls.test');
    await outcomeOf(page, 'wrong-host');
    await page.locator('.settings-box > summary').click();
    await ask(page, silent.target);
    await page.locator('progress').waitFor();
    await page.getByLabel('Host name', { exact: true }).fill('other.pagetls.test');
    await page.keyboard.press('Tab');
    const sentence = 'Valid certificate for other.pagetls.test (sent by wrong-host.pagetls.test)';
    await page.locator('[data-outcome="good"]', { hasText: sentence }).waitFor();
    assert.ok(page.url().endsWith(`#${silent.target}`), page.url());
    await page.goBack();
    await page.locator('[data-outcome="bad"]', { hasText: 'wrong-host.pagetls.test' }).waitFor();
    assert.equal(await page.getByLabel('Server', { exact: true }).inputValue(), 'wrong-host.pagetls.test');
  });

  test('shows that it waits for the answer to GET /, and can be cancelled meanwhile', async () => {
    const { page, complaints } = await visit(`127.0.0.1:${mute.port}`);
    await outcomeOf(page, '127.0.0.1');
    await page.locator('.settings-box > summary').click();
    await page.getByLabel('Your own trust anchors').setInputFiles({
      name: 'roots.pem',
      mimeType: 'text/plain',
      buffer: Buffer.from(pki('good-p256').roots),
    });
    await page.locator('[data-outcome="good"]').waitFor();
    await page.locator('.more-options > summary').click();
    await page.getByLabel('Send GET / over HTTP/1.1').check();
    await ask(page, `127.0.0.1:${mute.port}`);
    await page.getByRole('progressbar', { name: 'Requesting / from' }).waitFor();
    assert.equal(await page.locator('[data-outcome="good"]').count(), 1, 'the outcome is shown meanwhile');
    assert.equal(await page.locator('.connection').getByText('no response').count(), 0);
    await page.keyboard.press('Escape');
    await page.locator('.connection').getByText('no response').waitFor();
    assert.equal(await page.locator('progress').count(), 0);
    assert.equal((await outcomeOf(page, '127.0.0.1')).kind, 'good');
    assert.deepEqual(complaints, []);
  });

  test('replaces an earlier one that has no outcome yet', async () => {
    const { page } = await visit();
    await ask(page, silent.target);
    await page.locator('progress').waitFor();
    await ask(page, 'wrong-host.pagetls.test');
    assert.equal((await outcomeOf(page, 'wrong-host')).kind, 'bad');
    assert.equal(await page.locator('[data-outcome]').count(), 1);
  });
});

describe('the page', () => {
  test('is served with the content security policy, and does not violate it', async () => {
    const { page, complaints, response } = await visit();
    assert.equal(response?.headers()['content-security-policy'], CONTENT_SECURITY_POLICY);
    await page.locator('.welcome').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('has a URL for every outcome, and supports Back and Forward', async () => {
    const { page } = await visit('wrong-host.pagetls.test');
    assert.equal((await outcomeOf(page, 'wrong-host')).kind, 'bad');
    assert.equal(await page.getByLabel('Server', { exact: true }).inputValue(), 'wrong-host.pagetls.test');
    await ask(page, 'https://good-p256.pagetls.test/some/page');
    await outcomeOf(page, 'good-p256');
    assert.equal(new URL(page.url()).hash, '#good-p256.pagetls.test');
    await page.goBack();
    await outcomeOf(page, 'wrong-host');
    await page.goForward();
    await outcomeOf(page, 'good-p256');
  });

  test('can be used with the keyboard alone', async () => {
    const { page } = await visit();
    const field = page.getByLabel('Server', { exact: true });
    await field.focus();
    await page.keyboard.type('self-signed.pagetls.test');
    await page.keyboard.press('Enter');
    await outcomeOf(page, 'self-signed');
    await field.focus();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'connect');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.ok(await page.getByLabel('Bridge', { exact: true }).isVisible());
    await page.locator('.step summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.step pt-certificate').waitFor();
  });

  for (const width of [360, 768, 1920]) {
    test(`fits ${width} pixels, with everything open`, async () => {
      const { page } = await visit('good-rich.pagetls.test', { viewport: { width, height: 800 }, colorScheme: 'dark' });
      await outcomeOf(page, 'good-rich');
      for (let level = 0; level < 3; level++) {
        await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
        await page.waitForTimeout(100);
      }
      const { whole, visible } = await page.evaluate(() => ({
        whole: document.documentElement.scrollWidth,
        visible: document.documentElement.clientWidth,
      }));
      assert.ok(whole <= visible, `${whole} pixels wide`);
    });
  }
});
