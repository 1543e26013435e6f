/** The inspector's exports (JSON, PEM, commands) and the files it reads (PEM, DER, PKCS#7). */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import * as der from '../../certs/der.js';
import { TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import {
  asCommand,
  asJson,
  asPem,
  commandFiles,
  InputError,
  MAX_INPUT_BYTES,
  readCertificates,
  shellQuote,
} from '../../inspector/src/model/export.js';
import { inProject } from '../../scripts/run.js';
import { derOf, openssl, opensslBytes, wellFormedCertificates } from '../helpers/certificates.js';
import { CLOCK, pemBlocks, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../../inspector/src/types.js').LabCase} LabCase */
/** @typedef {import('../../inspector/src/types.js').Request} Request */
/** @typedef {import('../../inspector/src/types.js').Result} Result */

const directory = mkdtempSync(join(tmpdir(), 'pagetls-export-'));
after(() => rmSync(directory, { recursive: true }));

/** @param {string} name @param {string | Uint8Array} content @returns {string} its path */
function file(name, content) {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const good = pki('good-p256');

/** @param {Partial<Request>} change @returns {Request} */
function request(change = {}) {
  return {
    address: good.hostname,
    file: null,
    bridge: '',
    lab: null,
    target: null,
    servername: '',
    now: null,
    profile: null,
    trust: null,
    ownRoots: '',
    crls: null,
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
  assert.deepEqual(
    readCertificates(text).certificates.map((one) => Buffer.from(one)),
    verification?.sent.map((one) => Buffer.from(one.der)),
  );
  const listed = await openssl(['crl2pkcs7', '-nocrl', '-certfile', file('sent.pem', text)], '');
  assert.equal(readCertificates(listed).certificates.length, 4);
});

describe('a command', () => {
  test('has the options of the request', () => {
    const pagetls = (/** @type {Partial<Request>} */ change) =>
      asCommand({ request: request(change), criteria: null }, 'pagetls');
    const withOpenssl = (/** @type {Partial<Request>} */ change) =>
      asCommand({ request: request(change), criteria: null }, 'openssl');
    assert.equal(pagetls({ address: 'example.org' }), 'npx pagetls inspect example.org');
    assert.equal(
      withOpenssl({ address: 'example.org' }),
      'openssl s_client -connect example.org:443 -servername example.org -verify_hostname example.org -showcerts </dev/null',
    );
    assert.equal(pagetls({ address: '[2001:db8::1]:8443' }), "npx pagetls inspect '[2001:db8::1]:8443'");
    assert.match(withOpenssl({ address: '192.0.2.1' }) ?? '', / -noservername -verify_ip 192\.0\.2\.1 /);
    assert.equal(pagetls({ address: 'bücher.example' }), 'npx pagetls inspect xn--bcher-kva.example');
    assert.equal(
      pagetls({
        servername: 'b.example',
        now: CLOCK,
        trust: 'own',
        crls: 'x',
        profile: 'suiteb',
        address: 'a.example',
      }),
      `npx pagetls inspect --servername=b.example --ca=roots.pem --crl=crls.pem --at=${CLOCK.toISOString()} --profile=suiteb a.example`,
    );
    assert.equal(pagetls({ trust: 'system', address: 'a.example' }), 'npx pagetls inspect --ca=system a.example');
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
      'npx pagetls inspect --servername=b.example --ca=roots.pem --profile=suiteb a.example:444',
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
        const shell = `npx() { shift; "${process.execPath}" "${inProject('dist/cli.js')}" "$@"; }\n`;
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

/* --- import ------------------------------------------------------------------------- */

const chain = pemBlocks(good.chain).map(derOf);
const revoking = pki('revoked');

/** @param {Uint8Array | string} input */
const read = (input) => {
  const { certificates, crls, notes } = readCertificates(input);
  return { certificates: certificates.map((one) => Buffer.from(one)), crls: crls.length, notes };
};
const whole = { certificates: chain.map((one) => Buffer.from(one)), crls: 0, notes: [] };
const single = { ...whole, certificates: whole.certificates.slice(0, 1) };

/** @param {Uint8Array | string} input @param {RegExp} message */
function assertRejected(input, message) {
  assert.throws(
    () => readCertificates(input),
    (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      return true;
    },
  );
}

describe('certificates are read', () => {
  test('from PEM, as text or bytes, with any text around the blocks', () => {
    assert.deepEqual(read(good.chain), whole);
    assert.deepEqual(read(Buffer.from(good.chain)), whole);
    assert.deepEqual(read(`\ufeff subject=x\r\n${good.chain.replaceAll('\n', '\r\n')}\nthe end -----`), whole);
    assert.deepEqual(read(good.chain.replaceAll('\n', '\\n')), whole);
    assert.deepEqual(read(Buffer.from(`\ufeff${good.chain}`, 'utf16le')), whole);
    assert.deepEqual(read(good.chain.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE')), whole);
    const list = rootCertificates.join('\n');
    assert.equal(read(list).certificates.length, rootCertificates.length);
  });

  test('from DER, one or several', () => {
    assert.deepEqual(read(chain[0]), single);
    assert.deepEqual(read(Buffer.concat(chain)), whole);
    assert.deepEqual(read(Buffer.concat([chain[0], Buffer.from('\n')])).certificates, single.certificates);
    for (const [label, bytes] of wellFormedCertificates)
      assert.deepEqual(read(bytes).certificates, [Buffer.from(bytes)], label);
  });

  test('from bare base64, in either alphabet', () => {
    const text = Buffer.from(chain[0]).toString('base64');
    assert.deepEqual(read(text), single);
    assert.deepEqual(read(` ${text.replace(/.{50}/g, '$&\n')}\n`), single);
    assert.deepEqual(read(Buffer.from(chain[0]).toString('base64url')), single);
  });

  test('from PKCS#7 made by OpenSSL, in PEM and DER, with or without a CRL', async () => {
    const path = file('chain.pem', good.chain);
    for (const form of ['PEM', 'DER']) {
      const bytes = await opensslBytes(['crl2pkcs7', '-nocrl', '-certfile', path, '-outform', form], '');
      assert.deepEqual(read(bytes), whole, form);
      // OpenSSL uses only the first CRL of the file.
      const args = ['crl2pkcs7', '-in', file('list.pem', revoking.crl ?? ''), '-certfile', path, '-outform', form];
      assert.deepEqual(read(await opensslBytes(args, '')), { ...whole, crls: 1 }, form);
    }
    const roots = file('all.pem', rootCertificates.join('\n'));
    const many = await opensslBytes(['crl2pkcs7', '-nocrl', '-certfile', roots, '-outform', 'DER'], '');
    assert.equal(read(many).certificates.length, rootCertificates.length);
  });

  test('from PKCS#7 in BER with indefinite lengths', () => {
    const indefinite = (/** @type {number} */ tag, /** @type {Uint8Array[]} */ ...parts) =>
      der.concat(Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0));
    const data = indefinite(
      0x30,
      der.integer(1),
      der.set(),
      indefinite(0x30, der.oid('1.2.840.113549.1.7.1')),
      indefinite(0xa0, ...chain),
      der.set(),
    );
    assert.deepEqual(read(indefinite(0x30, der.oid('1.2.840.113549.1.7.2'), indefinite(0xa0, data))), whole);
  });

  test("from OpenSSL's trusted certificates, without the trust settings", async () => {
    const trusted = await openssl(['x509', '-trustout', '-addtrust', 'serverAuth'], good.leaf);
    assert.match(trusted, /BEGIN TRUSTED CERTIFICATE/);
    assert.deepEqual(read(trusted), single);
  });

  test('separately from CRLs', () => {
    const crls = pemBlocks(revoking.crl ?? '');
    assert.deepEqual(read(good.chain + crls[0]), { ...whole, crls: 1 });
    assert.deepEqual(read(derOf(crls[0])), { certificates: [], crls: 1, notes: [] });
  });

  test('even if they are malformed, which verification reports', async () => {
    for (const id of ['not-a-certificate', 'version-malformed', 'extension-cut-off', 'key-malformed']) {
      assert.equal(read(pki(id).chain).certificates.length, 2, id);
    }
    const verification = await verifyChain(readCertificates(pki('version-malformed').chain).certificates);
    assert.equal(verification.problems[0].code, 'ERR_TLS_CERT_PARSE');
  });

  test('with a note about items that were skipped', async () => {
    const key = await openssl(['x509', '-pubkey', '-noout'], good.leaf);
    assert.deepEqual(read(key + good.chain), { ...whole, notes: ['PEM block 1 is a public key, not a certificate.'] });
  });
});

describe('a private key', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

  test('in PEM is rejected, with everything around it', () => {
    for (const text of [
      privateKey.export({ type: 'pkcs8', format: 'pem' }),
      privateKey.export({ type: 'sec1', format: 'pem' }),
      rsa.export({ type: 'pkcs1', format: 'pem' }),
      rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }),
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----',
      '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----',
      'PuTTY-User-Key-File-3: ssh-rsa',
      'MC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----',
    ]) {
      assertRejected(`${good.chain}${text}`, /^This contains a private key, so none of it was read or kept/);
      assertRejected(Buffer.from(`${text}${good.chain}`), /private key/);
      assertRejected(Buffer.from(`\ufeff${text}`, 'utf16le'), /private key/);
    }
  });

  test('in DER or base64 is rejected', async () => {
    const forms = [
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      privateKey.export({ type: 'sec1', format: 'der' }),
      rsa.export({ type: 'pkcs1', format: 'der' }),
      rsa.export({ type: 'pkcs8', format: 'der' }),
      rsa.export({ type: 'pkcs8', format: 'der', cipher: 'aes-128-cbc', passphrase: 'x' }),
    ];
    for (const bytes of forms) {
      assertRejected(bytes, /^This contains a private key/);
      assertRejected(bytes.toString('base64'), /^This contains a private key/);
      assertRejected(Buffer.concat([chain[0], bytes]), /^This contains a private key/);
    }
    const args = ['pkcs12', '-export', '-inkey', good.files.key, '-in', good.files.leaf, '-passout', 'pass:x'];
    assertRejected(await opensslBytes(args, ''), /PKCS#12/);
  });
});

describe('input without a certificate', () => {
  test('is rejected with a message that says what it is', async () => {
    assertRejected('', /^This is empty/);
    assertRejected(new Uint8Array(0), /^This is empty/);
    assertRejected(' \n', /^This is empty/);
    assertRejected('hello', /text without a certificate/);
    assertRejected('<!doctype html><p>hello', /web page/);
    assertRejected('ssh-rsa AAAAB3NzaC1yc2E= me', /SSH/);
    assertRejected(Buffer.from('PK\x03\x04abc'), /ZIP/);
    assertRejected(Buffer.from('%PDF-1.7'), /PDF/);
    assertRejected(randomBytes(300).fill(0xc1, 0, 1), /neither text nor DER/);
    assertRejected('CERTIFICATE MIIB', /contains no PEM block/);
    assertRejected('-----BEGIN CERTIFICATE-----\nMIIB', /PEM block 1 \(CERTIFICATE\) has no END line/);
    assertRejected(
      good.leaf.replace('-----END CERTIFICATE-----', '') + good.leaf,
      /PEM block 1 \(CERTIFICATE\) has no END line/,
    );
    assertRejected(good.leaf.replace('\n', '\n!!'), /PEM block 1 \(CERTIFICATE\) is not base64/);
    assertRejected('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----', /is empty/);
    assertRejected('-----BEGIN \n', /first line of PEM block 1 is damaged/);
    assertRejected('-----BEGIN PGP MESSAGE-----\n-----END PGP MESSAGE-----', /“PGP MESSAGE”, not a certificate/);
    assertRejected(der.sequence(der.integer(1)), /DER, but not a certificate/);
    assertRejected(chain[0].subarray(0, 200), /DER, but not a certificate: its length is/);
    assertRejected(await opensslBytes(['x509', '-pubkey', '-noout'], good.leaf), /public key/);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    assertRejected(publicKey.export({ type: 'spki', format: 'der' }), /public key/);
    const wanted = ['req', '-new', '-key', good.files.key, '-subj', '/CN=a'];
    assertRejected(await opensslBytes(wanted, ''), /certificate request/);
    assertRejected(await opensslBytes([...wanted, '-outform', 'DER'], ''), /certificate request/);
  });

  test('is rejected above 1 MB, and takes less than 2 s below', () => {
    assertRejected('x'.repeat(MAX_INPUT_BYTES + 1), /larger than 1 MB/);
    assertRejected(new Uint8Array(MAX_INPUT_BYTES + 1), /larger than 1 MB/);
    const samples = [
      '-----BEGIN '.repeat(MAX_INPUT_BYTES / 11 - 1),
      'A'.repeat(MAX_INPUT_BYTES),
      `-----BEGIN CERTIFICATE-----${'A'.repeat(MAX_INPUT_BYTES - 60)}`,
      'BEGIN '.repeat(MAX_INPUT_BYTES / 6 - 1),
      '-----BEGIN A-----\n-----END A-----\n'.repeat(MAX_INPUT_BYTES / 34 - 1),
      Uint8Array.from({ length: MAX_INPUT_BYTES }, (_, i) => [0x30, 0x80][i % 2]),
      Uint8Array.from({ length: MAX_INPUT_BYTES }, (_, i) => [0x30, 0x00][i % 2]),
    ];
    for (const sample of samples) {
      const started = performance.now();
      assertRejected(sample, /./);
      const took = performance.now() - started;
      assert.ok(took < 2000, `${took} ms for ${sample.slice(0, 20)}`);
    }
  });

  test('raises no other error if it is altered or truncated', async () => {
    const pkcs7 = await opensslBytes(['crl2pkcs7', '-nocrl', '-certfile', good.files.chain, '-outform', 'DER'], '');
    for (const seed of [pkcs7, Buffer.from(chain[0]), Buffer.from(good.chain)]) {
      for (let i = 0; i < 600; i++) {
        const noise = randomBytes(6);
        const changed = i % 2 ? Buffer.from(seed) : Buffer.from(seed.subarray(0, noise.readUInt16BE(0) % seed.length));
        for (let n = 0; n < i % 4 && changed.length > 0; n++)
          changed[noise.readUInt16BE(n) % changed.length] = noise[n + 2];
        try {
          readCertificates(changed);
        } catch (error) {
          assert.ok(error instanceof InputError, `${error}: ${changed.toString('hex')}`);
        }
      }
    }
  });
});
