/**
 * Certificate messages longer than one TLS record.
 */
import { leaf, ordinaryNames, profile } from '../profile.js';

/** @param {string} id @param {number} count @returns {import('../profile.js').Entity} */
function manyNames(id, count) {
  const names = Array.from({ length: count }, (_, i) => ({
    dns: `host-${String(i).padStart(4, '0')}.${id}.pagetls.test`,
  }));
  return leaf(id, { names: [...ordinaryNames(id), ...names] });
}

export const SIZE_CASES = [
  profile({
    id: 'big-chain',
    title: '20 KB Certificate message',
    explain: 'The leaf has so many names that the Certificate message spans two records.',
    certificates: { leaf: manyNames('big-chain', 540) },
  }),
  profile({
    id: 'long-chain',
    title: '64 KB Certificate message',
    explain: 'The leaf has so many names that the Certificate message fills four records, just under the limit.',
    certificates: { leaf: manyNames('long-chain', 1842) },
  }),
  profile({
    id: 'huge-chain',
    title: '80 KB Certificate message',
    explain: 'The leaf has so many names that the Certificate message spans five records, more than pagetls accepts.',
    certificates: { leaf: manyNames('huge-chain', 2200) },
  }),
];
