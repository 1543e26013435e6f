/**
 * Mbed TLS's verify flags, all of them: what each means, what to do about it, and the case that has it in a live
 * handshake, or why none can. A test compares the names with x509.h, and connects to each case.
 *
 * Nothing is imported here: the inspector loads this file too.
 */

/**
 * @typedef {object} Live
 * @property {string} case the id of a case
 * @property {string} fault what is wrong, in words that follow "the certificate"
 * @property {string} means
 * @property {string} do
 */

/**
 * @typedef {object} Unreachable
 * @property {string} means
 * @property {string} unreachable why no server can bring it about
 * @property {string[]} mentionedIn the files of Mbed TLS's library that name it, other than to describe it: another
 *   one is a reason to look at the claim again
 */

/** @type {Record<string, Live | Unreachable>} */
export const FLAGS = {
  BADCERT_EXPIRED: {
    case: 'expired',
    fault: 'has expired',
    means: 'The certificate had ended at the time it was judged at.',
    do: 'The server needs a new certificate; if it looks fresh, check the clock of this computer.',
  },
  BADCERT_REVOKED: {
    case: 'revoked',
    fault: 'has been revoked',
    means: 'Its issuer has taken the certificate back: it is in a revocation list that was passed in.',
    do: 'Do not trust it: its key may be in other hands. The server needs a new key and certificate.',
  },
  BADCERT_CN_MISMATCH: {
    case: 'wrong-host',
    fault: 'is for another name',
    means: 'None of the names in the certificate is the one that was asked for.',
    do: 'Ask for one of the names in it, or have that name put into it. It may also be another server that answers.',
  },
  BADCERT_NOT_TRUSTED: {
    case: 'untrusted-root',
    fault: 'is not properly signed by its issuer',
    means: 'No way leads from the certificate to a trust anchor: an issuer is missing, not trusted, or may not issue.',
    do: 'The server must send its intermediates; the root of an authority of your own must be among the trust anchors.',
  },
  BADCRL_NOT_TRUSTED: {
    case: 'crl-wrong-signer',
    fault: 'cannot be cleared: the revocation list is not properly signed, or not one that can be used',
    means: 'The revocation list is not signed by the issuer, or the issuer may not sign one, or its scope is unclear.',
    do: 'Fetch the list again from where the issuer publishes it.',
  },
  BADCRL_EXPIRED: {
    case: 'crl-expired',
    fault: 'cannot be cleared: the revocation list is too old',
    means: 'The revocation list should have been replaced by a newer one before the time of judging.',
    do: 'Fetch the current list.',
  },
  BADCERT_MISSING: {
    means: 'The other end sent no certificate.',
    unreachable:
      'It is set for clients that send none, in code that only a server has (MBEDTLS_SSL_SRV_C). A server that sends ' +
      'none breaks the protocol, and the handshake ends with that error.',
    mentionedIn: ['ssl_tls.c', 'ssl_tls13_generic.c'],
  },
  BADCERT_SKIP_VERIFY: {
    means: 'The certificate was not looked at.',
    unreachable:
      'Only a server sets it, when it asks its clients for no certificate. pagetls judges every chain, also with ' +
      '`rejectUnauthorized: false`.',
    mentionedIn: ['ssl_tls.c', 'ssl_tls13_server.c'],
  },
  BADCERT_OTHER: {
    case: 'name-not-permitted',
    fault: 'breaks a rule',
    means: 'A rule is broken that Mbed TLS has no flag for; the code of the problem says which.',
    do: 'Look up the code of the problem; as a rule the certificate has to be issued again.',
  },
  BADCERT_FUTURE: {
    case: 'not-yet-valid',
    fault: 'is not valid yet',
    means: 'The certificate begins after the time it was judged at.',
    do: 'Check the clock of this computer; else wait, or use the certificate before this one.',
  },
  BADCRL_FUTURE: {
    case: 'crl-future',
    fault: 'cannot be cleared: the revocation list is from the future',
    means: 'The revocation list begins after the time of judging.',
    do: 'Check the clock of this computer.',
  },
  BADCERT_KEY_USAGE: {
    case: 'key-usage',
    fault: 'has a key that may not be used for this',
    means: 'The certificate does not let its key sign, which every handshake here needs.',
    do: 'The certificate must be issued with digitalSignature in its key usage.',
  },
  BADCERT_EXT_KEY_USAGE: {
    case: 'ext-key-usage',
    fault: 'is not meant for servers',
    means: 'The certificate, or an authority above it, is for other purposes than to stand for a server.',
    do: 'The certificate must be issued with serverAuth in its extended key usage.',
  },
  BADCERT_NS_CERT_TYPE: {
    means: 'The Netscape certificate type, an extension of the 1990s, does not fit.',
    unreachable:
      'Mbed TLS reads the extension and compares it with nothing: no line of its library sets the flag, and none here.',
    mentionedIn: [],
  },
  BADCERT_BAD_MD: {
    case: 'weak-hash',
    fault: 'is signed with a hash that is too weak',
    means: 'The certificate is signed with a hash that can be forged, such as SHA-1.',
    do: 'The certificate must be issued again, with SHA-256 or better.',
  },
  BADCERT_BAD_PK: {
    case: 'key-kind',
    fault: 'has a kind of key that is not acceptable',
    means: 'The key, or what signed it, is of a kind that the profile does not take, such as RSA in suiteb.',
    do: 'Use another profile, or a certificate with another kind of key.',
  },
  BADCERT_BAD_KEY: {
    case: 'weak-key',
    fault: 'has a key that is too weak',
    means: 'The key is too short, such as RSA below 2048 bits, or on a curve that is not acceptable.',
    do: 'The server needs a stronger key and a certificate for it.',
  },
  BADCRL_BAD_MD: {
    case: 'crl-weak-hash',
    fault: 'cannot be cleared: the revocation list is signed with a hash that is too weak',
    means: 'The revocation list is signed with a hash that is not acceptable.',
    do: 'Its issuer must sign the list with SHA-256 or better.',
  },
  BADCRL_BAD_PK: {
    case: 'crl-unknown-algorithm',
    fault: 'cannot be cleared: the revocation list is signed with an unacceptable kind of key',
    means: 'The revocation list is signed with a kind of key that is unknown, or that the profile does not take.',
    do: 'Its issuer must sign the list with ECDSA or RSA.',
  },
  BADCRL_BAD_KEY: {
    means: 'The revocation list is signed with a key that is too weak.',
    unreachable:
      'No line of Mbed TLS’s library sets it. Whoever signs the list is also the issuer in the chain, and is refused ' +
      'there with BADCERT_BAD_KEY.',
    mentionedIn: [],
  },
};
