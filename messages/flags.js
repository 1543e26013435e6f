/** All verify flags of Mbed TLS, without MBEDTLS_X509_. */

/**
 * @typedef {object} FlagText
 * @property {string} means
 * @property {string} [certificate] a phrase that follows "the certificate"; missing if no connection has the flag
 * @property {string} [fix] likewise
 */

/** @type {Record<string, FlagText>} */
export const FLAGS = {
  BADCERT_EXPIRED: {
    means: 'The certificate had expired at the time of verification.',
    certificate: 'has expired',
    fix: 'The server needs a new certificate. If it looks current, check the clock of this computer.',
  },
  BADCERT_REVOKED: {
    means: 'The issuer has revoked the certificate: a CRL lists it.',
    certificate: 'has been revoked',
    fix: 'Do not trust it: its key may be compromised. The server needs a new key and certificate.',
  },
  BADCERT_CN_MISMATCH: {
    means: 'No name in the certificate matches the requested name.',
    certificate: 'is not for this name',
    fix: 'Use one of the names in the certificate, or reissue it with this name among its subject alternative names, an IP address as iPAddress. If neither fits, the wrong server is answering.',
  },
  BADCERT_NOT_TRUSTED: {
    means:
      'No valid path leads from the certificate to a trust anchor: an issuer is missing, not trusted, or not allowed to issue.',
    certificate: 'is not trusted',
    fix: 'The server must send its intermediates; the root of a private CA must be among the trust anchors.',
  },
  BADCRL_NOT_TRUSTED: {
    means: 'The CRL is not signed by the issuer, the issuer is not allowed to sign CRLs, or the CRL is not usable.',
    certificate: 'cannot be checked for revocation: the CRL is not signed by its issuer, or is not usable',
    fix: 'Download the CRL again from the issuer.',
  },
  BADCRL_EXPIRED: {
    means: 'The CRL had expired at the time of verification: its nextUpdate had passed.',
    certificate: 'cannot be checked for revocation: the CRL has expired',
    fix: 'Download the current CRL.',
  },
  BADCERT_MISSING: { means: 'The peer sent no certificate.' },
  BADCERT_SKIP_VERIFY: { means: 'The certificate was not verified.' },
  BADCERT_OTHER: {
    means: 'A rule without a flag in Mbed TLS is broken; the code of the problem says which.',
    certificate: 'breaks a rule',
    fix: 'Look up the code of the problem; usually the certificate must be reissued.',
  },
  BADCERT_FUTURE: {
    means: 'The certificate was not yet valid at the time of verification.',
    certificate: 'is not yet valid',
    fix: 'Check the clock of this computer. If it is right, wait, or use the previous certificate.',
  },
  BADCRL_FUTURE: {
    means: 'The CRL was issued after the time of verification.',
    certificate: 'cannot be checked for revocation: the CRL is not yet valid',
    fix: 'Check the clock of this computer.',
  },
  BADCERT_KEY_USAGE: {
    means: 'The key usage lacks digitalSignature, which every handshake here requires.',
    certificate: 'has a key usage that does not allow TLS servers',
    fix: 'The certificate must be reissued with digitalSignature in its key usage.',
  },
  BADCERT_EXT_KEY_USAGE: {
    means: 'The certificate, or a CA above it, is not for TLS servers.',
    certificate: 'is not issued for TLS servers',
    fix: 'The certificate must be reissued with serverAuth in its extended key usage.',
  },
  BADCERT_NS_CERT_TYPE: { means: 'The Netscape certificate type, an extension of the 1990s, does not match.' },
  BADCERT_BAD_MD: {
    means: 'The profile does not accept the hash of the signature, such as SHA-1.',
    certificate: 'has a signature with a hash that the profile does not accept',
    fix: 'The certificate must be reissued with SHA-256 or SHA-384.',
  },
  BADCERT_BAD_PK: {
    means:
      'The key type or signature algorithm is not supported, or the profile rejects it, such as Ed25519 in webpki and RSA in suiteb.',
    certificate: 'has an algorithm of its signature or key that the profile does not accept',
    fix: 'Use a certificate with another type of key and signature, such as P-256. For a CA of your own, the profile private accepts every type that this client supports.',
  },
  BADCERT_BAD_KEY: {
    means: 'The key is too short, such as RSA below 2048 bits, on a curve that is not accepted, or malformed.',
    certificate: 'has a key that the profile does not accept',
    fix: 'The server needs a key on P-256 or P-384, or an RSA key of at least 2048 bits, and a certificate for it.',
  },
  BADCRL_BAD_MD: {
    means: 'The CRL is signed with a hash that is not accepted.',
    certificate: 'cannot be checked for revocation: the CRL is signed with a hash that is not accepted',
    fix: 'Its issuer must sign the CRL with SHA-256 or SHA-384.',
  },
  BADCRL_BAD_PK: {
    means: 'The signature algorithm of the CRL is not supported, or the profile rejects it.',
    certificate: 'cannot be checked for revocation: the CRL is signed with an algorithm that is not accepted',
    fix: 'Its issuer must sign the CRL with another algorithm.',
  },
  BADCRL_BAD_KEY: { means: 'The CRL is signed with a weak key.' },
};
