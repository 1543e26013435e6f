/**
 * Name constraints, and unknown critical extensions.
 */
import { nullValue } from '../der.js';
import { nameConstraints, raw } from '../extensions.js';
import { intermediate, leaf, named, profile, rejected } from '../profile.js';

/** @typedef {import('../names.js').GeneralName} GeneralName */

/** Contains 127.0.0.1, which ordinary leaves name. */
const LOOPBACK = { ip: '127.0.0.0/8' };

/**
 * @param {string} subject
 * @param {{ permitted?: GeneralName[], excluded?: GeneralName[] }} trees
 * @returns {Record<string, import('../profile.js').Entity>}
 */
function constrained(subject, trees) {
  return {
    intermediate: intermediate('intermediate', {
      subject: named(subject),
      extensions: { nameConstraints: nameConstraints(trees) },
    }),
  };
}

export const CONSTRAINT_CASES = [
  profile({
    id: 'good-name-constraints',
    title: 'Within its name constraints',
    explain:
      'The intermediate may issue only for pagetls.test, localhost and 127.0.0.0/8, and the leaf stays within that.',
    certificates: constrained('pagetls Test Constrained', {
      permitted: [{ dns: 'pagetls.test' }, { dns: 'localhost' }, LOOPBACK],
      excluded: [{ dns: 'secret.pagetls.test' }],
    }),
  }),
  profile({
    id: 'name-not-permitted',
    title: 'Name outside the name constraints',
    explain: 'The intermediate may issue only for other.test, but issued for a name in pagetls.test.',
    certificates: constrained('pagetls Test Other Names', { permitted: [{ dns: 'other.test' }] }),
    expected: rejected('BADCERT_OTHER', 0, 'NAME_NOT_PERMITTED'),
    openssl: 'permitted subtree violation',
  }),
  profile({
    id: 'name-excluded',
    title: 'Name excluded by name constraints',
    explain: 'The intermediate may not issue for pagetls.test, but issued for a name in it.',
    certificates: constrained('pagetls Test Excluded', { excluded: [{ dns: 'pagetls.test' }] }),
    expected: rejected('BADCERT_OTHER', 0, 'NAME_EXCLUDED'),
    openssl: 'excluded subtree violation',
  }),
  profile({
    id: 'unknown-critical',
    title: 'Unknown critical extension',
    explain: 'The leaf has a critical extension that this client does not know, so the client must reject it.',
    certificates: {
      leaf: leaf('unknown-critical', { extensions: { unknown: raw('1.3.6.1.4.1.99999.4', nullValue(), true) } }),
    },
    expected: rejected('BADCERT_OTHER', 0, 'UNKNOWN_CRITICAL'),
    openssl: 'unhandled critical extension',
  }),
];
