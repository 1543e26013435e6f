/** Inputs with certificates and CRLs: every way in reads them alike, at least as Node does, and names what they are not. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import * as der from '../../certs/der.js';
import { parseCertificate, readDocuments, TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { DOCUMENTS, documentText, FAULTS } from '../../messages/documents.js';
import { derOf, openssl, opensslBytes } from '../helpers/certificates.js';
import { authority, chain, crl, HOST, keyOf, NOW, server, withExponent } from '../helpers/chains.js';
import { readIdentity } from '../helpers/client-identity.js';
import { CLOCK, pemBlocks, pki } from '../helpers/pki.js';
import { sharedCase, skipSharedCases, SHARED_CLOCK } from '../helpers/shared-cases.js';
import { temporaryFiles } from '../helpers/files.js';

/** @typedef {import('../../dist/index.js').Skipped} Skipped */

const { directory, file } = temporaryFiles('inputs');

const good = pki('good-p256');
const [leaf, intermediate] = pemBlocks(good.chain);
const leafDer = Buffer.from(derOf(leaf));
const core = await loadCore();
const trust = await TrustStore.from(good.roots);

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
const lines = leaf.trim().split('\n').slice(1, -1);
/** @param {string} text @param {string | RegExp} what @param {string} by */
const replaced = (text, what, by) => {
  const changed = text.replace(what, by);
  assert.notEqual(changed, text);
  return changed;
};
/** @param {string} label @param {string} [content] */
const block = (label, content = 'AAEC') => `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;

/** @param {string | Uint8Array} cert */
function useIdentity(cert) {
  readIdentity(core, trust, { cert, key: good.key });
}

/** What every function makes of an input: a certificate, a number, or the code of an error. @param {string | Uint8Array} input */
async function readAll(input) {
  const attempt = async (/** @type {() => unknown} */ use) => {
    try {
      return await use();
    } catch (error) {
      assert.ok(error instanceof TLSError, String(error));
      return error.code;
    }
  };
  return {
    parsed: await attempt(async () => Buffer.from((await parseCertificate(input)).der).equals(leafDer)),
    anchors: await attempt(async () => (await TrustStore.from(input)).size),
    chain: await attempt(async () => (await verifyChain(input, { trust, now: CLOCK, hostname: good.hostname })).ok),
    identity: await attempt(() => useIdentity(input)),
  };
}

describe('a certificate in PEM', () => {
  /** Read by Node, and by us. @type {Record<string, string>} */
  const common = {
    'as it is': leaf,
    'with CR LF': leaf.replaceAll('\n', '\r\n'),
    'with blanks after every line': leaf.replaceAll('\n', ' \t \n'),
    'with blanks before the base64': leaf.replaceAll(/^(?!-)/gm, '  '),
    'with blanks, control characters and a NUL after a line': replaced(leaf, lines[1], `${lines[1]} \v\f\0`),
    'with a no-break space after a line': replaced(leaf, lines[1], `${lines[1]}\u00a0`),
    'with a NUL after the BEGIN line': replaced(leaf, BEGIN, `${BEGIN}\0`),
    'with a byte order mark': `\ufeff${leaf}`,
    'with text around it': `subject=a\n${leaf}the end`,
    'with NUL in comments': `a\0comment\0\n${leaf}\0`,
    'with Control-Z at the end': `${leaf}\x1a`,
    'with an empty line before the base64': replaced(leaf, BEGIN, `${BEGIN}\n`),
    'in lines of 76 characters': `${BEGIN}\n${lines.join('').replace(/.{76}/g, '$&\n')}\n${END}\n`,
    'in one long line': `${BEGIN}\n${lines.join('')}\n${END}\n`,
    'without a line end': leaf.trimEnd(),
    'labelled X509 CERTIFICATE': leaf.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'),
    'labelled TRUSTED CERTIFICATE': leaf.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
    'after its key': good.key + leaf,
    'after a request and an unknown block': block('CERTIFICATE REQUEST') + block('SOMETHING') + leaf,
    'after comments that mention BEGIN and END lines': `# from ${BEGIN} to ${END}:\n${BEGIN} is the first\n${leaf}`,
    'after an END line': `${END}\n${leaf}`,
  };
  for (const [how, text] of Object.entries(common)) {
    test(`${how} is read, as by Node`, async () => {
      assert.ok(new X509Certificate(Buffer.from(text)).raw.equals(leafDer));
      createSecureContext({ cert: text });
      const once = { parsed: true, anchors: 1, identity: undefined };
      for (const input of [text, Buffer.from(text)]) {
        const { chain: _, ...others } = await readAll(input);
        assert.deepEqual(others, once);
        assert.equal((await readAll(`${input}\n${intermediate}`)).chain, true);
      }
    });
  }

  /** Not read by Node. @type {Record<string, string>} */
  const more = {
    'with blanks before every line': leaf.replaceAll(/^/gm, ' \t'),
    'with CR alone': leaf.replaceAll('\n', '\r'),
    'with empty lines in the base64': leaf.replaceAll('\n', '\n\n'),
    'on one line': `${BEGIN} ${lines.join(' ')} ${END}`,
    'in a JSON string': JSON.stringify({ cert: leaf }),
    'without BEGIN and END lines': lines.join('\n'),
    'without BEGIN and END lines, in base64url': leafDer.toString('base64url'),
    'with a line that begins with a dash too many': `-${leaf}`,
  };
  for (const [how, text] of Object.entries(more)) {
    test(`${how} is read, though not by Node`, async () => {
      assert.throws(() => new X509Certificate(Buffer.from(text)));
      const { chain: _, ...others } = await readAll(text);
      assert.deepEqual(others, { parsed: true, anchors: 1, identity: undefined });
    });
  }

  /** Whether Node reads the certificate, or drops it and answers with the next one; and the fault. @type {Record<string, [text: string, message: RegExp, node?: 'leaf' | 'next']>} */
  const damaged = {
    'with a strange character': [replaced(leaf, lines[1], `!${lines[1]}`), /is not valid base64/],
    'with NUL in a line': [replaced(leaf, lines[1], lines[1].replace(/.{9}/, '$&\0')), /is not valid base64/],
    'with too much padding': [replaced(leaf, END, `=\n${END}`), /is not valid base64/],
    'with an incomplete last group': [replaced(leaf, `\n${END}`, `A\n${END}`), /is not valid base64/],
    'with header lines': [replaced(leaf, BEGIN, `${BEGIN}\nComment: leaf\n`), /has header lines/],
    'that is encrypted': [
      replaced(leaf, BEGIN, `${BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n`),
      /is encrypted/,
    ],
    'without content': [`${BEGIN}\n${END}\n`, /is empty/],
    'without an END line': [replaced(leaf, END, ''), /has a damaged END line, or none/],
    'with a damaged END line': [replaced(leaf, END, END.slice(1)), /has a damaged END line/, 'leaf'],
    'with another END line': [replaced(leaf, END, '-----END X509 CRL-----'), /END line that differs/],
    'with a damaged BEGIN line': [replaced(leaf, BEGIN, BEGIN.slice(1)), /has a damaged BEGIN line, or none/, 'next'],
    'without a BEGIN line': [replaced(leaf, `${BEGIN}\n`, ''), /has a damaged BEGIN line, or none/, 'next'],
    'with a misspelt label': [leaf.replaceAll('CERTIFICATE', 'CERTIFCATE'), /label that is not known/, 'next'],
    'with a comment on its BEGIN line': [replaced(leaf, BEGIN, `${BEGIN} # leaf`), /is not valid base64/, 'next'],
    'with malformed trust settings': [
      der.pem('TRUSTED CERTIFICATE', der.concat(leafDer, der.nullValue())),
      /has malformed trust settings/,
    ],
  };
  for (const [how, [text, message, node]] of Object.entries(damaged)) {
    test(`${how} is an error, and never the next certificate`, async () => {
      const input = `# The chain:\n${text}${intermediate}`;
      const line = (/** @type {string} */ place) => new RegExp(`PEM block ${place} .*${message.source}`);
      const theirs = () => new X509Certificate(Buffer.from(input)).raw;
      if (node === undefined) assert.throws(theirs);
      else assert.ok(theirs().equals(node === 'leaf' ? leafDer : Buffer.from(derOf(intermediate))));
      const expected = { code: 'ERR_TLS_INVALID_CERTIFICATE', message: line('1') };
      await assert.rejects(parseCertificate(input), expected);
      await assert.rejects(verifyChain(input), expected);
      assert.throws(() => useIdentity(input), expected);
      // After a good one: parseCertificate() has its answer, a store has its anchor, and a chain is not complete.
      const second = `${intermediate}${input}`;
      assert.match((await parseCertificate(second)).subject.text, /Intermediate/);
      await assert.rejects(verifyChain(second), { ...expected, message: line('2') });
      const store = await TrustStore.from(second);
      assert.equal(store.size, 2);
      assert.deepEqual(
        store.skipped.map(({ source, input, index, block }) => ({ source, input, index, block })),
        [{ source: 'trust', input: 0, index: 1, block: 2 }],
      );
      assert.match(store.skipped[0].message, line('2'));
    });
  }

  test('has its place in the message: the number of the block, its label and its line', async () => {
    await assert.rejects(verifyChain(`# a\r\n${leaf.replaceAll('\n', '\r\n')}\r\n${leaf.replace('M', '!')}`), {
      message: `PEM block 2 (CERTIFICATE) at line ${lines.length + 5} is not valid base64. Copy the block, or download the file, again.`,
    });
  });

  test('with trailing data in its DER is unreadable, at its place', async () => {
    const trailing = der.pem('CERTIFICATE', der.concat(leafDer, der.nullValue()));
    await assert.rejects(parseCertificate(trailing), { message: /certificate has trailing data/ });
    assert.throws(() => useIdentity(`${good.key}${trailing}`), {
      code: 'ERR_TLS_INVALID_CERTIFICATE',
      message: new RegExp(`certificate has trailing data, in PEM block 2 at line ${good.key.split('\n').length}`),
    });
    useIdentity(leaf + trailing); // sent as it is, after a leaf that can be read
    const { problems } = await verifyChain(leaf + trailing, { trust: await TrustStore.from(good.roots), now: CLOCK });
    assert.ok(problems.some(({ code, depth }) => code === 'ERR_TLS_CERT_PARSE' && depth === 1));
  });
});

describe('certificates in DER', () => {
  test('are read with white space after them, and several in a row', async () => {
    for (const more of ['', '\n', '\r\n', ' \t\n']) {
      const input = Buffer.concat([leafDer, Buffer.from(more)]);
      assert.deepEqual(await readAll(input), { parsed: true, anchors: 1, chain: false, identity: undefined });
    }
    const both = Buffer.concat([leafDer, Buffer.from('\n'), derOf(intermediate), Buffer.from('\n')]);
    assert.deepEqual(await readAll(both), { parsed: true, anchors: 2, chain: true, identity: undefined });
  });
  test('are unreadable with anything else after them', async () => {
    for (const more of ['\0', 'a', '\n\n-']) {
      const input = Buffer.concat([leafDer, Buffer.from(more)]);
      await assert.rejects(parseCertificate(input), { message: /certificate has trailing data/ });
      await assert.rejects(TrustStore.from(input), {
        message: /Certificate 1 cannot be read\. The certificate has trailing/,
      });
    }
  });
});

describe('PKCS#7', () => {
  const root = good.roots;
  const bundle = (/** @type {string} */ name, /** @type {string} */ pem, /** @type {string[]} */ ...args) =>
    opensslBytes(['crl2pkcs7', ...(args.length ? args : ['-nocrl']), '-certfile', file(name, pem)], '');
  /** @param {Uint8Array} pem */
  const toDer = (pem) => opensslBytes(['pkcs7', '-outform', 'DER'], pem);

  test('is read as its certificates, in PEM and DER, with the leaf first in any order', async () => {
    for (const [name, pem] of Object.entries({ leaf: good.chain + root, root: root + intermediate + leaf })) {
      const text = await bundle(name, pem);
      const labelled = text.toString().replaceAll('PKCS7', 'PKCS #7 SIGNED DATA');
      const mislabelled = text.toString().replaceAll('PKCS7', 'CERTIFICATE');
      for (const input of [text, await toDer(text), labelled, mislabelled, `# a bundle\n${text}`]) {
        assert.deepEqual(await readAll(input), { parsed: true, anchors: 3, chain: true, identity: undefined });
      }
      const { sent } = await verifyChain(text, { trust });
      assert.equal(sent.length, 3);
    }
  });

  test('is read as its CRLs where CRLs are asked for, and the rest is listed', async () => {
    const made = chain();
    const list = der.pem(
      'X509 CRL',
      crl(made.intermediate, { revoked: [{ serial: 1n, date: '2026-01-01T00:00:00Z' }] }),
    );
    const certificates = [made.leaf, made.intermediate].map((one) => der.pem('CERTIFICATE', one.der)).join('');
    const text = await bundle('with-crl', certificates, '-in', file('crl.pem', list));
    const options = { trust: await TrustStore.from(made.root.der), hostname: HOST, now: NOW };
    for (const crls of [text, await toDer(text)]) {
      const { revocation, skipped } = await verifyChain(certificates, { ...options, crls });
      assert.deepEqual(revocation, [true, false, false]);
      assert.deepEqual(
        skipped.map(({ source, kind, index }) => [source, kind, index]),
        [
          ['crls', 'certificate', 0],
          ['crls', 'certificate', 1],
        ],
      );
    }
    const asChain = await verifyChain(text, options);
    assert.equal(asChain.sent.length, 2);
    assert.deepEqual(
      asChain.skipped.map(({ source, kind }) => [source, kind]),
      [['chain', 'crl']],
    );
    assert.match(asChain.skipped[0].message, /PEM block 1 .* CRL.*`crls`/);
  });

  test('with indefinite lengths, as old tools write it, is read', async () => {
    const indefinite = (/** @type {number} */ tag, /** @type {Uint8Array[]} */ ...parts) =>
      der.concat(Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0));
    const certificates = indefinite(0xa0, leafDer, derOf(intermediate));
    const data = indefinite(0x30, der.oid('1.2.840.113549.1.7.1'));
    const signed = indefinite(0x30, der.integer(1), der.set(), data, certificates, der.set());
    const input = indefinite(0x30, der.oid('1.2.840.113549.1.7.2'), indefinite(0xa0, signed));
    assert.deepEqual(await readAll(input), { parsed: true, anchors: 2, chain: true, identity: undefined });
  });

  test('without certificates is named', async () => {
    const empty = await opensslBytes(['crl2pkcs7', '-in', file('list.pem', `${pki('revoked').crl}`)], '');
    await assert.rejects(parseCertificate(empty), {
      message: /This is a certificate revocation list|PEM block 1 .* CRL/,
    });
    const args = ['cms', '-encrypt', '-outform', 'PEM', '-recip', file('to.pem', pki('good-rsa2048').leaf)];
    const encrypted = await opensslBytes(args, 'a secret');
    await assert.rejects(parseCertificate(encrypted), { message: /is PKCS#7 without certificates or CRLs/ });
  });
});

describe('a TRUSTED CERTIFICATE of OpenSSL', () => {
  /** @param {string[]} args */
  const trusted = (...args) => openssl(['x509', '-trustout', ...args], good.roots);

  test('is an anchor without its trust settings, unless they do not allow servers', async () => {
    for (const args of [
      ['-addtrust', 'serverAuth'],
      ['-addtrust', 'anyExtendedKeyUsage'],
      ['-addreject', 'clientAuth'],
      ['-setalias', 'a'],
    ]) {
      const store = await TrustStore.from(await trusted(...args));
      assert.deepEqual([store.size, store.skipped], [1, []], args.join(' '));
      assert.equal((await verifyChain(good.chain, { trust: store, hostname: good.hostname, now: CLOCK })).ok, true);
    }
    for (const args of [
      ['-addtrust', 'clientAuth'],
      ['-addreject', 'serverAuth'],
      ['-addreject', 'anyExtendedKeyUsage'],
    ]) {
      const text = await trusted(...args);
      const store = await TrustStore.from(pki('good-p384').roots, text);
      assert.deepEqual(
        [store.size, store.skipped.map(({ reason }) => reason)],
        [1, ['rejects-servers']],
        args.join(' '),
      );
      assert.match(store.skipped[0].message, /pagetls Test Root, is not trusted for TLS servers/);
      assert.equal((await verifyChain(good.chain, { trust: store, hostname: good.hostname, now: CLOCK })).ok, false);
      assert.match((await parseCertificate(text)).subject.text, /Test Root/);
    }
  });
});

describe('readDocuments()', () => {
  test('lists everything in its order, with what is not a certificate or CRL', async () => {
    const list = pki('revoked').crl ?? '';
    const documents = await readDocuments(
      good.key + leaf + pemBlocks(list)[0] + replaced(leaf, lines[1], `!${lines[1]}`),
    );
    assert.deepEqual(
      documents.map(({ index, block, label, kind, fault, der }) => [index, block, label, kind, fault, der !== null]),
      [
        [0, 1, 'PRIVATE KEY', 'private-key', null, false],
        [1, 2, 'CERTIFICATE', 'certificate', null, true],
        [2, 3, 'X509 CRL', 'crl', null, true],
        [3, 4, 'CERTIFICATE', 'certificate', 'base64', false],
      ],
    );
    assert.deepEqual(Buffer.from(documents[1].der ?? []), leafDer);
    assert.deepEqual([documents[1].message, documents[2].message], [null, null]);
    assert.match(
      documents[0].message ?? '',
      /^PEM block 1 \(PRIVATE KEY\) at line 1 is a private key, not a certificate\./,
    );
    assert.match(documents[3].message ?? '', /is not valid base64\. Copy the block/);
    assert.equal(documents[1].line, good.key.split('\n').length);
  });

  test('names what is not PEM, and keeps DER of an unknown structure', async () => {
    const [text] = await readDocuments('hello');
    assert.deepEqual([text.block, text.line, text.label, text.kind, text.der], [null, null, null, 'text', null]);
    const bytes = der.sequence(der.integer(1));
    const [unknown, ...more] = await readDocuments(bytes);
    assert.deepEqual([unknown.kind, Buffer.from(unknown.der ?? []), more], ['der', Buffer.from(bytes), []]);
    assert.match(unknown.message ?? '', /DER of an unknown structure, or damaged/);
  });

  test('rejects more than 10,000 documents', async () => {
    const many = block('A').repeat(10_000);
    assert.equal((await readDocuments(many)).length, 10_000);
    await assert.rejects(readDocuments(many + leaf), { code: 'ERR_TLS_INVALID_CERTIFICATE', message: /10000/ });
  });

  test('rejects what is no input', async () => {
    for (const wrong of /** @type {never[]} */ ([undefined, null, 5, [leaf]])) {
      await assert.rejects(readDocuments(wrong), { code: 'ERR_TLS_INVALID_OPTION' });
    }
  });
});

/* --- other inputs ------------------------------------------------------------------------- */

describe('an input that is something else is named, with the way to convert it', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const list = pki('revoked').crl ?? '';
  /** @type {Record<string, [() => string | Uint8Array | Promise<string | Uint8Array>, RegExp]>} */
  const others = {
    'PKCS#12': [
      () =>
        opensslBytes(['pkcs12', '-export', '-inkey', good.files.key, '-in', good.files.leaf, '-passout', 'pass:x'], ''),
      /^This is a PKCS#12 file, not a certificate\. .*openssl pkcs12 -in FILE -nokeys/,
    ],
    'a PKCS#8 key': [() => ec.privateKey.export({ type: 'pkcs8', format: 'pem' }), /a private key, not a certificate/],
    'a SEC 1 key': [
      () => ec.privateKey.export({ type: 'sec1', format: 'pem' }),
      /PEM block 1 \(EC PRIVATE KEY\) at line 1 is a private key/,
    ],
    'a key in DER': [() => ec.privateKey.export({ type: 'pkcs8', format: 'der' }), /^This is a private key, not/],
    'a SEC 1 key in DER': [() => ec.privateKey.export({ type: 'sec1', format: 'der' }), /^This is a private key, not/],
    'an encrypted key': [
      () => ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }),
      /is an encrypted private key/,
    ],
    'an encrypted key in DER': [
      () => ec.privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-128-cbc', passphrase: 'x' }),
      /^This is an encrypted private key/,
    ],
    'a public key': [() => ec.publicKey.export({ type: 'spki', format: 'pem' }), /is a public key, not a certificate/],
    'a public key in DER': [() => ec.publicKey.export({ type: 'spki', format: 'der' }), /^This is a public key/],
    'a CSR': [
      () => openssl(['req', '-new', '-key', good.files.key, '-subj', '/CN=a'], ''),
      /is a certificate signing request \(CSR\), not a certificate\. .*openssl x509 -req/,
    ],
    'a CSR in DER': [
      () => opensslBytes(['req', '-new', '-key', good.files.key, '-subj', '/CN=a', '-outform', 'DER'], ''),
      /^This is a certificate signing request/,
    ],
    'a CRL': [
      () => list,
      /is a certificate revocation list \(CRL\), not a certificate\. Pass it as a CRL: option `crls`, or `--crl`/,
    ],
    'a CRL in DER': [() => derOf(pemBlocks(list)[0]), /^This is a certificate revocation list/],
    'EC parameters': [() => openssl(['ecparam', '-name', 'prime256v1'], ''), /is a set of parameters/],
    'an OpenSSH key': [() => block('OPENSSH PRIVATE KEY', 'b3BlbnNzaC1rZXktdjE='), /a private key of OpenSSH/],
    'an SSH public key': [() => 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@host', /^This is a public key for SSH/],
    'a PuTTY key': [() => 'PuTTY-User-Key-File-3: ssh-rsa\n', /^This is a private key of PuTTY/],
    'an OpenPGP key': [() => block('PGP PUBLIC KEY BLOCK'), /OpenPGP/],
    'a Java key store': [() => Buffer.from('feedfeed0000000200000000', 'hex'), /JKS.*keytool -exportcert/],
    'an encrypted PEM block': [
      () => replaced(leaf, BEGIN, `${BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n`),
      /PEM block 1 \(CERTIFICATE\) at line 1 is encrypted/,
    ],
    'UTF-16': [() => Buffer.from(`\ufeff${leaf}`, 'utf16le'), /^This is text in UTF-16, .*iconv -f UTF-16 -t UTF-8/],
    'UTF-16, big-endian': [() => Buffer.from(`\ufeff${leaf}`, 'utf16le').swap16(), /^This is text in UTF-16/],
    'UTF-16 without a byte order mark': [() => Buffer.from(leaf, 'utf16le'), /^This is text in UTF-16/],
    'UTF-16 that was read as UTF-8': [
      () => Buffer.from(`\ufeff${leaf}`, 'utf16le').toString(),
      /^This is text in UTF-16/,
    ],
    'DER that was read as text': [() => leafDer.toString(), /^This is binary data that was decoded as text/],
    'DER that was read as Latin-1': [() => leafDer.toString('latin1'), /^This is binary data that was decoded as text/],
    'a web page': [() => '<!DOCTYPE html><title>404</title>', /^This is a web page/],
    XML: [() => '<?xml version="1.0"?>', /^This is XML/],
    'a ZIP archive': [() => Buffer.from('PK\x03\x04'), /^This is a compressed file/],
    'a PDF': [() => '%PDF-1.7', /^This is a PDF/],
    'an empty file': [() => '', /^This is empty/],
    'blank text': [() => ' \n', /^This is empty/],
    text: [() => 'hello', /^This is text without a PEM block/],
    'random bytes': [() => randomBytes(300).fill(1, 0, 1), /^This is binary data/],
  };
  for (const [name, [make, message]] of Object.entries(others)) {
    test(name, async () => {
      const input = await make();
      const expected = { code: 'ERR_TLS_INVALID_CERTIFICATE', message };
      await assert.rejects(parseCertificate(input), expected);
      await assert.rejects(verifyChain(input), expected);
      assert.throws(() => useIdentity(input), expected);
      const anchors = new RegExp(
        `^No certificate can be used as a trust anchor\\. .*${message.source.replace('^', '')}`,
      );
      await assert.rejects(TrustStore.from(input), { ...expected, message: anchors });
      if (!name.includes('CRL')) {
        const crls = new RegExp(message.source.replace(/(, )?not a certificate.*/, ''));
        await assert.rejects(verifyChain(leaf, { crls: input }), { code: 'ERR_TLS_INVALID_CRL', message: crls });
      }
    });
  }

  test('a certificate in place of a CRL', async () => {
    for (const crls of [leaf, leafDer]) {
      await assert.rejects(verifyChain(leaf, { crls }), {
        code: 'ERR_TLS_INVALID_CRL',
        message: /is a certificate, not a CRL\. Download the CRL/,
      });
    }
  });

  test('the commands that are named do it', async () => {
    const args = ['pkcs12', '-export', '-inkey', good.files.key, '-in', good.files.chain, '-passout', 'pass:x'];
    const pkcs12 = file('a.p12', await opensslBytes(args, ''));
    assert.match(DOCUMENTS.pkcs12.fix, /openssl pkcs12 -in FILE -nokeys -out certificates\.pem$/);
    const out = join(directory, 'certificates.pem');
    await openssl(['pkcs12', '-in', pkcs12, '-nokeys', '-out', out, '-passin', 'pass:x'], '');
    const { readFileSync } = await import('node:fs');
    assert.equal((await readAll(readFileSync(out))).chain, true);
    assert.match(FAULTS['trust-settings'].fix, /openssl x509 -in FILE -out/);
    const plain = await openssl(['x509'], await openssl(['x509', '-trustout', '-addreject', 'serverAuth'], leaf));
    assert.equal((await TrustStore.from(plain)).size, 1);
  });

  test('every kind and fault has a text', () => {
    for (const kind of Object.keys(DOCUMENTS)) {
      for (const wanted of /** @type {const} */ (['certificate', 'crl'])) {
        const { sentence, fix } = documentText({ kind, block: 1, line: 2, label: 'X' }, wanted);
        assert.match(sentence, /^PEM block 1 \(X\) at line 2 is .*\.$/);
        if (fix !== '') assert.match(fix, /^[A-Z]/);
      }
    }
    for (const fault of Object.keys(FAULTS)) {
      assert.match(documentText({ kind: 'certificate', fault }, 'certificate').sentence, /^This (is|has) .*\.$/);
    }
  });
});

/* --- trust stores ------------------------------------------------------------------------- */

describe('a trust store', () => {
  const root = authority('Root', undefined);
  const pem = (/** @type {{der: Uint8Array}} */ one) => der.pem('CERTIFICATE', one.der);
  const unsupported = {
    secp256k1: keyOf('Old', 'secp256k1'),
    brainpoolP256r1: keyOf('Old', 'brainpoolP256r1'),
    'RSA with 2048 bits': withExponent(keyOf('Old', 'rsa2048'), 65),
  };

  test('holds the anchors that can be used, and says which were left out, where and why', async () => {
    for (const [key, signer] of Object.entries(unsupported)) {
      const old = authority('Old', undefined, { key: signer });
      const bundle = `# Roots\n${pem(root)}${pem(old)}${pem(authority('Other', undefined))}`;
      const store = await TrustStore.from(bundle);
      assert.equal(store.size, 2);
      const [{ certificate, message, ...skipped }, ...rest] = store.skipped;
      const line = pem(root).split('\n').length + 1;
      assert.deepEqual(rest, []);
      assert.deepEqual(skipped, {
        ...{ source: 'trust', input: 0, index: 1, block: 2, line, kind: 'certificate', reason: 'unsupported' },
      });
      assert.equal(
        message,
        `PEM block 2 at line ${line}, O=Example, CN=Old, has a key that is not supported here: ${key.startsWith('RSA') ? key : `EC ${key}`}.`,
      );
      assert.equal(certificate?.pem, pem(old));
      const made = chain();
      const options = { trust: store, hostname: HOST, now: NOW };
      assert.equal((await verifyChain([made.leaf.der, made.intermediate.der], options)).ok, true);
    }
  });

  test('says of a path that needs such an anchor that its key is not supported', async () => {
    const old = authority('Old', undefined, { key: unsupported.secp256k1 });
    const one = server(old);
    const store = await TrustStore.from(pem(root), pem(old));
    const { ok, problems } = await verifyChain(one.der, { trust: store, hostname: HOST, now: NOW, profile: 'rfc5280' });
    assert.equal(ok, false);
    assert.ok(
      problems.every(({ code }) => code === 'ERR_TLS_CERT_KEY_UNSUPPORTED'),
      JSON.stringify(problems),
    );
  });

  test('counts its inputs over all calls, and lists everything that is not an anchor', async () => {
    const store = await TrustStore.from(pem(root), pki('good-p256').key);
    store.add([pem(root), 'garbage'], der.sequence(der.integer(1), der.integer(2)));
    assert.equal(store.size, 2);
    assert.deepEqual(
      store.skipped.map(({ input, index, kind, reason, certificate }) => [
        input,
        index,
        kind,
        reason,
        certificate && Object.keys(certificate),
      ]),
      [
        [1, 0, 'private-key', 'other', undefined],
        [3, 0, 'text', 'other', undefined],
        [4, 0, 'der', 'unreadable', ['der', 'pem']],
      ],
    );
    assert.match(
      store.skipped[2].message,
      /^Certificate 1 cannot be read\. The signed part of the certificate has the wrong type/,
    );
  });

  test('throws if no certificate in the inputs can be read, and keeps what it has', async () => {
    await assert.rejects(TrustStore.from('garbage'), { code: 'ERR_TLS_INVALID_CERTIFICATE' });
    await assert.rejects(TrustStore.from('garbage', good.key), { message: /This is text without a PEM block/ });
    const rejecting = await openssl(['x509', '-trustout', '-addreject', 'serverAuth'], pem(root));
    await assert.rejects(TrustStore.from(rejecting), { message: /O=Example, CN=Root, is not trusted for TLS servers/ });
    const store = await TrustStore.from(pem(root));
    assert.throws(() => store.add('garbage'), { code: 'ERR_TLS_INVALID_CERTIFICATE' });
    assert.deepEqual([store.size, store.skipped.length], [1, 1]);
    assert.equal((await TrustStore.from()).size, 0);
  });

  test('with nothing but unsupported keys has no usable anchor, and says so', async () => {
    const store = await TrustStore.from(authority('Old', undefined, { key: unsupported.secp256k1 }).der);
    assert.deepEqual([store.size, store.skipped.map(({ reason }) => reason)], [0, ['unsupported']]);
    store.add(pem(root));
    assert.equal(store.size, 1);
  });

  test('lists a thousand, and says how many more', async () => {
    const store = await TrustStore.from(`${pem(root)}${block('A').repeat(1005)}`);
    assert.equal(store.size, 1);
    assert.equal(store.skipped.length, 1001);
    const { reason, message } = store.skipped[1000];
    assert.deepEqual([reason, message], ['more', '5 more of the documents that follow were skipped.']);
  });

  test('frees its memory, with what it skipped', async () => {
    const before = core.heapInUse;
    const store = await TrustStore.from(pem(root), pem(authority('Old', undefined, { key: unsupported.secp256k1 })));
    assert.equal(store.skipped.length, 1);
    store[Symbol.dispose]();
    assert.equal(core.heapInUse, before);
  });
});

describe('a verification lists what was skipped in the chain and the CRLs', () => {
  test('with the input, the block and its line', async () => {
    const made = chain();
    const [first, second] = [made.leaf, made.intermediate].map((one) => der.pem('CERTIFICATE', one.der));
    const list = der.pem('X509 CRL', crl(made.intermediate));
    const { ok, skipped } = await verifyChain([good.key + first, second + list], {
      ...{ trust: await TrustStore.from(made.root.der), hostname: HOST, now: NOW },
      crls: [list, list + first],
    });
    assert.equal(ok, true);
    assert.deepEqual(
      skipped.map(({ source, input, block, line, kind, reason }) => [source, input, block, line, kind, reason]),
      [
        ['chain', 0, 1, 1, 'private-key', 'other'],
        ['chain', 1, 2, second.split('\n').length, 'crl', 'other'],
        ['crls', 1, 2, list.split('\n').length, 'certificate', 'other'],
      ],
    );
    assert.match(skipped[2].message, /^PEM block 2 \(CERTIFICATE\) at line \d+ is a certificate, not a CRL\./);
  });
});

test('a large or hostile text takes less than 2 s', async () => {
  const size = 1024 * 1024;
  const repeated = (/** @type {string} */ text) => text.repeat(Math.floor(size / text.length));
  const samples = [
    ...[
      '-----BEGIN ',
      '-----END ',
      BEGIN,
      END,
      `${BEGIN}\n`,
      `${END}\n`,
      '---BEGIN CERTIFICATE\n',
      'x -----BEGIN A-----',
      '-',
      '\n',
    ].map(repeated),
    ...[block('A'), block('CERTIFICATE'), `${'A'.repeat(64)}\n${END}\n`, `x${BEGIN}${'A'.repeat(48)}${END}`].map(
      repeated,
    ),
    `${BEGIN}${'A'.repeat(size)}`,
    `x${repeated(BEGIN)}`,
    Uint8Array.from({ length: size }, (_, i) => [0x30, 0x80][i % 2]),
    Uint8Array.from({ length: size }, (_, i) => [0x30, 0x00][i % 2]),
    der.sequence(
      der.oid('1.2.840.113549.1.7.2'),
      der.constructed(0, der.sequence(der.constructed(0, ...Array(5000).fill(leafDer)))),
    ),
  ];
  for (const sample of samples) {
    const started = performance.now();
    await TrustStore.from(sample).catch(() => {});
    await verifyChain(sample).catch(() => {});
    const took = performance.now() - started;
    assert.ok(took < 2000, `${took} ms for ${sample.slice(0, 40)}`);
  }
});

describe('the shared cases', { skip: skipSharedCases }, () => {
  test('a bundle with a root that cannot be used holds the others', async () => {
    const store = await TrustStore.from(sharedCase('02-one-bad-root-empties-store/bundle.pem'));
    assert.equal(store.size + store.skipped.length, 3);
    const chain = sharedCase('02-one-bad-root-empties-store/chain.pem');
    assert.equal((await verifyChain(chain, { trust: store, now: SHARED_CLOCK })).ok, true);
    for (const name of ['secp256k1', 'brainpool', 'rsa16384']) {
      const bad = sharedCase(`02-one-bad-root-empties-store/${name}.pem`);
      const mixed = await TrustStore.from([bad, sharedCase('15-pem-readers-disagree/indent.pem')]);
      assert.deepEqual(
        [mixed.size, mixed.skipped.map(({ input, reason }) => [input, reason])],
        [1, [[0, 'unsupported']]],
      );
      assert.equal((await verifyChain(chain, { trust: mixed, now: SHARED_CLOCK })).ok, true);
    }
  });
  test('parseCertificate() never answers with the next block', async () => {
    for (const name of ['damaged', 'header-in-block']) {
      await assert.rejects(parseCertificate(sharedCase(`03-parse-skips-damaged-first/${name}.pem`)), {
        code: 'ERR_TLS_INVALID_CERTIFICATE',
        message: /PEM block 1 \(CERTIFICATE\) at line 1/,
      });
    }
  });
  test('every way in reads the same PEM', async () => {
    for (const [name, count] of /** @type {const} */ ([
      ['indent.pem', 1],
      ['trailing.pem', 1],
      ['newline-after.der', 1],
      ['trusted.pem', 1],
      ['silently-1-of-2.pem', 2],
    ])) {
      const input = sharedCase(`15-pem-readers-disagree/${name}`);
      assert.equal((await parseCertificate(input)).subject.text, 'CN=Example Root', name);
      assert.equal((await TrustStore.from(input)).size, count, name);
      assert.equal((await verifyChain(input)).sent.length, count, name);
    }
  });
  test('PKCS#7 is read, and PKCS#12 is named', async () => {
    const store = await TrustStore.from(sharedCase('16-unsupported-is-called-bad/bundle.p7b'));
    const bundle = sharedCase('16-unsupported-is-called-bad/bundle-p7b.pem');
    assert.equal((await verifyChain(bundle, { trust: store, now: SHARED_CLOCK })).ok, true);
    await assert.rejects(verifyChain(sharedCase('16-unsupported-is-called-bad/file.p12')), { message: /PKCS#12/ });
  });
});
