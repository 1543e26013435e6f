/**
 * What an authority may vouch for (name constraints), and extensions that must be understood.
 */
import { nullValue } from '../der.js';
import { nameConstraints, raw } from '../extensions.js';
import { intermediate, leaf, named, profile, refused } from '../profile.js';

/** @typedef {import('../names.js').GeneralName} GeneralName */

/** The network of the loopback, which ordinary leaves have an address of. */
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
    title: 'Name constraints that are kept',
    explain: 'The intermediate may vouch for pagetls.test, localhost and 127.0.0.0/8 only, and does no more.',
    certificates: constrained('pagetls Test Constrained', {
      permitted: [{ dns: 'pagetls.test' }, { dns: 'localhost' }, LOOPBACK],
      excluded: [{ dns: 'secret.pagetls.test' }],
    }),
  }),
  profile({
    id: 'name-not-permitted',
    title: 'A name outside the name constraints',
    explain: 'The intermediate may vouch for names in other.test only, and vouched for one in pagetls.test.',
    certificates: constrained('pagetls Test Other Names', { permitted: [{ dns: 'other.test' }] }),
    expected: refused('BADCERT_OTHER', 0, 'NAME_NOT_PERMITTED'),
    openssl: 'permitted subtree violation',
  }),
  profile({
    id: 'name-excluded',
    title: 'A name that name constraints exclude',
    explain: 'The intermediate may vouch for anything but pagetls.test, and vouched for a name in it.',
    certificates: constrained('pagetls Test Excluded', { excluded: [{ dns: 'pagetls.test' }] }),
    expected: refused('BADCERT_OTHER', 0, 'NAME_EXCLUDED'),
    openssl: 'excluded subtree violation',
  }),
  profile({
    id: 'unknown-critical',
    title: 'A critical extension that nobody knows',
    explain: 'The leaf has an extension that must be understood by whoever accepts it, and is not.',
    certificates: {
      leaf: leaf('unknown-critical', { extensions: { unknown: raw('1.3.6.1.4.1.99999.4', nullValue(), true) } }),
    },
    expected: refused('BADCERT_OTHER', 0, 'UNKNOWN_CRITICAL'),
    openssl: 'unhandled critical extension',
  }),
];
