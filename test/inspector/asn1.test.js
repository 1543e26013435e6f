/** The inspector's ASN.1 parser, compared with OpenSSL's, on valid, malformed and hostile input. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { MAX_DEPTH, MAX_NODES, parseAsn1, walk } from '../../inspector/src/model/asn1.js';
import { dottedOid, oidNameOf } from '../../inspector/src/model/oids.js';
import { publicKeyParts } from '../../inspector/src/model/public-key.js';
import { whyUnreadable } from '../../inspector/src/model/unreadable.js';
import { inProject } from '../../scripts/run.js';
import { derOf, hex, malformedCertificates, openssl, wellFormedCertificates } from '../helpers/certificates.js';
import { pki } from '../helpers/pki.js';

/** @typedef {import('../../inspector/src/model/asn1.js').Asn1Node} Asn1Node */

/** Our names of types by OpenSSL's. @type {Record<string, string>} */
const TYPES = {
  OBJECT: 'OBJECT IDENTIFIER',
  UTF8STRING: 'UTF8String',
  PRINTABLESTRING: 'PrintableString',
  T61STRING: 'TeletexString',
  IA5STRING: 'IA5String',
  NUMERICSTRING: 'NumericString',
  BMPSTRING: 'BMPString',
  UNIVERSALSTRING: 'UniversalString',
  VISIBLESTRING: 'VisibleString',
  GENERALIZEDTIME: 'GeneralizedTime',
  UTCTIME: 'UTCTime',
};

/**
 * Output of `openssl asn1parse`, one element per line: offset, depth, header length, content length, kind and type.
 * @param {Uint8Array} bytes
 * @param {string[]} [args]
 */
async function asn1parse(bytes, args = []) {
  const text = await openssl(['asn1parse', '-inform', 'DER', ...args], bytes);
  return [
    ...text.matchAll(
      /^ *(\d+):d=(\d+) +hl=(\d+) l= *(\d+|inf) +(prim|cons): ([a-z]+ \[ \d+ \]|[A-Z0-9 ]*[A-Z0-9])(?![A-Z])/gm,
    ),
  ]
    .map(([, offset, depth, header, length, kind, type]) => {
      const tag = /^(cont|appl|priv) \[ (\d+) \]$/.exec(type);
      const prefix = { cont: '', appl: 'APPLICATION ', priv: 'PRIVATE ' }[tag?.[1] ?? ''] ?? '';
      const name = tag ? `[${prefix}${tag[2]}]` : (TYPES[type] ?? type);
      return `${offset} ${depth} ${header} ${length} ${kind} ${name}`;
    })
    .filter((line) => !line.endsWith(' EOC'));
}

/** The same for our tree, without what strings encapsulate. @param {Asn1Node} node @param {number} [depth] @returns {string[]} */
function linesOf(node, depth = 0) {
  const { offset, header, length, constructed, name, encapsulates, children, remark } = node;
  const declared = remark === 'indefinite length' ? 'inf' : length;
  const line = `${offset} ${depth} ${header} ${declared} ${constructed ? 'cons' : 'prim'} ${name}`;
  return [line, ...(encapsulates ? [] : children.flatMap((child) => linesOf(child, depth + 1)))];
}

/** Checks the invariants of every tree. @param {Asn1Node} root @param {Uint8Array} bytes */
function assertConsistent(root, bytes) {
  let nodes = 0;
  /** @param {Asn1Node} node @param {number} depth */
  const check = (node, depth) => {
    nodes++;
    assert.ok(depth <= MAX_DEPTH);
    assert.ok(node.offset >= 0 && node.end <= bytes.length && node.offset + node.header + node.length <= node.end);
    assert.equal(node.content.length, node.length);
    assert.ok((node.value?.length ?? 0) < 2500, `${node.value?.length} characters`);
    let at = node.offset;
    for (const child of node.children) {
      assert.ok(child.offset >= at && child.end <= node.end && child.end > child.offset);
      at = child.end;
      check(child, depth + 1);
    }
  };
  check(root, 0);
  assert.ok(nodes <= MAX_NODES + MAX_DEPTH + 1, `${nodes} nodes`);
}

describe('the ASN.1 parser', () => {
  test('agrees with openssl asn1parse on every certificate', async () => {
    assert.ok(wellFormedCertificates.size > 200);
    for (const [label, bytes] of wellFormedCertificates) {
      const root = parseAsn1(bytes);
      assert.deepEqual(linesOf(root), await asn1parse(bytes), label);
      assert.deepEqual(
        [...walk(root)].filter(({ error, remark }) => error ?? remark),
        [],
        label,
      );
    }
  });

  test('agrees with it on BER too, and reports what is not DER', async () => {
    const samples = [
      [0x30, 0x80, 0x02, 0x01, 0x05, 0x00, 0x00],
      [0x24, 0x80, 0x04, 0x02, 0x41, 0x42, 0x04, 0x01, 0x43, 0x00, 0x00],
      [0x30, 0x81, 0x03, 0x02, 0x01, 0x05],
      [0x30, 0x80, 0x30, 0x80, 0x05, 0x00, 0x00, 0x00, 0x02, 0x01, 0x07, 0x00, 0x00],
      [0x7f, 0x81, 0x05, 0x03, 0x02, 0x01, 0x05],
    ];
    for (const sample of samples) {
      const bytes = Uint8Array.from(sample);
      const root = parseAsn1(bytes);
      assert.deepEqual(linesOf(root), await asn1parse(bytes), hex(bytes));
      assertConsistent(root, bytes);
      assert.equal(
        [...walk(root)].some(({ error }) => error !== null),
        false,
        hex(bytes),
      );
    }
    assert.equal(parseAsn1(Uint8Array.of(0x30, 0x81, 0x00)).remark, 'the length is not in its shortest form');
  });

  test('finds DER inside strings where openssl -strparse finds it', async () => {
    const bytes = derOf(pki('good-rich').leaf);
    const found = [...walk(parseAsn1(bytes))].filter(({ encapsulates }) => encapsulates);
    assert.ok(found.length > 8);
    for (const { offset, header, children, tag } of found) {
      const inside = offset + header + (tag === 3 ? 1 : 0);
      const lines = children
        .flatMap((child) => linesOf(child))
        .map((line) => line.replace(/^\d+/, (n) => String(Number(n) - inside)));
      assert.deepEqual(lines, await asn1parse(bytes, ['-strparse', String(offset)]), `at ${offset}`);
    }
  });

  test('describes values', () => {
    /** @param {Uint8Array} bytes */
    const described = (bytes) => {
      const { value, error, remark } = parseAsn1(bytes);
      return [value, error ?? remark].filter((one) => one !== null);
    };
    assert.deepEqual(described(der.integer(65537)), ['65537 (hex 01 00 01)']);
    assert.deepEqual(described(der.integer(-129)), ['-129 (hex FF 7F)']);
    assert.deepEqual(described(der.integer(2n ** 71n)), ['10 octets: 00 80 00 00 00 00 00 00 00 00']);
    assert.deepEqual(described(Uint8Array.of(2, 2, 0, 1)), ['1 (hex 00 01)', 'not in the fewest octets']);
    assert.deepEqual(described(Uint8Array.of(2, 0)), ['empty', 'at least one octet expected']);
    assert.deepEqual(described(der.boolean(true)), ['TRUE']);
    assert.deepEqual(described(Uint8Array.of(1, 1, 1)), ['TRUE', 'TRUE is FF in DER, not 01']);
    assert.deepEqual(described(der.nullValue()), ['']);
    assert.deepEqual(described(der.oid('1.2.840.113549.1.1.11')), ['1.2.840.113549.1.1.11 (sha256WithRSAEncryption)']);
    assert.deepEqual(described(Uint8Array.of(6, 2, 0x80, 1)), ['80 01', 'not a valid object identifier']);
    assert.deepEqual(described(der.utf8String('Zoë')), ['“Zoë”']);
    assert.deepEqual(described(der.tlv(12, Uint8Array.of(0xff))), ['“ÿ”', 'not valid UTF-8']);
    assert.deepEqual(described(der.printableString('a@b')), ['“a@b”', 'a character not allowed in PrintableString']);
    assert.deepEqual(described(der.tlv(30, Uint8Array.of(0, 0x5a, 0x20, 0xac))), ['“Z€”']);
    assert.deepEqual(described(der.utcTime('491231235959Z')), ['2049-12-31 23:59:59 UTC']);
    assert.deepEqual(described(der.utcTime('500101000000Z')), ['1950-01-01 00:00:00 UTC']);
    assert.deepEqual(described(der.utcTime('230230000000Z')), ['“230230000000Z”', 'not a valid time in UTC']);
    assert.deepEqual(described(der.generalizedTime('20500101000000Z')), ['2050-01-01 00:00:00 UTC']);
    assert.equal(
      described(der.generalizedTime('20500101000000.5Z'))[1],
      'DER times have seconds, and no fractions of them',
    );
    assert.deepEqual(described(der.bitString(Uint8Array.of(0xa0), 5)), ['3 bits, 5 unused: A0']);
    assert.deepEqual(described(der.tlv(3, Uint8Array.of(9, 0))), ['09 00', 'invalid number of unused bits: 9']);
    assert.deepEqual(described(der.primitive(6, Buffer.from('http://a/'))), ['9 octets: “http://a/”']);
  });

  test('writes object identifiers in dotted notation', () => {
    for (const dotted of [
      '0.9.2342.19200300.100.1.25',
      '1.3.101.112',
      '2.999.1',
      '2.25.329800735698586629295641978511506172918',
      '1.39.0',
    ]) {
      assert.equal(dottedOid(der.oidContent(dotted)), dotted);
    }
    assert.equal(dottedOid(new Uint8Array(0)), null);
    assert.equal(dottedOid(Uint8Array.of(0x81)), null);
  });

  test('names each object identifier as the TLS client does', () => {
    const source = readFileSync(inProject('wasm', 'x509', 'oid.c'), 'utf8');
    const pairs = [...source.matchAll(/\{ "([\d.]+)", "([^"]+)" \}/g)];
    assert.ok(pairs.length > 80);
    for (const [, oid, name] of pairs) assert.equal(oidNameOf(oid), name, oid);
  });

  test('reports errors in DER with their offset', () => {
    /** @param {number[]} octets */
    const firstError = (...octets) => {
      const node = [...walk(parseAsn1(Uint8Array.from(octets)))].find(({ error }) => error !== null);
      return node && `${node.offset}: ${node.error}`;
    };
    assert.equal(firstError(), '0: empty');
    assert.equal(firstError(0x30), '0: cut short before the length');
    assert.equal(firstError(0x30, 0x05, 0x02, 0x01, 0x00), '0: its length is 5 octets, but only 3 follow');
    assert.equal(firstError(0x30, 0x03, 0x02, 0x01, 0x00, 0x04), '5: cut short before the length');
    assert.equal(firstError(0x30, 0x82, 0x01), '0: the length is cut short');
    assert.equal(firstError(0x30, 0xff), '0: the length begins with FF, which is reserved');
    assert.equal(firstError(0x04, 0x80, 0x00, 0x00), '0: a primitive element needs a definite length');
    assert.equal(firstError(0x30, 0x80, 0x05, 0x00), '0: end-of-contents octets are missing');
    assert.equal(firstError(0x30, 0x02, 0x00, 0x00), '2: end-of-contents octets without an indefinite length');
    assert.equal(firstError(0x1f, 0x81, 0x81, 0x81, 0x81, 0x01), '0: the tag number is longer than 4 octets');
    assert.equal(firstError(0x10, 0x00), '0: SEQUENCE must be constructed');
    assert.equal(firstError(0x22, 0x00), '0: INTEGER must be primitive');
    assert.equal(
      firstError(0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00),
      '0: the length is out of range',
    );
  });

  test('parses altered and truncated certificates without throwing', () => {
    const seeds = [...wellFormedCertificates.values(), ...malformedCertificates.values()].filter(
      (_, i) => i % 12 === 0,
    );
    assert.ok(seeds.length > 15);
    const kinds = [{ exponent: 65537 }, { curve: 'P-256' }, {}].map((kind) => ({
      type: '',
      oid: '',
      spkiSha256: '',
      ...kind,
    }));
    for (const bytes of seeds) {
      for (let i = 0; i < 120; i++) {
        const key = kinds[Math.floor(i / 3) % kinds.length];
        const changed = i % 3 === 0 ? bytes.slice(0, Math.floor((bytes.length * i) / 120)) : bytes.slice();
        const noise = randomBytes(8);
        for (let n = 0; n < i % 5 && changed.length > 0; n++)
          changed[noise.readUInt16BE(n) % changed.length] = noise[n + 3];
        try {
          assertConsistent(parseAsn1(changed), changed);
          assert.equal(typeof whyUnreadable(null, changed), 'string');
          assert.ok(Array.isArray(publicKeyParts({ der: changed, publicKey: key })));
        } catch (error) {
          /** @type {Error} */ (error).message += `\n${hex(changed)}`;
          throw error;
        }
      }
    }
  });

  test('takes less than 2 s for hostile input', () => {
    /** @param {number} count @param {number[]} unit */
    const many = (count, ...unit) => Uint8Array.from({ length: count * unit.length }, (_, i) => unit[i % unit.length]);
    const surrogates = Uint8Array.from({ length: 8000 }, (_, i) => [0xf0, 0x9f, 0x98, 0x80][i % 4]);
    let nested = der.octetString(Uint8Array.of(0x30, 0));
    for (let i = 0; i < 200; i++) nested = der.octetString(der.sequence(nested, der.nullValue()));
    const samples = [
      many(500_000, 0x30, 0x80),
      many(500_000, 0x30, 0),
      many(500_000, 5, 0),
      many(300_000, 0x24, 0x80, 4),
      nested,
    ];
    samples.push(der.tlv(1, new Uint8Array(5000)), der.tlv(12, surrogates));
    samples.push(der.octetString(many(400_000, 0x30, 0)), der.sequence(der.utf8String('x'.repeat(1_000_000))));
    for (const bytes of samples) {
      const started = performance.now();
      assertConsistent(parseAsn1(bytes), bytes);
      const took = performance.now() - started;
      assert.ok(took < 2000, `${took} ms for ${hex(bytes.subarray(0, 8))}…`);
    }
  });
});
