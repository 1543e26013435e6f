/**
 * Writes the seeds of every fuzz target: the certificates of certs/ in the input format of fuzz.h.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createIssuer } from '../../certs/build.js';
import { concat, constructed, integer, oid, pem, sequence, set } from '../../certs/der.js';
import { nameConstraints, subjectAltName } from '../../certs/extensions.js';
import { keyStore } from '../../certs/keys.js';
import { encodeName } from '../../certs/names.js';
import { PROFILES } from '../../certs/profiles.js';
import { encodeRoots } from '../../scripts/roots-file.js';
import { identityInputs } from './identity-seeds.js';
import { encodeInput } from './input.js';
import { CHAINS, NAMES } from './chains.js';
import { tlsSeeds } from './tls-seeds.js';

/** @typedef {import('../../certs/profile.js').Profile} Profile */

/** Longer certificates slow the fuzzer down without covering more. */
const MAX_CERTIFICATE_BYTES = 8192;

/** The folder of seeds of each target. */
export const SEEDS = {
  fuzz_chain: 'chain',
  fuzz_chain_signed: 'chain',
  fuzz_crl: 'crl',
  fuzz_names: 'names',
  fuzz_describe: 'describe',
  fuzz_pem: 'pem',
  fuzz_identity: 'identity',
  fuzz_aead: 'aead',
  fuzz_public_key: 'public-key',
  fuzz_tls: 'tls',
};

/** @param {string} text */
const bytes = (text) => new Uint8Array(Buffer.from(text, 'latin1'));

/** @typedef {{ id: string, sent: Uint8Array[], anchors: Uint8Array[], crls: Uint8Array[], hostname: string }} Chain */

/** @param {Profile} profile @param {ReturnType<typeof createIssuer>} issuing @returns {Promise<Chain>} */
async function issueChain(profile, { issue, issueCrl }) {
  const certificates = (/** @type {string[]} */ names) =>
    Promise.all(names.map(async (name) => (await issue(profile, name)).der));
  return {
    id: profile.id,
    sent: await certificates(profile.server.chain),
    anchors: await certificates(profile.trust),
    crls: await Promise.all(profile.crls.map((crl) => issueCrl(profile, crl))),
    hostname: profile.hostname,
  };
}

/** @param {Chain} chain @param {number} profile @returns {[name: string, input: Uint8Array]} */
function chainInput({ id, sent, anchors, crls, hostname }, profile) {
  const records = [
    ...sent.map((der) => /** @type {const} */ (['C', der])),
    ...anchors.map((der) => /** @type {const} */ (['A', der])),
    ...crls.map((der) => /** @type {const} */ (['L', der])),
    /** @type {const} */ (['H', bytes(hostname)]),
  ];
  return [`${id}-${profile}`, encodeInput(records, [profile, 0, 0, 0])];
}

/** @returns {[name: string, input: Uint8Array][]} each name constraint alone, and all of them, with names */
function nameInputs() {
  const subject = encodeName([{ C: 'NL' }, { O: 'Example' }, { emailAddress: 'root@mail.example.com' }]);
  const { permitted, excluded, present, misleading } = NAMES;
  const constraints = [
    { permitted, excluded },
    ...permitted.map((one) => ({ permitted: [one] })),
    ...excluded.map((one) => ({ excluded: [one] })),
  ];
  const hosts = [
    'www.example.com',
    'a.test',
    '192.0.2.7',
    '[2001:db8::7]',
    'a.example.com.',
    'xn--bcher-kva.example',
    '0x7f.1',
  ];
  return constraints.map((trees, i) => {
    const records = /** @type {const} */ ([
      ['N', nameConstraints(trees).value],
      ['S', i % 4 === 3 ? sequence() : subjectAltName(i % 4 === 1 ? misleading : present).value],
      ['D', subject],
      ['H', bytes(hosts[i % hosts.length])],
    ]);
    return [`names-${i}`, encodeInput(i % 4 === 2 ? [records[0], records[2]] : [...records])];
  });
}

/** @param {Uint8Array[]} certificates @param {Uint8Array[]} crls @returns {Uint8Array} PKCS#7 SignedData without signatures */
function pkcs7(certificates, crls) {
  const sets = [constructed(0, ...certificates), ...(crls.length > 0 ? [constructed(1, ...crls)] : [])];
  const signed = sequence(integer(1), set(), sequence(oid('1.2.840.113549.1.7.1')), ...sets, set());
  return sequence(oid('1.2.840.113549.1.7.2'), constructed(0, signed));
}

/** @param {Uint8Array} der a certificate @returns {Uint8Array} with trust settings of OpenSSL */
function trusted(der) {
  const purposes = sequence(oid('1.3.6.1.5.5.7.3.1'));
  return concat(der, sequence(purposes, constructed(0, oid('1.3.6.1.5.5.7.3.2'))));
}

/** @param {Chain} chain @param {number} i @returns {[name: string, input: Uint8Array][]} */
function pemInputs({ id, sent, crls }, i) {
  const blocks = [...sent.map((der) => pem('CERTIFICATE', der)), ...crls.map((der) => pem('X509 CRL', der))];
  const text = `Before\n${blocks.join('between\r\n')}after`;
  /** @type {[name: string, input: Uint8Array][]} */
  const others = [
    [`${id}-p7b`, pkcs7(sent, crls)],
    [`${id}-p7b-pem`, bytes(pem('PKCS7', pkcs7(sent, crls)))],
    [`${id}-trusted`, bytes(pem('TRUSTED CERTIFICATE', trusted(sent[0])))],
    [`${id}-json`, bytes(JSON.stringify({ ca: text }))],
    [`${id}-damaged`, bytes(text.replaceAll('-----BEGIN', '----BEGIN').replace('between', '-----BEGIN X-----'))],
    [`${id}-der`, concat(...sent, bytes('\r\n'))],
  ];
  return [[id, bytes(text)], others[i % others.length]];
}

/** @returns {[name: string, input: Uint8Array][]} each cipher with lengths around its block sizes, one-shot and in pieces */
function aeadInputs() {
  const lengths = [0, 1, 16, 64, 113, 129, 257, 600];
  return [0, 1, 2, 3, 4].flatMap((algorithm) =>
    lengths.map((length, i) => {
      const header = [algorithm, i, i, 12, 16, i, 1, 0, i % 2, 0, i * 9, i];
      const content = Array.from({ length: 64 + 12 + 4 * i + 1 + length }, (_, at) => (at * 37 + i) & 0xff);
      return [`aead-${algorithm}-${length}`, Uint8Array.from([...header, ...content])];
    }),
  );
}

/** Each operation with each curve or field, without corruption; numbers are a byte pattern. @returns {[string, Uint8Array][]} */
function publicKeyInputs() {
  const operations = /** @type {const} */ ([
    ['multiply', 0],
    ['verify', 3],
    ['power', 6],
    ['field', 20],
  ]);
  return operations.flatMap(([name, first]) =>
    [0, 1, 3, 4].map((curve) => {
      const rest = Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? 7 : (i * 37 + curve) & 0xff));
      return /** @type {[string, Uint8Array]} */ ([`${name}-${curve}`, Uint8Array.from([first, curve, ...rest])]);
    }),
  );
}

/**
 * @param {string} folder where to write one folder for each value of SEEDS
 * @param {string} keys folder of the private keys
 */
export async function writeSeeds(folder, keys) {
  const issuing = createIssuer(keyStore(keys));
  const all = await Promise.all([...PROFILES, ...CHAINS].map((profile) => issueChain(profile, issuing)));
  const chains = all.filter(({ sent }) => sent.every((der) => der.length < MAX_CERTIFICATE_BYTES));
  const certificates = new Map(chains.flatMap(({ id, sent }) => sent.map((der, i) => [`${id}-${i}`, der])));
  const listed = chains.slice(0, 3).map(({ sent: [der] }) => ({ der, distrustAfter: new Date('2026-05-01') }));
  const withCrls = chains.filter(({ crls }) => crls.length > 0);
  /** @type {Record<string, [name: string, input: Uint8Array][]>} */
  const seeds = {
    chain: chains.map((one, i) => chainInput(one, i < PROFILES.length ? i % 3 : 0)),
    crl: [0, 1, 2].flatMap((profile) => withCrls.map((one) => chainInput(one, profile))),
    names: nameInputs(),
    describe: [...certificates].map(([name, der]) => [name, encodeInput([['C', der]])]),
    pem: chains
      .slice(0, 12)
      .flatMap(pemInputs)
      .concat([
        ['der', chains[0].sent[0]],
        ['roots', encodeRoots({ version: '1.0', date: '2026-05-01', roots: listed })],
      ]),
    identity: identityInputs(chains[0].sent[0]),
    aead: aeadInputs(),
    'public-key': publicKeyInputs(),
    tls: (await tlsSeeds(issuing)).map(({ name, input }) => [name, input]),
  };
  await rm(folder, { recursive: true, force: true });
  for (const [target, inputs] of Object.entries(seeds)) {
    await mkdir(join(folder, target), { recursive: true });
    for (const [name, input] of inputs) await writeFile(join(folder, target, name), input);
  }
}
