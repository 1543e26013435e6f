/**
 * All verify flags of Mbed TLS (texts in messages/flags.js): for each, the case that produces it in a live handshake,
 * or why none can. A test compares the names with x509.h, and connects to each case.
 */

/**
 * @typedef {object} Reachable
 * @property {string} case the id of a case
 */

/**
 * @typedef {object} Unreachable
 * @property {string} unreachable why no server can produce it
 * @property {string[]} mentionedIn the files of Mbed TLS's library that use it, except to describe it; if the list
 *   changes, check the claim again
 */

/** @type {Record<string, Reachable | Unreachable>} */
export const FLAG_CASES = {
  BADCERT_EXPIRED: { case: 'expired' },
  BADCERT_REVOKED: { case: 'revoked' },
  BADCERT_CN_MISMATCH: { case: 'wrong-host' },
  BADCERT_NOT_TRUSTED: { case: 'untrusted-root' },
  BADCRL_NOT_TRUSTED: { case: 'crl-wrong-signer' },
  BADCRL_EXPIRED: { case: 'crl-expired' },
  BADCERT_MISSING: {
    unreachable:
      'Only TLS servers set it, for clients that send no certificate (MBEDTLS_SSL_SRV_C). A server that sends none ' +
      'breaks the protocol, and the handshake fails with that error.',
    mentionedIn: ['ssl_tls.c', 'ssl_tls13_generic.c'],
  },
  BADCERT_SKIP_VERIFY: {
    unreachable:
      'Only TLS servers set it, when they do not ask for a client certificate. pagetls verifies every chain, even with ' +
      '`rejectUnauthorized: false`.',
    mentionedIn: ['ssl_tls.c', 'ssl_tls13_server.c'],
  },
  BADCERT_OTHER: { case: 'name-not-permitted' },
  BADCERT_FUTURE: { case: 'not-yet-valid' },
  BADCRL_FUTURE: { case: 'crl-future' },
  BADCERT_KEY_USAGE: { case: 'key-usage' },
  BADCERT_EXT_KEY_USAGE: { case: 'ext-key-usage' },
  BADCERT_NS_CERT_TYPE: {
    unreachable:
      'Mbed TLS reads the extension but never checks it: nothing in its library sets the flag, and nothing in pagetls.',
    mentionedIn: [],
  },
  BADCERT_BAD_MD: { case: 'weak-hash' },
  BADCERT_BAD_PK: { case: 'key-kind' },
  BADCERT_BAD_KEY: { case: 'weak-key' },
  BADCRL_BAD_MD: { case: 'crl-weak-hash' },
  BADCRL_BAD_PK: { case: 'crl-ed25519' },
  BADCRL_BAD_KEY: {
    unreachable:
      'Nothing in Mbed TLS’s library sets it. The CRL’s signer is also an issuer in the chain, where a weak key is ' +
      'rejected with BADCERT_BAD_KEY.',
    mentionedIn: [],
  },
};
