/** The lab's cases: every profile of the test PKI, failing handshakes, and tampering in transit. */
import { isIP } from 'node:net';
import { FIELD_CASES } from '../../certs/coverage/errors.js';
import { FLAG_CASES } from '../../certs/coverage/flags.js';
import { CLOCK, PROFILES } from '../../certs/profiles.js';
import { ERRORS } from '../../messages/errors.js';
import { FAILURES } from '../../messages/failures.js';
import { FLAGS } from '../../messages/flags.js';
import { fixOf } from '../../messages/problems.js';
import { FIELDS } from '../../messages/unreadable.js';
import { HANDSHAKES, RELAYED } from './handshakes.js';
import { keywordsOf } from './keywords.js';

/** @typedef {import('../../inspector/src/types.js').LabCase} LabCase */
/** @typedef {import('../../certs/profile.js').Profile} Profile */
/** @typedef {import('./handshakes.js').Handshake} Handshake */

/** A case without the results of OpenSSL and GnuTLS. @typedef {Omit<LabCase, 'opinions'>} Declared */

const VALID = 'Valid';
const UNREADABLE = 'Unreadable';
const NO_CONNECTION = 'No connection';
const TAMPERED = 'Tampered with in transit';

/** The rules and flags of each group. A case belongs to the group of its first rule listed here, else of its first flag. @type {Record<string, string[]>} */
const GROUPS = {
  'Dates and names': ['BADCERT_EXPIRED', 'BADCERT_FUTURE', 'BADCERT_CN_MISMATCH'],
  'Trust and CAs': ['BADCERT_NOT_TRUSTED', 'BADCERT_OTHER'],
  Revocation: [
    ...['BADCERT_REVOKED', 'BADCRL_EXPIRED', 'BADCRL_FUTURE', 'BADCRL_NOT_TRUSTED', 'BADCRL_BAD_MD', 'BADCRL_BAD_PK'],
  ],
  'Strength and usage': [
    ...['BADCERT_BAD_KEY', 'BADCERT_BAD_MD', 'BADCERT_BAD_PK', 'BADCERT_KEY_USAGE', 'BADCERT_EXT_KEY_USAGE'],
  ],
  Malformed: [
    ...['VERSION', 'TIME_UNREADABLE', 'ALGORITHM_MISMATCH', 'DUPLICATE_EXTENSION', 'EXTENSION_MALFORMED'],
    'SAN_MALFORMED',
  ],
};

/** Page order. */
const ORDER = [VALID, ...Object.keys(GROUPS), UNREADABLE, NO_CONNECTION, TAMPERED];

/** The only case whose Certificate message is too large to accept. */
const TOO_LARGE = 'huge-chain';
const TOO_LARGE_CODE = 'ERR_TLS_MESSAGE_TOO_LARGE';

/** The test PKI's case whose certificate the servers of HANDSHAKES use. */
export const ZONE = 'good-zone';

/**
 * The first expected problem, in the form that messages/ looks up: by rule, else by flag; or the field that cannot be read.
 * @param {Profile['expected']} expected
 * @returns {import('../../messages/problems.js').ProblemKey | null}
 */
function firstProblem({ problems: [problem] = [], flags, error }) {
  if (flags.length > 0) return { rule: problem?.split(': ')[1], code: '', flag: flags[0] };
  const [field, reason] = error?.split(': ') ?? [];
  return error === undefined ? null : { rule: 'PARSE', code: '', flag: null, field, reason };
}

/** @param {Profile} profile @throws {Error} for a flag without a group */
function groupOf({ id, expected }) {
  const { ok, flags, problems = [] } = expected;
  if (id === TOO_LARGE) return NO_CONNECTION;
  if (ok) return VALID;
  if (flags.length === 0) return UNREADABLE;
  const groupWith = (/** @type {string} */ name) => Object.keys(GROUPS).find((group) => GROUPS[group].includes(name));
  const rules = problems.map((problem) => problem.split(': ')[1]);
  const found = rules.map(groupWith).find((group) => group !== undefined) ?? groupWith(flags[0]);
  if (found === undefined) throw new Error(`No group of the lab has ${flags[0]}.`);
  return found;
}

/** @param {Profile['expected']} expected */
function adviceFor(expected) {
  const first = firstProblem(expected);
  return first && fixOf(first);
}

/** @param {Profile} profile @returns {Declared} */
function fromProfile(profile) {
  const { id, title, explain, hostname, clock, serve, crls, expected } = profile;
  const tooLarge = id === TOO_LARGE;
  return {
    id,
    group: groupOf(profile),
    title,
    explain,
    keywords: keywordsOf({ id, flags: expected.flags, tampered: false }),
    advice: tooLarge ? ERRORS[TOO_LARGE_CODE].fix : adviceFor(expected),
    hostname,
    address: isIP(hostname) ? `${id}.pagetls.test` : hostname,
    clock,
    profile: profile.profile,
    hasChain: true,
    hasCrl: crls.length > 0,
    expected: tooLarge ? 'fails' : expected.ok ? 'good' : 'bad',
    flags: expected.flags,
    error: expected.error ?? null,
    code: tooLarge ? TOO_LARGE_CODE : null,
    get: false,
    kind: tooLarge ? 'handshake' : serve ? 'served' : 'swapped',
    relay: !serve,
  };
}

/** @param {Handshake} handshake @param {boolean} relay @returns {Declared} */
function fromHandshake({ id, title, explain, advice, code, get = false, sendsChain = false }, relay) {
  const hostname = `${id}.pagetls.test`;
  return {
    ...{ id, title, explain, hostname, code, get, relay },
    advice: advice ?? FAILURES[code]?.hint ?? null,
    group: relay ? TAMPERED : NO_CONNECTION,
    keywords: keywordsOf({ id, flags: [], tampered: relay }),
    address: hostname,
    clock: CLOCK,
    profile: 'webpki',
    hasChain: sendsChain,
    hasCrl: false,
    expected: 'fails',
    flags: [],
    error: null,
    kind: 'handshake',
  };
}

/** @type {Declared[]} */
const CASES = [
  ...PROFILES.map(fromProfile),
  ...HANDSHAKES.map((handshake) => fromHandshake(handshake, false)),
  ...RELAYED.map((handshake) => fromHandshake(handshake, true)),
];

/** Every case, in page order. @returns {Declared[]} */
export function labCases() {
  return ORDER.flatMap((wanted) => CASES.filter(({ group }) => group === wanted));
}

/** The id of the test PKI's case whose certificates a lab case uses. @param {Declared} one */
export function certificatesOf({ id }) {
  return PROFILES.some((profile) => profile.id === id) ? id : ZONE;
}

/**
 * Flags and fields that no server can produce, and why.
 * @returns {import('../../inspector/src/types.js').LabIndex['unreachable']}
 */
export function unreachable() {
  const never = (
    /** @type {Record<string, { unreachable: string } | { case: string }>} */ cases,
    /** @type {(name: string) => string} */ meansOf,
  ) =>
    Object.entries(cases).flatMap(([name, one]) =>
      'unreachable' in one ? [{ name, means: meansOf(name), reason: one.unreachable }] : [],
    );
  return {
    flags: never(FLAG_CASES, (name) => FLAGS[name].means),
    errors: never(FIELD_CASES, (name) => `${FIELDS[name]} cannot be read.`),
  };
}
