/** Mbed TLS's verify flags, all of them, without MBEDTLS_X509_. */

/**
 * @typedef {object} FlagText
 * @property {string} means
 * @property {string} [fault] in words that follow "the certificate"; missing where no connection has the flag
 * @property {string} [fix] likewise
 */

/** @type {Record<string, FlagText>} */
export const FLAGS = {
  BADCERT_EXPIRED: {
    means: 'The certificate had expired at the time of verification.',
    fault: 'has expired',
    fix: 'The server needs a new certificate. If it looks current, check the clock of this computer.',
  },
  BADCERT_REVOKED: {
    means: 'Its issuer has revoked the certificate: it is on a CRL that was passed in.',
    fault: 'has been revoked',
    fix: 'Do not trust it: its key may be in other hands. The server needs a new key and certificate.',
  },
  BADCERT_CN_MISMATCH: {
    means: 'None of the names in the certificate is the one that was asked for.',
    fault: 'is for another name',
    fix: 'Ask for one of the names in it, or have this name added to it. If neither is right, the wrong server answers.',
  },
  BADCERT_NOT_TRUSTED: {
    means:
      'No valid path leads from the certificate to a trust anchor: an issuer is missing, not trusted, or may not issue.',
    fault: 'is not trusted',
    fix: 'The server must send its intermediates; the root of a private CA must be among the trust anchors.',
  },
  BADCRL_NOT_TRUSTED: {
    means: 'The CRL is not signed by the issuer, the issuer may not sign CRLs, or its scope is not understood.',
    fault: 'cannot be checked for revocation: the CRL is not signed by its issuer, or cannot be used',
    fix: 'Fetch the CRL again from where the issuer publishes it.',
  },
  BADCRL_EXPIRED: {
    means: 'A newer CRL should have replaced this one before the time of verification.',
    fault: 'cannot be checked for revocation: the CRL is out of date',
    fix: 'Fetch the current CRL.',
  },
  BADCERT_MISSING: { means: 'The other side sent no certificate.' },
  BADCERT_SKIP_VERIFY: { means: 'The certificate was not verified.' },
  BADCERT_OTHER: {
    means: 'A rule is broken that Mbed TLS has no flag for; the code of the problem says which.',
    fault: 'breaks a rule',
    fix: 'Look up the code of the problem; usually the certificate must be issued again.',
  },
  BADCERT_FUTURE: {
    means: 'The certificate was not valid yet at the time of verification.',
    fault: 'is not valid yet',
    fix: 'Check the clock of this computer. If it is right, wait, or use the previous certificate.',
  },
  BADCRL_FUTURE: {
    means: 'The CRL was issued after the time of verification.',
    fault: 'cannot be checked for revocation: the CRL is from the future',
    fix: 'Check the clock of this computer.',
  },
  BADCERT_KEY_USAGE: {
    means: 'The certificate does not allow its key to sign, which every handshake here needs.',
    fault: 'has a key that may not be used for this',
    fix: 'The certificate must be issued with digitalSignature in its key usage.',
  },
  BADCERT_EXT_KEY_USAGE: {
    means: 'The certificate, or a CA above it, is for other purposes than servers.',
    fault: 'is not meant for servers',
    fix: 'The certificate must be issued with serverAuth in its extended key usage.',
  },
  BADCERT_NS_CERT_TYPE: { means: 'The Netscape certificate type, an extension of the 1990s, does not fit.' },
  BADCERT_BAD_MD: {
    means: 'The certificate is signed with a hash that can be forged, such as SHA-1.',
    fault: 'is signed with a hash that is too weak',
    fix: 'The certificate must be issued again, with SHA-256 or better.',
  },
  BADCERT_BAD_PK: {
    means:
      'The key, or the signature, is of a kind that is not supported, or that the profile rejects, such as RSA in suiteb.',
    fault: 'has a kind of key that is not acceptable',
    fix: 'Use another profile, or a certificate with another kind of key.',
  },
  BADCERT_BAD_KEY: {
    means: 'The key is too short, such as RSA below 2048 bits, on a curve that is not acceptable, or malformed.',
    fault: 'has a key that is too weak',
    fix: 'The server needs a stronger key and a certificate for it.',
  },
  BADCRL_BAD_MD: {
    means: 'The CRL is signed with a hash that is not acceptable.',
    fault: 'cannot be checked for revocation: the CRL is signed with a hash that is too weak',
    fix: 'Its issuer must sign the CRL with SHA-256 or better.',
  },
  BADCRL_BAD_PK: {
    means: 'The CRL is signed with a kind of key that is unknown, or that the profile rejects.',
    fault: 'cannot be checked for revocation: the CRL is signed with a kind of key that is not acceptable',
    fix: 'Its issuer must sign the CRL with ECDSA or RSA.',
  },
  BADCRL_BAD_KEY: { means: 'The CRL is signed with a key that is too weak.' },
};
