/** The files that the inspector opens: it reads them as every function of the package does, and says what it skipped. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import * as der from '../../certs/der.js';
import { readDocuments, TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import { FileError, MAX_FILE_BYTES, openChain, openCrls, openRoots } from '../../inspector/src/model/files.js';
import { derOf, openssl, opensslBytes, wellFormedCertificates } from '../helpers/certificates.js';
import { authority, keyOf } from '../helpers/chains.js';
import { pemBlocks, pki } from '../helpers/pki.js';
import { sharedCase, skipSharedCases } from '../helpers/shared-cases.js';
import { temporaryFiles } from '../helpers/files.js';

const { file } = temporaryFiles('files');

const good = pki('good-p256');
const chain = pemBlocks(good.chain).map((one) => Buffer.from(derOf(one)));
const revoking = pki('revoked');
const NOT_KEPT = / It was not kept: a private key should never leave its server\.$/;

/** @param {Uint8Array | string} input */
async function open(input) {
  const { certificates, crls, skipped } = await openChain(input, 'a.pem');
  return { certificates: certificates.map((one) => Buffer.from(one)), crls: crls.length, skipped };
}
const whole = { certificates: chain, crls: 0, skipped: [] };
const single = { ...whole, certificates: chain.slice(0, 1) };

/** @param {Uint8Array | string} input @param {RegExp} message @param {typeof openChain | typeof openCrls} [opening] */
async function assertRejected(input, message, opening = openChain) {
  await assert.rejects(opening(input, 'a.pem'), (error) => {
    assert.ok(error instanceof FileError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

describe('a file with a chain', () => {
  test('can be PEM, as text or bytes, with any text around the blocks', async () => {
    assert.deepEqual(await open(good.chain), whole);
    assert.deepEqual(await open(Buffer.from(good.chain)), whole);
    assert.deepEqual(await open(`\ufeff subject=x\r\n${good.chain.replaceAll('\n', '\r\n')}\nthe end -----`), whole);
    assert.deepEqual(await open(good.chain.replaceAll('\n', '\\n')), whole);
    assert.deepEqual(await open(good.chain.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE')), whole);
    assert.equal((await open(rootCertificates.join('\n'))).certificates.length, rootCertificates.length);
  });

  test('can be DER, one or several certificates', async () => {
    assert.deepEqual(await open(chain[0]), single);
    assert.deepEqual(await open(Buffer.concat(chain)), whole);
    assert.deepEqual(await open(Buffer.concat([chain[0], Buffer.from('\n')])), single);
    for (const [label, bytes] of wellFormedCertificates) {
      assert.deepEqual((await open(bytes)).certificates, [Buffer.from(bytes)], label);
    }
  });

  test('can be bare base64, in either alphabet', async () => {
    const text = chain[0].toString('base64');
    for (const input of [text, ` ${text.replace(/.{50}/g, '$&\n')}\n`, chain[0].toString('base64url')]) {
      assert.deepEqual(await open(input), single);
    }
  });

  test('can be PKCS#7 of OpenSSL, in PEM and DER, with or without a CRL', async () => {
    const path = file('chain.pem', good.chain);
    for (const form of ['PEM', 'DER']) {
      const bytes = await opensslBytes(['crl2pkcs7', '-nocrl', '-certfile', path, '-outform', form], '');
      assert.deepEqual(await open(bytes), whole, form);
      const args = ['crl2pkcs7', '-in', file('crl.pem', revoking.crl ?? ''), '-certfile', path, '-outform', form];
      assert.deepEqual(await open(await opensslBytes(args, '')), { ...whole, crls: 1 }, form);
    }
  });

  test('can have trusted certificates of OpenSSL, without their settings', async () => {
    const trusted = await openssl(['x509', '-trustout', '-addtrust', 'serverAuth'], good.leaf);
    assert.deepEqual(await open(trusted), single);
  });

  test('can have CRLs, which count as CRLs', async () => {
    const [crl] = pemBlocks(revoking.crl ?? '');
    const mixed = await openChain(good.chain + crl, 'a.pem');
    assert.deepEqual([mixed.certificates.length, mixed.crls, mixed.skipped], [2, [crl], []]);
    assert.deepEqual(await open(derOf(crl)), { certificates: [], crls: 1, skipped: [] });
  });

  test('keeps malformed certificates, which verification reports', async () => {
    for (const id of ['not-a-certificate', 'version-malformed', 'extension-cut-off', 'key-malformed']) {
      assert.equal((await open(pki(id).chain)).certificates.length, 2, id);
    }
    for (const input of [chain[0].subarray(0, 200), der.sequence(der.integer(1))]) {
      const { certificates } = await openChain(input, 'a.cer');
      const { problems } = await verifyChain(certificates);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['ERR_TLS_CERT_PARSE'],
      );
    }
  });

  test('can have a private key and other things, which are named and not kept', async () => {
    const key = await openssl(['x509', '-pubkey', '-noout'], good.leaf);
    const { skipped, ...found } = await open(`${key}${good.key}${good.chain}`);
    assert.deepEqual(found, { certificates: chain, crls: 0 });
    assert.deepEqual(
      skipped.map(({ source, file: name, index, block, line, kind, reason }) => [
        ...[source, name, index, block, line, kind, reason],
      ]),
      [
        ['chain', 'a.pem', 0, 1, 1, 'public-key', 'other'],
        ['chain', 'a.pem', 1, 2, 5, 'private-key', 'other'],
      ],
    );
    assert.match(skipped[0].message, /^PEM block 1 \(PUBLIC KEY\) at line 1 is a public key, not a certificate\./);
    assert.match(skipped[1].message, /^PEM block 2 \(PRIVATE KEY\) at line 5 is a private key, not a certificate\./);
    assert.match(skipped[1].message, NOT_KEPT);
    assert.doesNotMatch(skipped[0].message, NOT_KEPT);
  });

  test('is rejected if a block is damaged: it may be the one that is needed', async () => {
    const damaged = good.leaf.replace('\n', '\n!!');
    await assertRejected(good.chain + damaged, /^PEM block 3 \(CERTIFICATE\) at line \d+ is not valid base64\. Copy/);
    await assertRejected(damaged + good.chain, /^PEM block 1 /);
    await assertRejected(good.leaf.replaceAll('CERTIFICATE', 'CERTIFCATE') + good.chain, /label that is not known/);
    await assertRejected('-----BEGIN CERTIFICATE-----\nMIIB', /has a damaged END line, or none/);
  });
});

describe('a file of another kind is rejected, with what it is and what to do', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  /** @type {Record<string, [RegExp, () => string | Uint8Array | Promise<string | Uint8Array>]>} */
  const others = {
    'a private key': [NOT_KEPT, () => ec.privateKey.export({ type: 'pkcs8', format: 'pem' })],
    'a private key in DER': [NOT_KEPT, () => rsa.export({ type: 'pkcs1', format: 'der' })],
    'an encrypted key': [
      NOT_KEPT,
      () => rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }),
    ],
    'a PuTTY key': [NOT_KEPT, () => 'PuTTY-User-Key-File-3: ssh-rsa'],
    'an OpenSSH key': [
      NOT_KEPT,
      () => '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----',
    ],
    'a key store': [NOT_KEPT, () => Buffer.from('feedfeed0000000200000000', 'hex')],
    'PKCS#12': [
      /openssl pkcs12 -in FILE -nokeys .*It was not kept/,
      () =>
        opensslBytes(['pkcs12', '-export', '-inkey', good.files.key, '-in', good.files.leaf, '-passout', 'pass:x'], ''),
    ],
    'a CSR': [
      /certificate signing request \(CSR\), not a .*openssl x509 -req/,
      () => openssl(['req', '-new', '-key', good.files.key, '-subj', '/CN=a'], ''),
    ],
    'UTF-16': [/^This is text in UTF-16, .*iconv/, () => Buffer.from(`\ufeff${good.chain}`, 'utf16le')],
    'an empty file': [/^This is empty\.$/, () => new Uint8Array()],
    text: [/^This is text without a PEM block/, () => 'hello'],
    'a web page': [/^This is a web page/, () => '<!doctype html><p>hello'],
    'an archive': [/^This is a compressed file/, () => Buffer.from('PK\x03\x04abc')],
  };
  for (const [name, [message, make]] of Object.entries(others)) {
    test(name, async () => {
      const input = await make();
      await assertRejected(input, message);
      await assertRejected(input, message, openCrls);
      const rejected = (/** @type {unknown} */ error) => error instanceof TLSError || error instanceof FileError;
      await assert.rejects(openRoots(input, 'a.pem'), rejected);
    });
  }
});

describe('a file with CRLs', () => {
  test('can have certificates, which are skipped', async () => {
    const { crls, skipped } = await openCrls(`${revoking.leaf}${revoking.crl}`, 'a.crl');
    assert.deepEqual(crls, revoking.crl);
    assert.deepEqual(
      skipped.map(({ source, kind, block }) => [source, kind, block]),
      [['crls', 'certificate', 1]],
    );
    assert.match(skipped[0].message, /is a certificate, not a CRL\. Download the CRL/);
  });

  test('needs a CRL', async () => {
    await assertRejected(good.leaf, /is a certificate, not a CRL/, openCrls);
  });
});

describe('a file with trust anchors', () => {
  const old = der.pem('CERTIFICATE', authority('Old', undefined, { key: keyOf('Old', 'secp256k1') }).der);

  test('is used without what cannot be an anchor, which is named with its place in the file', async () => {
    const clients = await openssl(['x509', '-trustout', '-addtrust', 'clientAuth'], pki('good-p384').roots);
    const damaged = good.leaf.replace('\n', '\n!!');
    const { ownRoots, skipped } = await openRoots(`${old}${damaged}${clients}${good.key}${good.roots}`, 'a.pem');
    assert.deepEqual(
      skipped.map(({ source, file: name, block, reason }) => [source, name, block, reason]),
      [
        ['trust', 'a.pem', 1, 'unsupported'],
        ['trust', 'a.pem', 2, 'damaged'],
        ['trust', 'a.pem', 3, 'rejects-servers'],
        ['trust', 'a.pem', 4, 'other'],
      ],
    );
    assert.match(skipped[3].message, NOT_KEPT);
    assert.doesNotMatch(ownRoots, /PRIVATE/);
    // The store of what is left has the same anchors as one of the file.
    const [store, original] = await Promise.all([TrustStore.from(ownRoots), TrustStore.from(clients, good.roots)]);
    assert.deepEqual([store.size, original.size], [1, 1]);
    assert.deepEqual(pemBlocks(ownRoots), [old, good.roots], 'unsupported keys explain why a path is not valid');
  });

  test('needs a certificate that can be read', async () => {
    await assert.rejects(
      openRoots(revoking.crl ?? '', 'a.crl'),
      /No certificate can be used as a trust anchor\. .* CRL/,
    );
  });
});

describe('the shared cases', { skip: skipSharedCases }, () => {
  test('are opened whole, or named', async () => {
    const count = async (/** @type {string} */ name) => (await open(sharedCase(name))).certificates.length;
    const readers = '15-pem-readers-disagree';
    assert.equal(await count(`${readers}/silently-1-of-2.pem`), 2);
    for (const name of ['indent.pem', 'newline-after.der', 'trailing.pem', 'trusted.pem']) {
      assert.equal(await count(`${readers}/${name}`), 1, name);
    }
    assert.equal(await count('16-unsupported-is-called-bad/bundle.p7b'), 1);
    await assertRejected(sharedCase('16-unsupported-is-called-bad/file.p12'), /PKCS#12/);
    await assertRejected(sharedCase('03-parse-skips-damaged-first/damaged.pem'), /PEM block 1/);
    const { skipped } = await openRoots(sharedCase('02-one-bad-root-empties-store/bundle.pem'), 'bundle.pem');
    for (const { message } of skipped) assert.match(message, /has a key that is not supported here/);
  });
});

describe('any file', () => {
  test('has at most 32 MB and 10,000 documents, and takes less than 5 s', { timeout: 120_000 }, async () => {
    for (const opening of [openChain, openCrls, openRoots]) {
      await assert.rejects(opening(new Uint8Array(MAX_FILE_BYTES + 1), 'a'), FileError);
    }
    const fill = (/** @type {number[]} */ ...octets) =>
      Uint8Array.from({ length: MAX_FILE_BYTES }, (_, i) => octets[i % octets.length]);
    const text = (/** @type {string} */ part) => Buffer.alloc(MAX_FILE_BYTES, part);
    const samples = [
      ...[text('-----BEGIN '), text('A'), text('-----BEGIN CERTIFICATE-----\n'), text('-'), text('0\x80')],
      ...[
        text('-----BEGIN A-----\n-----END A-----\n'),
        text('-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'),
      ],
      ...[fill(0x30, 0x80), fill(0x30, 0)],
    ];
    for (const sample of samples) {
      const started = performance.now();
      const documents = await readDocuments(sample).catch((error) => {
        assert.match(error.message, /more than 10000 documents/);
        return [];
      });
      assert.ok(documents.length <= 10_000);
      const took = performance.now() - started;
      assert.ok(took < 5000, `${took} ms for ${Buffer.from(sample.subarray(0, 20)).toString('latin1')}`);
    }
  });

  test('raises no other error if it is altered or truncated', async () => {
    const pkcs7 = await opensslBytes(['crl2pkcs7', '-nocrl', '-certfile', good.files.chain, '-outform', 'DER'], '');
    for (const seed of [pkcs7, chain[0], Buffer.from(good.chain)]) {
      for (let i = 0; i < 300; i++) {
        const noise = randomBytes(6);
        const changed = i % 2 ? Buffer.from(seed) : Buffer.from(seed.subarray(0, noise.readUInt16BE(0) % seed.length));
        for (let n = 0; n < i % 4 && changed.length > 0; n++)
          changed[noise.readUInt16BE(n) % changed.length] = noise[n + 2];
        await openChain(changed, 'a').catch((error) => {
          assert.ok(error instanceof FileError, `${error}: ${changed.toString('hex')}`);
        });
      }
    }
  });
});
