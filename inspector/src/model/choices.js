/** The parameters that the ClientHello offered and those that the server chose. */
import { TLS13 } from '../tls/versions.js';

/** @typedef {import('../tls/types.js').Item} Item */
/** @typedef {import('../tls/types.js').Wire} Wire */

/**
 * `chosen` uses the names in `offers`; it can have items that were not offered.
 * @typedef {{ name: string, offers: string[], chosen: string[] }} Choice
 */

/** RFC 5746, section 3.3: this cipher suite is equivalent to the extension. */
const RENEGOTIATION_SCSV = 0x00ff;
const RENEGOTIATION_INFO = 0xff01;

/** @param {Wire} wire @returns {Choice[]} without empty ones; empty if there is no ClientHello */
export function choicesOf({ offered, chosen }) {
  if (!offered) return [];
  const { versions, cipherSuites, groups, keyShares, signatureSchemes, alpn, extensions } = offered;
  const fromCipherSuite = cipherSuites.some(({ number }) => number === RENEGOTIATION_SCSV)
    ? [{ number: RENEGOTIATION_INFO, name: 'renegotiation_info (by cipher suite)' }]
    : [];
  const firstSharesUsed = keyShares.length > 0 && !chosen?.helloRetry;
  return [
    choice('Versions', versions, [chosen?.version]),
    choice('Cipher suites', cipherSuites, [chosen?.cipherSuite]),
    choice('Groups', groups, [chosen?.group]),
    choice('Key shares', keyShares, [firstSharesUsed && chosen?.version?.number === TLS13 ? chosen.group : null]),
    choice('Signature schemes', signatureSchemes, [chosen?.signatureScheme]),
    { name: 'ALPN', offers: alpn, chosen: chosen?.alpn ? [chosen.alpn] : [] },
    choice('Extensions', [...extensions, ...fromCipherSuite], chosen?.extensions ?? []),
  ].filter(({ offers, chosen: picked }) => offers.length > 0 || picked.length > 0);
}

/**
 * @param {string} name
 * @param {Item[]} offers
 * @param {(Item | null | undefined)[]} picked
 * @returns {Choice}
 */
function choice(name, offers, picked) {
  // Compare numbers: TLS 1.2 and 1.3 have different names for the same signature scheme.
  const nameOf = (/** @type {Item} */ item) => (offers.find(({ number }) => number === item.number) ?? item).name;
  const chosen = picked.filter((item) => item !== null && item !== undefined).map(nameOf);
  return { name, offers: offers.map((item) => item.name), chosen };
}
