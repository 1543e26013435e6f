/** Verifies chains without a connection. */
import { certificateHost, parseHost } from './address.js';
import { lacksSignatures, makeVerification, setCriteria, skippedInputs } from './certificate.js';
import { coreError } from './core-error.js';
import { TLSError } from './errors.js';
import { toList } from './input.js';
import { MAX_DEPTH } from './limits.js';
import { date, flag, instanceOf, integer, pemOrDerList, text } from './option-kinds.js';
import { readOptions } from './options-reader.js';
import { isBelowPublicSuffix, usesPublicSuffixes } from './public-suffixes.js';
import { loadRootSignatures } from './root-signatures.js';
import { TrustStore } from './trust-store.js';
import { loadCore } from './wasm.js';

/** @typedef {import('./certificate.js').Profile} Profile */
/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./input.js').PemOrDerList} PemOrDerList */

/** The criteria that connect() has too. */
export const CRITERIA = {
  trust: instanceOf(TrustStore),
  crls: pemOrDerList('crls'),
  now: date,
  profile: /** @type {import('./options-reader.js').Kind<Profile>} */ (text),
  publicSuffixes: flag,
  verifyHostname: flag,
};

const KINDS = { ...CRITERIA, hostname: text, maxDepth: integer(0, MAX_DEPTH) };

/**
 * Verifies a chain without a connection, with the same code as in a handshake.
 * @param {PemOrDerList} chain leaf first
 * @param {object} [options]
 * @param {TrustStore} [options.trust] trust anchors; by default none, so no chain is valid
 * @param {string} [options.hostname] the name or IP address that the leaf must match; not checked if left out
 * @param {boolean} [options.verifyHostname] false: a leaf without the name is a warning, not a problem
 * @param {Date} [options.now] the time of verification; the current time by default
 * @param {PemOrDerList} [options.crls]
 * @param {number} [options.maxDepth] maximum number of intermediates in the path, not counting self-issued ones
 * @param {Profile} [options.profile]
 * @param {boolean} [options.publicSuffixes] whether to load the list of public suffixes, below which no wildcard counts with webpki; by default only if `profile` is webpki
 * @returns {Promise<Verification>}
 */
export async function verifyChain(chain, options) {
  const { hostname, ...criteria } = readOptions('verifyChain()', KINDS, options);
  const name = hostname === undefined ? undefined : certificateHost(parseHost(hostname));
  const inputs = toList(chain, 'The chain');
  if (inputs.length === 0) {
    throw new TLSError('ERR_TLS_INVALID_CERTIFICATE', 'The chain is empty.');
  }
  const asks = name !== undefined && usesPublicSuffixes(criteria);
  const [belowPublicSuffix] = await Promise.all([asks && isBelowPublicSuffix(name), loadCore()]);
  const core = await loadCore();
  const { call } = core;
  const handle = call.pagetls_verification_new() >>> 0;
  if (handle === 0) {
    throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
  }
  let found;
  try {
    setCriteria(core, handle, { ...criteria, hostname: name, belowPublicSuffix });
    for (const input of inputs) {
      const ret = core.lend([input], (pointer, length) => call.pagetls_verification_add_chain(handle, pointer, length));
      if (ret < 0) {
        throw coreError(core, ret);
      }
    }
    const json = core.string(call.pagetls_verification_run(handle) >>> 0);
    if (json === null) {
      throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
    }
    found = { raw: JSON.parse(json), skipped: skippedInputs(core, handle) };
  } finally {
    call.pagetls_verification_free(handle);
  }
  if (lacksSignatures(found.raw)) {
    // Who verifies a chain looks at its certificates. The result does not depend on it.
    await loadRootSignatures().catch(() => {});
  }
  return makeVerification(core, found.raw, criteria.now, found.skipped);
}
