/** Domains below which anybody can register names, such as co.uk: those of registries, from the Public Suffix List. */
import { isIPAddress } from './address.js';
import { loadAsset } from './assets.js';
import { TLSError } from './errors.js';
import { decoder } from './web.js';

/** Rules of the list with at least two labels, as A-labels: `co.uk`, `*.ck`, `!www.ck`. @type {Promise<Set<string>> | undefined} */
let rules;

async function loadRules() {
  const file = await loadAsset('publicSuffixes', () => new URL('pagetls/public-suffixes.txt', import.meta.url));
  const found = new Set(decoder.decode(file).split('\n'));
  if (!found.has('co.uk')) {
    throw new TLSError('ERR_TLS_LOAD', 'public-suffixes.txt is not the list of public suffixes.');
  }
  return found;
}

/**
 * Whether a host is directly below a public suffix of two labels or more; the core itself knows those of one label.
 * @param {string} hostname a name in A-labels, or an IP address
 * @returns {Promise<boolean>}
 * @throws {TLSError} ERR_TLS_LOAD: the list cannot be loaded
 */
export async function isBelowPublicSuffix(hostname) {
  const [, parent, above] = /^[^.]+\.([^.]+\.(.+))$/.exec(hostname.toLowerCase().replace(/\.$/, '')) ?? [];
  if (parent === undefined || isIPAddress(hostname)) {
    return false;
  }
  rules ??= loadRules().catch((error) => {
    rules = undefined;
    throw error;
  });
  const known = await rules;
  return known.has(parent) || (known.has(`*.${above}`) && !known.has(`!${parent}`));
}

/**
 * Whether wildcards below public suffixes are to be found out.
 * @param {{publicSuffixes?: boolean, profile?: string}} options
 */
export const usesPublicSuffixes = ({ publicSuffixes, profile }) => publicSuffixes ?? profile === 'webpki';
