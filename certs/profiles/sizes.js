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
    title: 'A Certificate message of 20 KB',
    explain: 'The leaf has so many names that the Certificate message takes two records.',
    certificates: { leaf: manyNames('big-chain', 540) },
  }),
  profile({
    id: 'long-chain',
    title: 'A Certificate message of 64 KB',
    explain:
      'The leaf has so many names that the Certificate message takes four full records, just less than the most.',
    certificates: { leaf: manyNames('long-chain', 1842) },
  }),
  profile({
    id: 'huge-chain',
    title: 'A Certificate message of 80 KB',
    explain: 'The leaf has so many names that the Certificate message takes five records, more than pagetls takes.',
    certificates: { leaf: manyNames('huge-chain', 2200) },
  }),
];
