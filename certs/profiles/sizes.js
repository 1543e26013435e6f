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
    id: 'huge-chain',
    title: 'A Certificate message of 80 KB',
    explain: 'The leaf has so many names that the Certificate message takes five records.',
    certificates: { leaf: manyNames('huge-chain', 2200) },
  }),
];
