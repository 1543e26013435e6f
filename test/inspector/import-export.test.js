/** The inspector's exports: JSON, PEM, commands. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { pem } from '../../certs/der.js';
import { TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import { asCommand, asJson, asPem, commandFiles, shellQuote } from '../../inspector/src/model/export.js';
import { openChain, openRoots } from '../../inspector/src/model/files.js';
import { inProject } from '../../scripts/run.js';
import { openssl } from '../helpers/certificates.js';
import { authority, keyOf } from '../helpers/chains.js';
import { CLOCK, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { temporaryFiles } from '../helpers/files.js';

/** @typedef {import('../../inspector/src/types.js').LabCase} LabCase */
/** @typedef {import('../../inspector/src/types.js').Request} Request */
/** @typedef {import('../../inspector/src/types.js').Result} Result */

const { directory, file } = temporaryFiles('export');

const good = pki('good-p256');

/** @param {Partial<Request>} change @returns {Request} */
function request(change = {}) {
  return {
    address: good.hostname,
    file: null,
    bridge: '',
    lab: null,
    target: null,
    starttls: null,
    servername: '',
    now: null,
    profile: null,
    trust: null,
    ownRoots: '',
    crls: null,
    skipped: [],
    get: false,
    tamper: null,
    ...change,
  };
}

/** The result of inspecting a case. @param {string} id @param {Partial<Result>} [change] @returns {Promise<Result>} */
async function inspectCase(id, change = {}) {
  const { hostname, chain, roots, clock, profile, crl } = pki(id);
  const store = await TrustStore.from(roots);
  const now = new Date(clock);
  return {
    request: request({ address: hostname }),
    info: null,
    verification: await verifyChain(chain, { trust: store, hostname, now, profile, crls: crl }),
    error: null,
    criteria: { hostname, now, profile, trust: { kind: 'own', name: 'roots.pem', store }, crls: crl ?? null },
    recording: null,
    answer: null,
    elapsed: 12.5,
    ...change,
  };
}

/* --- export ------------------------------------------------------------------------- */

describe('the JSON', () => {
  test('has the outcome, the problems with their fixes, and every certificate with its PEM', async () => {
    const result = await inspectCase('several');
    const json = JSON.parse(asJson(result));
    assert.deepEqual(json.format, { name: 'pagetls-inspection', version: 1 });
    assert.deepEqual(Object.keys(json), [
      'format',
      'request',
      'criteria',
      'outcome',
      'problems',
      'warnings',
      'skipped',
      'error',
      'chain',
      'connection',
      'answer',
      'elapsed',
    ]);
    assert.equal(json.outcome.kind, 'bad');
    assert.deepEqual(
      json.problems.map((/** @type {{ code: string }} */ { code }) => code),
      ['ERR_TLS_CERT_EXPIRED', 'ERR_TLS_CERT_CN_MISMATCH'],
    );
    for (const problem of json.problems) assert.match(problem.fix, /\.$/);
    const pems = json.chain.path.map((/** @type {{ pem: string }} */ { pem }) => pem);
    assert.deepEqual(
      pems,
      result.verification?.path.map(({ pem }) => pem),
    );
    assert.equal(json.chain.path[0].der, undefined);
    assert.equal(json.chain.sent.length, 2);
    assert.deepEqual([json.criteria.time, json.chain.time], [CLOCK.toISOString(), CLOCK.toISOString()]);
    assert.deepEqual([json.criteria.trust.size, json.connection, json.error, json.answer], [1, null, null, null]);
  });

  test('has the profile that was applied, the warnings, and the version and date of Mozilla’s list', async () => {
    const { hostname, chain } = pki('good-p256');
    const store = await TrustStore.mozilla();
    const criteria = { hostname, now: CLOCK, profile: /** @type {const} */ ('auto'), crls: null };
    const trust = { kind: /** @type {const} */ ('mozilla'), name: 'Mozilla’s root list', store };
    const verification = await verifyChain(chain, { trust: store, hostname, now: CLOCK });
    const json = JSON.parse(asJson(await inspectCase('good-p256', { verification, criteria: { ...criteria, trust } })));
    const { version, date, size } = json.criteria.trust;
    assert.deepEqual([version, date, size], [store.version, store.date, store.size]);
    assert.match(`${version} ${date}`, /^\d+\.\d+ 20\d\d-\d\d-\d\d$/);
    assert.equal(json.chain.profile, verification.profile);
    const own = JSON.parse(asJson(await inspectCase('good-p256'))).criteria.trust;
    assert.deepEqual([own.version, own.date], [null, null]);
  });

  test('has what was skipped in the trust store and in the user’s files', async () => {
    const result = await inspectCase('good-p256');
    const key = keyOf('Old', 'secp256k1');
    const bundle = good.roots + pem('CERTIFICATE', authority('Old', undefined, { key }).der) + good.key;
    const { ownRoots, skipped } = await openRoots(bundle, 'roots.pem');
    const store = await TrustStore.from(ownRoots);
    const criteria = result.criteria && { ...result.criteria, trust: { ...result.criteria.trust, store } };
    const text = asJson({ ...result, criteria, request: { ...result.request, ownRoots, skipped } });
    const json = JSON.parse(text);
    assert.deepEqual(
      json.skipped.map((/** @type {any} */ { source, file, block, kind, reason }) => [
        source,
        file,
        block,
        kind,
        reason,
      ]),
      [
        ['trust', 'roots.pem', 2, 'certificate', 'unsupported'],
        ['trust', 'roots.pem', 3, 'private-key', 'other'],
      ],
    );
    for (const { message } of json.skipped) assert.match(message, /^PEM block \d .*\.$/);
    assert.doesNotMatch(text, /PRIVATE KEY-/);
    // Of a system's bundle, the store itself knows.
    const system = await TrustStore.system(bundle);
    const trust = { kind: /** @type {const} */ ('system'), name: 'this system', store: system };
    const other = JSON.parse(asJson({ ...result, criteria: result.criteria && { ...result.criteria, trust } }));
    assert.deepEqual(
      other.skipped.map((/** @type {any} */ { file, reason }) => [file, reason]),
      [
        ['this system', 'unsupported'],
        ['this system', 'other'],
      ],
    );
  });

  test('has the other paths, and only the PEM of a certificate that cannot be read', async () => {
    const crossed = JSON.parse(asJson(await inspectCase('good-cross-signed')));
    assert.equal(crossed.chain.tried, 2);
    assert.match(crossed.chain.others[0].path[1].sha256, /^[0-9A-F]{64}$/);
    const unread = JSON.parse(asJson(await inspectCase('not-a-certificate')));
    assert.deepEqual(Object.keys(unread.chain.sent[0]), ['pem']);
  });

  test('has no secrets: no bridge token, no key log, no headers of the answer', async () => {
    const recording = {
      ...{ opened: 1, dialled: 2, ended: null, handshake: 3, verifying: 1 },
      preamble: [{ direction: /** @type {const} */ ('received'), at: 0, bytes: Buffer.from('a secret') }],
      chunks: [{ direction: /** @type {const} */ ('received'), at: 1, bytes: Buffer.from('a secret') }],
      keylog: ['CLIENT_TRAFFIC_SECRET_0 a secret'],
    };
    const bridge = 'wss://user:secret@bridge.example/path?token=secret#secret';
    const json = asJson(
      await inspectCase('good-p256', {
        request: request({ bridge }),
        recording,
        answer: { status: 'HTTP/1.1 200 OK', headers: 'Set-Cookie: secret', firstByte: 3 },
      }),
    );
    assert.doesNotMatch(json, /secret/i);
    assert.equal(JSON.parse(json).request.bridge, 'wss://bridge.example/path');
    assert.equal(JSON.parse(json).answer.status, 'HTTP/1.1 200 OK');
  });

  test('has the error of a failed inspection, without raw control characters', async () => {
    const error = new TLSError('ERR_TLS_ALERT', 'The server\u001b[31m said \u202eno.', { alert: 40 });
    const text = asJson(await inspectCase('good-p256', { verification: null, criteria: null, error }));
    assert.doesNotMatch(text, /[\u001b\u202e]/);
    const json = JSON.parse(text);
    assert.deepEqual([json.error.code, json.error.alert, json.chain], ['ERR_TLS_ALERT', 40, null]);
    assert.equal(json.error.message, error.message);
  });
});

test('exported PEM can be read by the inspector and by OpenSSL', async () => {
  const { verification } = await inspectCase('good-other-order');
  const text = asPem(verification?.sent ?? []);
  const { certificates } = await openChain(text, 'sent.pem');
  assert.deepEqual(
    certificates.map((one) => Buffer.from(one)),
    verification?.sent.map((one) => Buffer.from(one.der)),
  );
  const listed = await openssl(['crl2pkcs7', '-nocrl', '-certfile', file('sent.pem', text)], '');
  assert.equal((await openChain(listed, 'sent.p7b')).certificates.length, 4);
});

describe('a command', () => {
  test('has the options of the request', () => {
    const pagetls = (/** @type {Partial<Request>} */ change) =>
      asCommand({ request: request(change), criteria: null }, 'pagetls');
    const withOpenssl = (/** @type {Partial<Request>} */ change) =>
      asCommand({ request: request(change), criteria: null }, 'openssl');
    assert.equal(pagetls({ address: 'example.org' }), 'npx --no-install pagetls inspect example.org');
    assert.equal(
      withOpenssl({ address: 'example.org' }),
      'openssl s_client -connect example.org:443 -servername example.org -verify_hostname example.org -showcerts </dev/null',
    );
    assert.equal(pagetls({ address: '[2001:db8::1]:8443' }), "npx --no-install pagetls inspect '[2001:db8::1]:8443'");
    assert.match(withOpenssl({ address: '192.0.2.1' }) ?? '', / -noservername -verify_ip 192\.0\.2\.1 /);
    assert.equal(pagetls({ address: 'bücher.example' }), 'npx --no-install pagetls inspect xn--bcher-kva.example');
    assert.equal(
      pagetls({
        servername: 'b.example',
        now: CLOCK,
        trust: 'own',
        crls: 'x',
        profile: 'suiteb',
        address: 'a.example',
      }),
      `npx --no-install pagetls inspect --servername=b.example --ca=roots.pem --crl=crls.pem --at=${CLOCK.toISOString()} --profile=suiteb a.example`,
    );
    assert.equal(
      pagetls({ address: 'a.example', starttls: 'postgres' }),
      'npx --no-install pagetls inspect --starttls=postgres a.example',
    );
    assert.equal(
      pagetls({ address: 'a.example:587', starttls: 'smtp' }),
      'npx --no-install pagetls inspect --starttls=smtp a.example:587',
    );
    assert.match(
      withOpenssl({ address: 'a.example', starttls: 'xmpp' }) ?? '',
      /^openssl s_client -connect a\.example:5222 -starttls xmpp -xmpphost a\.example -servername/,
    );
    assert.equal(
      pagetls({ trust: 'system', address: 'a.example' }),
      'npx --no-install pagetls inspect --ca=system a.example',
    );
    assert.deepEqual(commandFiles({ request: request({ trust: 'own', crls: 'x' }), criteria: null }), [
      'roots.pem',
      'crls.pem',
    ]);
    assert.deepEqual(commandFiles({ request: request(), criteria: null }), []);
    for (const address of ['', 'no good', 'a.example:99999999']) assert.equal(pagetls({ address }), null);
  });

  test('has the name and the rules of the verification', async () => {
    const result = await inspectCase('good-p256', { request: request({ address: 'a.example:444' }) });
    const criteria = result.criteria && {
      ...result.criteria,
      hostname: 'b.example',
      profile: /** @type {const} */ ('suiteb'),
    };
    assert.equal(
      asCommand({ ...result, criteria }, 'pagetls'),
      'npx --no-install pagetls inspect --servername=b.example --ca=roots.pem --profile=suiteb a.example:444',
    );
    assert.match(
      asCommand({ ...result, criteria }, 'openssl') ?? '',
      / -servername b\.example -verify_hostname b\.example /,
    );
  });

  test('is quoted for the shell, whatever was typed', async () => {
    const hostile = [
      '$(touch x)',
      '`id`',
      "a'b",
      'a;b',
      'a b',
      '-rf',
      'a\nb',
      '\\',
      '"',
      '*',
      '~',
      '#',
      '!!',
      '&&',
      '',
    ];
    const { stdout } = await promisify(execFile)('sh', ['-c', `printf '%s\\0' ${hostile.map(shellQuote).join(' ')}`]);
    assert.deepEqual(stdout.split('\0').slice(0, -1), hostile);
    for (const address of ['-rf', '$(id).example', "'.example", 'a.example;id', '-oProxyCommand=id']) {
      for (const program of /** @type {const} */ (['pagetls', 'openssl'])) {
        const command = asCommand({ request: request({ address, servername: address }), criteria: null }, program);
        if (command !== null) assert.doesNotMatch(command, /[$;`']/);
      }
    }
    // No host: nothing can look like an option.
    assert.equal(asCommand({ request: request({ address: '-rf' }), criteria: null }, 'pagetls'), null);
  });

  test('has the same outcome when it is run against the same server', async () => {
    for (const [id, status] of /** @type {const} */ ([
      ['good-p256', 0],
      ['revoked', 1],
    ])) {
      const one = pki(id);
      const server = await startNodeTls(one, {}, (socket) => socket.end());
      try {
        file('roots.pem', one.roots);
        file('crls.pem', `${one.crl ?? ''}`);
        const asked = request({
          address: one.hostname,
          target: `127.0.0.1:${server.port}`,
          servername: one.hostname,
          now: new Date(one.clock),
          trust: 'own',
          crls: one.crl ?? '',
        });
        const shell = `npx() { shift 2; "${process.execPath}" "${inProject('dist/cli.js')}" "$@"; }\n`;
        const run = (/** @type {string | null} */ command) =>
          promisify(execFile)('sh', ['-c', `${shell}${command}`], { cwd: directory, timeout: 30_000 }).then(
            ({ stdout }) => ({ code: 0, stdout }),
            ({ code, stdout }) => ({ code, stdout }),
          );
        const ours = await run(asCommand({ request: asked, criteria: null }, 'pagetls'));
        assert.equal(ours.code, status, ours.stdout);
        assert.match(ours.stdout, status === 0 ? /The chain is valid/ : /It has been revoked/);
        const theirs = await run(asCommand({ request: asked, criteria: null }, 'openssl'));
        assert.match(
          theirs.stdout,
          status === 0 ? /Verify return code: 0 \(ok\)/ : /Verify return code: 23 \(certificate revoked\)/,
        );
        assert.equal(theirs.stdout.match(/-----BEGIN CERTIFICATE-----/g)?.length, 2);
      } finally {
        await server.close();
      }
    }
  });
});
