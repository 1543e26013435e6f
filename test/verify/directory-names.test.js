/** Distinguished names in strings of different types: as issuers, and under name constraints. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { nameConstraints } from '../../certs/extensions.js';
import { chain, HOST, problemsOf, verificationInput, verify } from '../helpers/chains.js';
import { names } from './rules/vector.js';

/** @typedef {(text: string) => Uint8Array} StringType */

/** @type {Record<string, StringType>} */
const ASCII_TYPES = {
  UTF8String: der.utf8String,
  PrintableString: der.printableString,
  IA5String: der.ia5String,
  BMPString: der.bmpString,
  UniversalString: der.universalString,
  T61String: der.t61String,
};

/** @type {Record<string, StringType>} */
const UNICODE_TYPES = {
  UTF8String: der.utf8String,
  BMPString: der.bmpString,
  UniversalString: der.universalString,
};

/**
 * Two strings of different types that are equal.
 * @type {{ what: string, one: Uint8Array, other: Uint8Array }[]}
 */
const EQUAL = [
  ...pairs(ASCII_TYPES).map(([one, other]) => ({
    what: `${one} and ${other}`,
    one: ASCII_TYPES[one]('Acme Works'),
    other: ASCII_TYPES[other]('ACME  works '),
  })),
  ...pairs(UNICODE_TYPES).map(([one, other]) => ({
    what: `${one} and ${other}, beyond ASCII`,
    one: UNICODE_TYPES[one]('Ärzte Ωμέγα Ёлка 東京'),
    other: UNICODE_TYPES[other]('äRZTE ωΜΈΓΑ ёЛКА 東京'),
  })),
  { what: 'T61String and UTF8String', one: der.t61String('Ärzte'), other: der.utf8String('Ärzte') },
  { what: 'UTF8String and T61String', one: der.utf8String('ärzte'), other: der.t61String('Ärzte') },
  { what: 'a no-break space', one: der.utf8String('Acme\u00a0Works'), other: der.bmpString('Acme Works') },
];

/** Two strings that Unicode may regard as equal. @type {{ what: string, one: Uint8Array, other: Uint8Array }[]} */
const UNCERTAIN = [
  { what: 'decomposed characters', one: der.utf8String('Café'), other: der.bmpString('Cafe\u0301') },
  { what: 'full case folding', one: der.utf8String('Straße'), other: der.utf8String('STRASSE') },
  { what: 'an invisible character', one: der.utf8String('Ac\u00adme'), other: der.utf8String('Acme') },
  { what: 'a compatibility character', one: der.utf8String('Ａcme'), other: der.printableString('Acme') },
  { what: 'T.61 accents', one: der.t61String('\xc8arzte'), other: der.utf8String('Ärzte') },
  { what: 'invalid UTF-8', one: der.tlv(0x0c, Uint8Array.of(0xc4, 0x41)), other: der.utf8String('ÄA') },
  { what: 'another type', one: der.octetString(Buffer.from('Acme')), other: der.utf8String('Acme') },
].flatMap(({ what, one, other }) => [
  { what, one, other },
  { what: `${what}, the other way round`, one: other, other: one },
]);

/** @typedef {Record<string, string | Uint8Array>[]} Rdns */

/** @param {Record<string, StringType>} types @returns {[string, string][]} */
function pairs(types) {
  const all = Object.keys(types);
  return all.flatMap((one) =>
    all.filter((other) => other !== one).map((other) => /** @type {[string, string]} */ ([one, other])),
  );
}

/** @param {Uint8Array} O @returns {Rdns} */
const organization = (O) => [{ C: 'NL' }, { O }];

/** @param {import('../helpers/chains.js').Changes} changes @returns {Promise<string[]>} problems, the same in each profile */
async function problems(changes) {
  const input = verificationInput(chain(changes));
  const [webpki, rfc5280] = [await verify(input, 'webpki'), await verify(input, 'rfc5280')];
  assert.deepEqual(problemsOf(webpki), problemsOf(rfc5280));
  assert.equal(webpki.ok, webpki.problems.length === 0);
  return problemsOf(webpki).map((problem) => problem.replace('ERR_TLS_CERT_', ''));
}

describe('an issuer is found by its name', () => {
  for (const { what, one, other } of EQUAL) {
    test(`${what}`, async () => {
      const subject = [...organization(one), { CN: 'CA' }];
      const issuer = [...organization(other), { CN: der.bmpString('ca') }];
      assert.deepEqual(await problems({ intermediate: { subject }, leaf: { issuer } }), []);
      assert.deepEqual(await problems({ root: { subject }, intermediate: { issuer } }), []);
    });
  }

  for (const { what, one, other } of UNCERTAIN) {
    test(`and is not, if the names are uncertain: ${what}`, async () => {
      const change = { intermediate: { subject: organization(one) }, leaf: { issuer: organization(other) } };
      assert.deepEqual(await problems(change), ['0: NOT_TRUSTED']);
      assert.deepEqual(await problems({ intermediate: { subject: organization(one) } }), []);
    });
  }

  test('in which attributes of an RDN have another order', async () => {
    const subject = [{ O: 'Acme', OU: 'Works' }];
    const issuer = [{ O: der.universalString('Acme'), OU: 'Works' }];
    assert.deepEqual(await problems({ intermediate: { subject }, leaf: { issuer } }), []);
  });
});

/**
 * The name of a leaf, as its subject and as an alternative name, below a CA with a constraint on names.
 * @param {{ permitted?: Uint8Array, excluded?: Uint8Array }} constraint an organization
 * @param {Uint8Array} O the leaf's
 */
async function problemsBelow({ permitted, excluded }, O) {
  const tree = (/** @type {Uint8Array | undefined} */ one) => (one ? [{ dirName: organization(one) }] : []);
  const extensions = { nameConstraints: nameConstraints({ permitted: tree(permitted), excluded: tree(excluded) }) };
  const name = [...organization(O), { CN: HOST }];
  const asSubject = await problems({ intermediate: { extensions }, leaf: { subject: name } });
  const asAlternative = await problems({
    intermediate: { extensions },
    leaf: {
      subject: permitted ? organization(permitted) : [{ C: 'BE' }],
      extensions: names({ dns: HOST }, { dirName: name }),
    },
  });
  assert.deepEqual(asSubject, asAlternative);
  return asSubject;
}

describe('a directory name under name constraints', () => {
  for (const { what, one, other } of EQUAL) {
    test(`is compared as Unicode: ${what}`, async () => {
      assert.deepEqual(await problemsBelow({ excluded: one }, other), ['0: NAME_EXCLUDED']);
      assert.deepEqual(await problemsBelow({ permitted: one }, other), []);
    });
  }

  for (const { what, one, other } of UNCERTAIN) {
    test(`cannot be checked if it is uncertain: ${what}`, async () => {
      assert.deepEqual(await problemsBelow({ excluded: one }, other), ['0: NAME_UNCHECKABLE']);
      assert.deepEqual(await problemsBelow({ permitted: one }, other), ['0: NAME_UNCHECKABLE']);
    });
  }

  test('is certainly different if it differs before what is uncertain, or in another attribute', async () => {
    const street = der.utf8String('Straße');
    assert.deepEqual(await problemsBelow({ excluded: der.bmpString('Acme') }, street), []);
    assert.deepEqual(await problemsBelow({ excluded: street }, der.t61String('\xc8arzte')), ['0: NAME_UNCHECKABLE']);
    const extensions = { nameConstraints: nameConstraints({ excluded: [{ dirName: [{ C: 'DE' }, { O: street }] }] }) };
    const subject = organization(der.utf8String('STRASSE'));
    assert.deepEqual(await problems({ intermediate: { extensions }, leaf: { subject } }), []);
  });

  test('is permitted if one of several subtrees certainly permits it', async () => {
    const permitted = [der.utf8String('STRASSE'), der.utf8String('Straße')].map((O) => ({ dirName: organization(O) }));
    const change = { intermediate: { extensions: { nameConstraints: nameConstraints({ permitted }) } } };
    const subject = organization(der.bmpString('Straße'));
    assert.deepEqual(await problems({ ...change, leaf: { subject } }), []);
  });

  test('costs more comparisons the longer it is', async () => {
    const text = 'x'.repeat(20_000);
    const tree = { dirName: organization(der.utf8String(text)) };
    const few = nameConstraints({ excluded: Array(10).fill(tree) });
    const many = nameConstraints({ excluded: Array(220).fill(tree) });
    const subject = organization(der.bmpString(`${text}y`));
    const leaf = { subject, extensions: names({ dns: HOST }, ...Array(6).fill({ dirName: subject })) };
    assert.deepEqual(await problems({ intermediate: { extensions: { few } }, leaf }), []);
    assert.deepEqual(await problems({ intermediate: { extensions: { many } }, leaf }), [
      '0: NAME_CONSTRAINTS_TOO_MANY',
    ]);
  });
});
