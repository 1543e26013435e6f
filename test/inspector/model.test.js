/** The inspector's models of certificates: extensions, keys, problems, validity, the chain. */
import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { encodeCertificate } from '../../certs/certificate.js';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { parseCertificate, TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import { pathGap, locateProblem, remarksOnSent, sentCertificates, pathSteps } from '../../inspector/src/model/chain.js';
import { describeExtension } from '../../inspector/src/model/extensions.js';
import { blankRequest } from '../../inspector/src/model/permalink.js';
import { publicKeyParts } from '../../inspector/src/model/public-key.js';
import { validityTimeline } from '../../inspector/src/model/timeline.js';
import { findParseProblem, whyUnreadable } from '../../inspector/src/model/unreadable.js';
import { newRecording } from '../../inspector/src/model/recorder.js';
import { generalName, keyText, outcome } from '../../inspector/src/model/format.js';
import { keyOf, named, NOW } from '../helpers/chains.js';
import { derOf, hex, openssl, wellFormedCertificates } from '../helpers/certificates.js';
import { pemBlocks, pki } from '../helpers/pki.js';
import { sharedCase, skipSharedCases } from '../helpers/shared-cases.js';

/** @typedef {import('../../certs/extensions.js').Extension} Extension */

/* --- extensions ------------------------------------------------------------------------- */

/** @param {Extension} extension */
async function describeOnly(extension) {
  const made = await parseCertificate(certificateWith([extension]));
  return describeExtension(made.extensions[0], made);
}

/** @param {Extension[]} extensions */
function certificateWith(extensions) {
  const key = keyOf('Extended');
  return encodeCertificate({
    serial: 5n,
    issuer: named('Extended'),
    subject: named('Extended'),
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2026-12-31T23:59:59Z',
    publicKey: key,
    signer: key,
    extensions,
  });
}

/** @param {string} text */
const ia5 = (text) => der.ia5String(text);
/** @param {number} number @param {...Uint8Array} parts */
const constructed = (number, ...parts) => der.constructed(number, ...parts);

/** A signed certificate timestamp (RFC 6962, section 3.2). @param {bigint} time */
function timestamp(time) {
  const sct = Buffer.alloc(1 + 32 + 8 + 2 + 2 + 2 + 4);
  sct.fill(0xab, 1, 33);
  sct.writeBigUInt64BE(time, 33);
  sct.set([4, 3, 0, 4, 1, 2, 3, 4], 43);
  return Buffer.concat([Buffer.from([0, sct.length]), sct]);
}

describe('an extension', () => {
  test('of a well-formed certificate is described or shown as ASN.1', async () => {
    let count = 0;
    for (const [label, bytes] of wellFormedCertificates) {
      const one = await parseCertificate(bytes);
      for (const item of one.extensions) {
        count++;
        const { title, rows, asn1, malformed } = describeExtension(item, one);
        assert.equal(malformed, false, `${label}: ${item.oid}`);
        assert.ok(title.length > 3 && (rows.length > 0 || asn1), `${label}: ${item.oid}`);
      }
    }
    assert.ok(count > 1000);
  });

  test('with alternative names shows the names that the TLS client decodes', async () => {
    const one = await parseCertificate(pki('good-rich').leaf);
    const described = describeExtension(
      /** @type {typeof one.extensions[0]} */ (one.extensions.find(({ oid }) => oid === '2.5.29.17')),
      one,
    );
    const read = (one.subjectAltName ?? []).map((name) => generalName(name).value);
    const other = described.rows.findIndex(([type]) => type === 'Other name');
    assert.deepEqual(
      described.rows.map(([, text]) => text).filter((_, i) => i !== other),
      read.filter((_, i) => i !== other),
    );
    assert.equal(described.rows[other][1], 'msUserPrincipalName (1.3.6.1.4.1.311.20.2.3): rich@pagetls.test');
  });

  test('with thousands of alternative names shows all of them', async () => {
    for (const count of [3900, 4100, 20_000]) {
      const names = Array.from({ length: count }, (_, i) => ({ dns: `h${i}.example` }));
      const described = await describeOnly(extension.subjectAltName(names));
      assert.deepEqual(described.malformed, false);
      assert.deepEqual(
        described.rows,
        names.map(({ dns }) => ['DNS', dns]),
      );
    }
  });

  test('with more elements than are read says so, and is not called malformed', async () => {
    const names = Uint8Array.from({ length: 100_002 }, (_, i) => (i % 2 === 0 ? 0x82 : 0)); // empty DNS names
    const { malformed, rows, asn1, unread } = await describeOnly(extension.raw('2.5.29.17', der.tlv(0x30, names)));
    assert.deepEqual([malformed, rows, asn1], [false, [], true]);
    assert.equal(unread, 'Too large to be described: not parsed: more than 50,000 elements.');
  });

  test('with another name has the name that its RFC gives to the OID', async () => {
    const names = {
      '1.3.6.1.5.5.7.8.3': 'permanentIdentifier', // RFC 4043
      '1.3.6.1.5.5.7.8.4': 'hardwareModuleName', // RFC 4108
      '1.3.6.1.5.5.7.8.5': 'xmppAddr', // RFC 6120
      '1.3.6.1.5.5.7.8.6': 'sIM', // RFC 4683
      '1.3.6.1.5.5.7.8.7': 'dnsSRV', // RFC 4985
      '1.3.6.1.5.5.7.8.8': 'NAIRealm', // RFC 7585
      '1.3.6.1.5.5.7.8.9': 'SmtpUTF8Mailbox', // RFC 8398
      '1.3.6.1.5.5.7.8.10': 'AcpNodeName', // RFC 8994
      '1.3.6.1.5.5.7.8.11': 'bundleEID', // RFC 9174
      '1.3.6.1.5.2.2': 'kerberosPrincipalName', // RFC 4556
      '1.3.6.1.4.1.311.20.2.3': 'msUserPrincipalName',
    };
    for (const [oid, name] of Object.entries(names)) {
      const { rows } = await describeOnly(
        extension.subjectAltName([{ otherName: { oid, value: der.utf8String('x') } }]),
      );
      assert.deepEqual(rows, [['Other name', `${name} (${oid}): x`]]);
    }
  });

  test('of the shared cases has the right label, and all names', { skip: skipSharedCases }, async () => {
    const rowsOf = async (/** @type {string} */ name) => {
      const one = await parseCertificate(sharedCase(`19-inspector-labels-and-limits/${name}.pem`));
      const found = one.extensions.find(({ oid }) => oid === '2.5.29.17');
      assert.ok(found);
      return describeExtension(found, one).rows;
    };
    assert.match((await rowsOf('hwmodule'))[0][1], /^hardwareModuleName \(1\.3\.6\.1\.5\.5\.7\.8\.4\)/);
    assert.match((await rowsOf('permanentid'))[0][1], /^permanentIdentifier \(1\.3\.6\.1\.5\.5\.7\.8\.3\)/);
    assert.equal((await rowsOf('names-3900')).length, 3900);
    assert.equal((await rowsOf('names-4100')).length, 4100);
  });

  test('that the TLS client does not decode is described', async () => {
    const uri = (/** @type {string} */ text) => der.primitive(6, Buffer.from(text));
    /** @type {[Extension, [string, string][]][]} */
    const samples = [
      [
        extension.nameConstraints({
          permitted: [{ dns: 'example.com' }, { ip: Uint8Array.of(10, 0, 0, 0, 255, 0, 0, 0) }],
          excluded: [{ email: '.example' }, { dirName: named('X') }, { ip: new Uint8Array(32) }],
        }),
        [
          ['Permitted', 'DNS example.com'],
          ['Permitted', 'IP 10.0.0.0/8'],
          ['Excluded', 'E-mail .example'],
          ['Excluded', 'Directory name O=Example, CN=X'],
          ['Excluded', 'IP ::/0'],
        ],
      ],
      [
        extension.raw(
          '2.5.29.36',
          der.sequence(der.primitive(0, Uint8Array.of(0)), der.primitive(1, Uint8Array.of(2))),
          true,
        ),
        [
          ['A policy is required', 'from this certificate on'],
          ['Policy mapping is inhibited', 'after 2 more certificates'],
        ],
      ],
      [extension.raw('2.5.29.54', der.integer(1)), [['anyPolicy is inhibited', 'after 1 more certificate']]],
      [
        extension.raw('2.5.29.33', der.sequence(der.sequence(der.oid('2.23.140.1.2.1'), der.oid('1.2.3.4')))),
        [['Equivalent policies', 'domain-validated (2.23.140.1.2.1) of the issuer, 1.2.3.4 of the subject']],
      ],
      [
        extension.raw('1.3.6.1.5.5.7.1.24', der.sequence(der.integer(5), der.integer(99))),
        [
          ['The server must support', 'status_request (5): the server must staple an OCSP response'],
          ['The server must support', 'extension 99'],
        ],
      ],
      [
        extension.raw(
          '2.5.29.18',
          der.sequence(uri('http://ca.example/'), der.primitive(2, Buffer.from('ca.example'))),
        ),
        [
          ['URI', 'http://ca.example/'],
          ['DNS', 'ca.example'],
        ],
      ],
      [
        extension.raw(
          '2.5.29.46',
          der.sequence(
            der.sequence(
              constructed(0, constructed(0, uri('http://d.example/'))),
              der.primitive(1, Uint8Array.of(6, 0x40)),
            ),
          ),
        ),
        [
          ['CRL', 'http://d.example/'],
          ['Reasons', 'keyCompromise'],
        ],
      ],
      [
        extension.raw(
          '1.3.6.1.5.5.7.1.11',
          der.sequence(der.sequence(der.oid('1.3.6.1.5.5.7.48.5'), uri('http://r.example/'))),
        ),
        [['CA repository', 'http://r.example/']],
      ],
      [
        extension.raw('1.3.6.1.5.5.7.48.1.5', der.nullValue()),
        [['Meaning', 'It signs OCSP responses; its own revocation need not be checked.']],
      ],
      [
        extension.raw('1.3.6.1.4.1.11129.2.4.3', der.nullValue(), true),
        [['Meaning', 'This is a precertificate for CT logs; clients must reject it.']],
      ],
      [extension.raw('2.16.840.1.113730.1.1', der.namedBits([1, 5])), [['Types', 'SSL server, SSL CA']]],
      [extension.raw('2.16.840.1.113730.1.13', ia5('made by hand')), [['Text', 'made by hand']]],
      [
        extension.raw('1.3.6.1.5.5.7.1.3', der.sequence(der.sequence(der.oid('0.4.0.1862.1.1')))),
        [['Statement', 'QcCompliance (0.4.0.1862.1.1)']],
      ],
      [
        extension.raw('2.5.29.16', der.sequence(der.primitive(0, Buffer.from('20260101000000Z')))),
        [['From', '2026-01-01 00:00:00 UTC']],
      ],
      [extension.raw('1.3.6.1.4.1.311.21.1', der.integer(0x30002)), [['Version', 'certificate 2, key 3']]],
    ];
    for (const [made, rows] of samples) {
      const { malformed, asn1, rows: found } = await describeOnly(made);
      assert.deepEqual([malformed, asn1, found], [false, false, rows], String(made.oid));
      for (const value of [der.octetString(new Uint8Array(3)), Uint8Array.of(0x30), der.sequence(der.boolean(true))]) {
        const broken = await describeOnly({ ...made, value });
        assert.deepEqual([broken.malformed, broken.rows], [true, []], `${made.oid} with ${hex(value)}`);
      }
    }
  });

  test('with certificate timestamps is read as by OpenSSL', async () => {
    const list = Buffer.concat([timestamp(1_780_000_000_123n), timestamp(1n)]);
    const value = der.octetString(Buffer.concat([Buffer.from([0, list.length]), list]));
    const made = extension.raw('1.3.6.1.4.1.11129.2.4.2', value);
    const { rows } = await describeOnly(made);
    const id = Buffer.alloc(32, 0xab).toString('base64');
    assert.deepEqual(rows, [
      ['Timestamp 1', '2026-05-28 20:26:40.123 UTC, ECDSA with SHA-256'],
      ['Log of timestamp 1', id],
      ['Timestamp 2', '1970-01-01 00:00:00.001 UTC, ECDSA with SHA-256'],
      ['Log of timestamp 2', id],
    ]);
    const text = await openssl(['x509', '-inform', 'DER', '-noout', '-text'], certificateWith([made]));
    assert.match(text, /Timestamp : May 28 20:26:40\.123 2026 GMT/);
    assert.match(text, /Timestamp : Jan {2}1 00:00:00\.001 1970 GMT/);
    for (let length = 0; length < value.length - 2; length++) {
      const cut = await describeOnly({ ...made, value: der.octetString(value.slice(2, 2 + length)) });
      assert.equal(cut.malformed, true);
    }
  });

  test('that is unknown is shown as ASN.1', async () => {
    const one = await describeOnly(extension.raw('1.3.6.1.4.1.99999.3', der.nullValue()));
    assert.deepEqual([one.title, one.rows, one.asn1, one.malformed], ['Unknown extension', [], true, false]);
  });

  test('of an altered certificate raises no error', async () => {
    const seeds = [...wellFormedCertificates.values()].filter((_, i) => i % 9 === 0);
    let read = 0;
    for (const bytes of seeds) {
      for (let i = 0; i < 60; i++) {
        const changed = bytes.slice();
        const noise = randomBytes(9);
        for (let n = 0; n <= i % 3; n++) changed[noise.readUInt16BE(2 * n) % changed.length] = noise[6 + n];
        const one = await parseCertificate(changed).catch(() => null);
        for (const item of one?.extensions ?? []) {
          read++;
          const { rows } = describeExtension(item, one ?? undefined);
          assert.ok(rows.every(([term, text]) => typeof term === 'string' && typeof text === 'string'));
        }
      }
    }
    assert.ok(read > 1000, `${read} extensions`);
  });

  test('that occurs twice is described from the client’s fields once', async () => {
    const made = await parseCertificate(
      certificateWith([extension.keyUsage('cRLSign'), extension.keyUsage('digitalSignature')]),
    );
    const [first, second] = made.extensions.map((item) => describeExtension(item, made));
    assert.deepEqual([first.rows, first.asn1], [[['Usages', 'cRLSign']], false]);
    assert.deepEqual([second.rows, second.asn1], [[], true]);
  });
});

describe('the reason why octets are not a certificate', () => {
  /** @param {string} id */
  async function reasonFor(id) {
    const { leaf } = pki(id);
    return whyUnreadable(await findParseProblem(leaf), derOf(leaf));
  }

  test('comes from the core, with the field and why it cannot be read', async () => {
    assert.equal(await reasonFor('version-negative'), 'Its version has an invalid value.');
    assert.equal(await reasonFor('validity-without-end'), 'Its validity period is missing.');
    assert.equal(await reasonFor('key-malformed'), 'Its public key has the wrong type.');
    assert.equal(await findParseProblem(pki('good-p224-key').leaf), null);
    const problem = { ...(await findParseProblem(pki('version-negative').leaf)), field: 'new', message: 'Because' };
    const other = /** @type {import('../../inspector/src/types.js').Problem} */ (problem);
    assert.equal(whyUnreadable(other, derOf(pki('good-p256').leaf)), 'Because.');
  });

  test('says what the octets are instead, and where the DER has an error', async () => {
    assert.match(
      await reasonFor('not-a-certificate'),
      /^The certificate has the wrong type\. It is text, not DER: “This is not a certificate\. .*…”\.$/,
    );
    assert.match(
      await reasonFor('certificate-cut-short'),
      /^The certificate is truncated\. At byte 0: its length is \d+ octets/,
    );
    assert.match(
      await reasonFor('unique-id-cut-short'),
      /^A unique identifier is truncated\. At byte \d+: its length is 100 /,
    );
    assert.equal(whyUnreadable(null, Uint8Array.of()), 'It is empty.');
    assert.equal(
      whyUnreadable(null, Uint8Array.of(0x31, 0)),
      'It starts with the octet 31; a certificate starts with 30, a SEQUENCE.',
    );
    assert.equal(whyUnreadable(null, derOf(pki('version-negative').leaf)), '');
  });
});

test('the parts of a public key agree with Node', async () => {
  let curves = 0;
  for (const [label, bytes] of wellFormedCertificates) {
    const { publicKey } = new X509Certificate(bytes);
    const read = await parseCertificate(bytes);
    const parts = Object.fromEntries(
      publicKeyParts(read).map(({ term, hex: text }) => [term, text.replaceAll(' ', '')]),
    );
    if (publicKey.asymmetricKeyType === 'rsa') {
      assert.equal(
        parts.Modulus.length / 2,
        Math.ceil((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8),
        label,
      );
      assert.equal(BigInt(read.publicKey.exponent ?? 0), publicKey.asymmetricKeyDetails?.publicExponent, label);
    } else if (/^(prime256v1|secp384r1|secp521r1)$/.test(publicKey.asymmetricKeyDetails?.namedCurve ?? '')) {
      curves++;
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      assert.equal(parts['Point, x'], hex(Buffer.from(x, 'base64url')), label);
      assert.equal(parts['Point, y'], hex(Buffer.from(y, 'base64url')), label);
    }
  }
  assert.ok(curves > 50);
});

/* --- the chain ------------------------------------------------------------------------- */

/** @param {string} id @param {{ chain?: string, roots?: string }} [change] */
async function verified(id, change = {}) {
  const { chain, roots, hostname, clock, profile, crl } = { ...pki(id), ...change };
  const trust = await TrustStore.from(roots);
  return verifyChain(chain, { trust, hostname, now: new Date(clock), profile, crls: crl });
}

describe('the model of a chain', () => {
  test('has the origin of each certificate', async () => {
    const steps = pathSteps(await verified('good-other-order'));
    assert.deepEqual(
      steps.map(({ role, origin }) => `${role}: ${origin}`),
      [
        'Leaf: sent as number 1',
        'Intermediate: sent as number 4',
        'Intermediate: sent as number 3',
        'Trust anchor: from the trust store, not sent',
      ],
    );
    const verification = await verified('good-other-order');
    assert.deepEqual(
      sentCertificates(verification).map(({ use }) => use),
      ['certificate 0 of the path', 'not used', 'certificate 2 of the path', 'certificate 1 of the path'],
    );
    assert.match(remarksOnSent(verification).join(' '), /not in path order.*1 certificate is not part/);
  });

  test('marks duplicates, and a trust anchor that need not be sent', async () => {
    const [leaf, above] = pemBlocks(pki('good-p256').chain);
    const twice = await verified('good-p256', { chain: leaf + above + leaf + above + above });
    assert.deepEqual(
      sentCertificates(twice)
        .map(({ use }) => use)
        .slice(2),
      ['duplicate of number 1', 'duplicate of number 2', 'duplicate of number 2'],
    );
    assert.equal(pathSteps(twice)[1].origin, 'sent 3 times, as numbers 2, 4 and 5');
    assert.deepEqual(remarksOnSent(twice), ['Duplicate certificates need not be sent.']);
    assert.match(remarksOnSent(await verified('good-root-sent')).join(), /anchor need not be sent/);
    assert.deepEqual(remarksOnSent(await verified('good-p256')), []);
  });

  test('has the other paths as branches, with the reason why each was rejected', async () => {
    const [leaf] = pathSteps(await verified('good-cross-signed'));
    assert.equal(leaf.branches.length, 1);
    const [{ steps, reasons }] = leaf.branches;
    assert.deepEqual(
      steps.map(({ depth, origin }) => [depth, origin]),
      [[1, 'sent as number 2']],
    );
    assert.deepEqual(
      reasons.map(({ problem }) => problem.code),
      ['ERR_TLS_CERT_NOT_TRUSTED'],
    );
  });

  test('has the revocation status: yes, no, not checked, unknown', async () => {
    const statuses = async (/** @type {string} */ id) =>
      pathSteps(await verified(id)).map(({ revocation }) => revocation);
    assert.deepEqual(await statuses('revoked'), ['yes', 'no', null]);
    assert.deepEqual(await statuses('good-p256'), Array(2).fill('not checked (no CRL)').concat(null));
    assert.match((await statuses('crl-expired'))[0] ?? '', /^unknown: the CRL/);
  });

  test('says why it does not end at a trust anchor', async () => {
    assert.equal(pathGap(await verified('good-p256')), null);
    assert.deepEqual(pathGap(await verified('self-signed'))?.selfIssued, true);
    const missing = pathGap(await verified('missing-intermediate'));
    assert.deepEqual(
      [missing?.issuer, missing?.sameNameSent, missing?.unreadableSent],
      ['pagetls Test Intermediate', false, false],
    );
    const unread = pathGap(await verified('unreadable-intermediate'));
    assert.deepEqual([unread?.sameNameSent, unread?.unreadableSent], [false, true]);
    assert.equal(pathGap(await verified('wrong-intermediate'))?.sameNameSent, true);
  });

  test('assigns a problem to its certificate, which is among those sent if it cannot be read', async () => {
    const verification = await verified('unreadable-intermediate');
    assert.deepEqual(
      verification.problems.map((problem) => locateProblem(problem, verification).where),
      ['certificate 0, leaf', 'sent as number 2'],
    );
    assert.ok(
      pathSteps(verification).every(({ problems }) => problems.every(({ code }) => code !== 'ERR_TLS_CERT_PARSE')),
    );
    const none = await verified('not-a-certificate');
    assert.deepEqual(pathSteps(none), []);
    assert.deepEqual(
      sentCertificates(none).map(({ use }) => use),
      ['not used: cannot be read', 'not verified'],
    );
  });
});

test('an unusual RSA exponent is shown, in hexadecimal if it is long', () => {
  const key = { type: 'RSA', oid: '1.2.840.113549.1.1.1', bits: 2048, spkiSha256: '' };
  assert.equal(keyText({ ...key, exponent: 65537 }), 'RSA 2048 bits');
  assert.equal(keyText({ ...key, exponent: 3 }), 'RSA 2048 bits, exponent 3');
  assert.equal(keyText({ ...key, exponent: '18446744073709551615' }), 'RSA 2048 bits, exponent 18446744073709551615');
  assert.equal(keyText({ ...key, exponent: '0x010000000000000001' }), 'RSA 2048 bits, exponent 0x010000000000000001');
});

test('a record with an invalid tag was altered in transit, unless the server never spoke TLS', () => {
  const request = { ...blankRequest({ bridge: '', targets: {}, system: false }), address: 'a.example' };
  /** @param {string | null} received */
  const said = (received) => {
    const recording = newRecording();
    const bytes = Buffer.from(received ?? '', 'latin1');
    if (received !== null) recording.chunks.push({ direction: 'received', at: 0, bytes });
    const error = new TLSError('ERR_TLS_BAD_RECORD', undefined, { native: { code: -1, text: 'no matter' } });
    return outcome({ request, info: null, verification: null, error, recording }).sentence;
  };
  assert.match(said('\x16\x03\x03\x00\x01\x02'), /a record was altered in transit\.$/);
  for (const other of ['HTTP/1.1 400 Bad Request', '\x16\x02', '']) {
    assert.match(said(other), /^The answer of a\.example is not valid TLS\.$/);
  }
});

/* --- validity ------------------------------------------------------------------------- */

describe('the validity timeline', () => {
  const usual = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-12-31T00:00:00Z' };
  /** @param {string} time */
  const at = (time) => validityTimeline(usual, new Date(time));

  test('has the verification time at its position', () => {
    const within = validityTimeline(usual, NOW);
    assert.ok(within.bar && within.bar.from < within.now && within.now < within.bar.to);
    assert.deepEqual([within.state, within.broken], ['good', false]);
    assert.match(
      within.description,
      /^Valid from 1 Jan 2026 to 31 Dec 2026, 364 days\. At 15 Jun 2026: 198 days left\.$/,
    );
    const early = at('2025-06-01T00:00:00Z');
    assert.ok(early.bar && early.now < early.bar.from);
    assert.match(early.description, /becomes valid in 214 days/);
    const late = at('2027-06-01T00:00:00Z');
    assert.ok(late.bar && late.now > late.bar.to && late.bar.to < 100);
    assert.equal(late.state, 'bad');
  });

  test('is broken if the verification time is far off', () => {
    for (const time of ['1990-01-01T00:00:00Z', '2090-01-01T00:00:00Z']) {
      const far = at(time);
      assert.ok(far.bar && far.broken && far.bar.to - far.bar.from > 40 && far.now > 0 && far.now < 100);
    }
  });

  test('has at most 6 ticks, from an hour to ten thousand years', () => {
    const from = Date.parse('2026-05-31T22:00:00Z');
    for (let length = 3_600_000; from + length < Date.parse('9999-01-01T00:00:00Z'); length *= 1.7) {
      const validity = { notBefore: new Date(from).toISOString(), notAfter: new Date(from + length).toISOString() };
      const { ticks, bar } = validityTimeline(validity, new Date(from + length / 3));
      assert.ok(bar && ticks.length <= 6, `${ticks.length} ticks`);
      assert.ok(ticks.every(({ at: place }) => place >= 0 && place <= 100));
      assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length);
    }
  });

  test('marks a certificate without an end, with its end before its start, or with unreadable dates', () => {
    const endless = validityTimeline({ ...usual, notAfter: '9999-12-31T23:59:59Z' }, NOW);
    assert.deepEqual([endless.state, endless.status], ['good', 'no well-defined end']);
    const turned = validityTimeline({ notBefore: usual.notAfter, notAfter: usual.notBefore }, NOW);
    assert.deepEqual([turned.bar, turned.status], [null, 'it ends before it starts']);
    assert.equal(validityTimeline({ ...usual, notAfter: '261399999999Z' }, NOW).state, 'unknown');
  });
});
