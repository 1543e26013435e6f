/**
 * What the lab has: every profile of the test PKI, and the cases whose fault lies in the handshake or on the way.
 */
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

/** @typedef {import('../../inspector/src/types.js').LabCase} LabCase */
/** @typedef {import('../../certs/profile.js').Profile} Profile */
/** @typedef {import('./handshakes.js').Handshake} Handshake */

/** A case before OpenSSL and GnuTLS have been asked. @typedef {Omit<LabCase, 'opinions'>} Declared */

const GOOD = 'Good';
const UNREAD = 'Cannot be read';
const FAILING = 'No connection';
const ALTERED = 'Tampered with on the way';

/** Which group a rule or flag is in; a rule of a case decides, else its first flag. @type {Record<string, string[]>} */
const GROUPS = {
  'Dates and names': ['BADCERT_EXPIRED', 'BADCERT_FUTURE', 'BADCERT_CN_MISMATCH'],
  'Trust and authorities': ['BADCERT_NOT_TRUSTED', 'BADCERT_OTHER'],
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

/** In the order of the page. */
const ORDER = [GOOD, ...Object.keys(GROUPS), UNREAD, FAILING, ALTERED];

/** The only chain that is too long for a Certificate message that can be taken. */
const TOO_LONG = 'huge-chain';
const TOO_LONG_CODE = 'ERR_TLS_MESSAGE_TOO_LARGE';

/** Whose certificate the servers of HANDSHAKES have. */
export const ZONE = 'good-zone';

/**
 * The first problem that is expected, as messages/ looks it up: by its rule, else by its flag; or why nothing can be read.
 * @param {Profile['expected']} expected
 * @returns {import('../../messages/problems.js').Broken | null}
 */
function firstProblem({ problems: [problem] = [], flags, error }) {
  if (flags.length > 0) return { rule: problem?.split(': ')[1], code: '', flag: flags[0] };
  const [field, reason] = error?.split(': ') ?? [];
  return error === undefined ? null : { rule: 'PARSE', code: '', flag: null, field, reason };
}

/** @param {Profile} profile @throws {Error} for a flag without a group */
function groupOf({ id, expected }) {
  const { ok, flags, problems = [] } = expected;
  if (id === TOO_LONG) return FAILING;
  if (ok) return GOOD;
  if (flags.length === 0) return UNREAD;
  const groupWith = (/** @type {string} */ name) => Object.keys(GROUPS).find((group) => GROUPS[group].includes(name));
  const rules = problems.map((problem) => problem.split(': ')[1]);
  const found = rules.map(groupWith).find((group) => group !== undefined) ?? groupWith(flags[0]);
  if (found === undefined) throw new Error(`no group of the lab has ${flags[0]}`);
  return found;
}

/** What to do about it, as messages/ says it. @param {Profile['expected']} expected */
function adviceFor(expected) {
  const first = firstProblem(expected);
  return first && fixOf(first);
}

/** @param {Profile} profile @returns {Declared} */
function fromProfile(profile) {
  const { id, title, explain, hostname, clock, serve, crls, expected } = profile;
  const tooLong = id === TOO_LONG;
  return {
    id,
    group: groupOf(profile),
    title,
    explain,
    advice: tooLong ? ERRORS[TOO_LONG_CODE].fix : adviceFor(expected),
    hostname,
    address: isIP(hostname) ? `${id}.pagetls.test` : hostname,
    clock,
    profile: profile.profile,
    hasChain: true,
    hasCrl: crls.length > 0,
    expected: tooLong ? 'fails' : expected.ok ? 'good' : 'bad',
    flags: expected.flags,
    error: expected.error ?? null,
    code: tooLong ? TOO_LONG_CODE : null,
    get: false,
    kind: tooLong ? 'handshake' : serve ? 'served' : 'swapped',
    relay: !serve,
  };
}

/** @param {Handshake} handshake @param {boolean} relay @returns {Declared} */
function fromHandshake({ id, title, explain, advice, code, get = false, sendsChain = false }, relay) {
  const hostname = `${id}.pagetls.test`;
  return {
    ...{ id, title, explain, hostname, code, get, relay },
    advice: advice ?? FAILURES[code]?.hint ?? null,
    group: relay ? ALTERED : FAILING,
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

/** Every case, in the order of the page. @returns {Declared[]} */
export function labCases() {
  return ORDER.flatMap((wanted) => CASES.filter(({ group }) => group === wanted));
}

/** The case of the test PKI that has a case's certificates. @param {Declared} one */
export function certificatesOf({ id }) {
  return PROFILES.some((profile) => profile.id === id) ? id : ZONE;
}

/**
 * What no server can bring about, and why.
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
