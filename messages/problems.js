/** For every rule of wasm/verify/rules.def: what is wrong if it is broken, and what to do. */
import { FLAGS } from './flags.js';
import { unreadableText } from './unreadable.js';

/**
 * @typedef {object} ProblemText
 * @property {string} fix
 * @property {string} [certificate] a phrase that follows "the certificate"; that of the flag by default
 * @property {string} [chain] a phrase that follows "the certificate chain", instead of `certificate`
 */

/**
 * The fields of a problem that select its text: `rule` as in rules.def, `field` and `reason` as in read_errors.def.
 * @typedef {{code: string, flag: string | null, rule?: string, field?: string, reason?: string}} ProblemKey
 */

/** The text of the flag, for a rule that means the same. @param {string} flag @returns {ProblemText} */
const asFlag = (flag) => ({ fix: FLAGS[flag].fix ?? FLAGS[flag].means });

const REISSUE_CA = 'The certificate of this CA must be reissued';
const REISSUE = 'The certificate must be reissued';
const NAME_NOT_ALLOWED = 'has a name that its CA is not allowed to issue for';

/** @type {Record<string, ProblemText>} */
export const PROBLEMS = {
  // Trust and path
  NOT_TRUSTED: {
    chain: 'does not lead to a trust anchor',
    fix: 'The server must send every intermediate between its certificate and the root. If the root is that of a private CA, add it to the trust anchors.',
  },
  SELF_SIGNED: {
    certificate: 'is self-signed and not a trust anchor',
    fix: 'If you know this certificate, for example as the root of your own CA, add it to the trust anchors. Otherwise the server needs a certificate from a CA that its clients trust.',
  },
  SIGNATURE: {
    certificate: 'was changed or damaged: the signature of its issuer does not match',
    fix: 'Install the certificate again, exactly as the CA issued it. If that copy fails too, have it reissued.',
  },
  WRONG_ISSUER: {
    certificate: 'was not signed with the key of the CA certificate that has the name of its issuer',
    fix: 'The intermediate is wrong: its name matches, but its key does not. The server must send the one that the CA supplied with this certificate. If it is one of your trust anchors, replace that.',
  },
  NOT_A_CA: {
    certificate: 'issued a certificate but is not a CA',
    fix: 'Get the certificate below it from a CA. If this one is meant to be a CA, it must be reissued with CA set in its basic constraints.',
  },
  NO_CERT_SIGN: {
    certificate: 'issued a certificate but its key usage lacks keyCertSign',
    fix: `${REISSUE_CA} with keyCertSign in its key usage.`,
  },
  PATH_LENGTH: {
    certificate: 'has more CA certificates below it than its path length allows',
    fix: 'Get the server’s certificate from a CA nearer to the root, or reissue the certificate of this CA with a greater path length.',
  },
  DISTRUSTED: {
    certificate: 'was issued after Mozilla ended its trust in new certificates of this CA',
    fix: 'The server needs a certificate from another CA: browsers reject this one too. Only if you trust the CA for reasons of your own, add its root to the trust anchors.',
  },
  TOO_DEEP: {
    chain: 'has more intermediate certificates than maxDepth allows',
    fix: 'Get the server’s certificate from a CA nearer to the trust anchor, or allow a longer path with maxDepth.',
  },
  PATH_TOO_LONG: {
    chain: 'is longer than this verifier follows',
    fix: 'Get the server’s certificate from a CA nearer to the root, or add one of the intermediates to the trust anchors.',
  },
  BUDGET: {
    chain: 'takes too many steps to verify',
    fix: 'The server must send fewer certificates: its own and, in order, the intermediates that lead to one trust anchor.',
  },
  // Reading
  PARSE: {
    certificate: 'cannot be read',
    fix: 'Check what the server sends: it may be damaged, or not a certificate at all.',
  },
  ALGORITHM_MISMATCH: {
    certificate: 'names two different signature algorithms',
    fix: `${REISSUE}: the signature algorithm in the signed part must be the same as the one next to the signature.`,
  },
  SIGNATURE_UNSUPPORTED: {
    certificate: 'has a signature algorithm that is not supported',
    fix: 'The certificate may be valid, but this client only supports ECDSA, Ed25519 and RSA signatures.',
  },
  KEY_UNSUPPORTED: {
    certificate: 'has a key that is not supported',
    fix: 'Get a certificate for an RSA key, or for a key on P-256, P-384 or P-521. This client does not support Ed448, brainpool or DSA.',
  },
  KEY_MALFORMED: {
    certificate: 'has a malformed key',
    fix: 'Check that the certificate is not damaged. If it is as the CA issued it, it must be reissued with a well-formed key.',
  },
  TIME_UNREADABLE: {
    certificate: 'has a validity date that cannot be read',
    fix: `${REISSUE} with existing dates, encoded as UTCTime or GeneralizedTime.`,
  },
  // Time, names, usage
  EXPIRED: asFlag('BADCERT_EXPIRED'),
  FUTURE: asFlag('BADCERT_FUTURE'),
  HOST_NAME: asFlag('BADCERT_CN_MISMATCH'),
  WILDCARD_SUFFIX: {
    certificate: 'has a wildcard that covers everything below a public suffix',
    fix: `${REISSUE} for the host's own name: anybody can have a name below a public suffix.`,
  },
  KEY_USAGE: asFlag('BADCERT_KEY_USAGE'),
  EXT_KEY_USAGE: asFlag('BADCERT_EXT_KEY_USAGE'),
  EKU_EMPTY: {
    certificate: 'has an extended key usage without a purpose',
    fix: `${REISSUE} with at least one purpose in its extended key usage; servers need serverAuth.`,
  },
  EKU_MISSING: {
    certificate: 'has no extended key usage',
    fix: `${REISSUE} with an extended key usage that contains serverAuth.`,
  },
  EKU_ANY: {
    certificate: 'is issued for any purpose',
    fix: `${REISSUE} with serverAuth instead of anyExtendedKeyUsage in its extended key usage.`,
  },
  EKU_CRITICAL: {
    certificate: 'has a critical extended key usage',
    fix: `${REISSUE} with a non-critical extended key usage.`,
  },
  EKU_IN_ROOT: {
    certificate: 'is that of a root and has an extended key usage',
    fix: 'The root must be reissued without an extended key usage, which belongs in intermediates.',
  },
  // Keys and signatures
  BAD_MD: asFlag('BADCERT_BAD_MD'),
  BAD_PK: asFlag('BADCERT_BAD_PK'),
  BAD_KEY: asFlag('BADCERT_BAD_KEY'),
  RSA_MODULUS: {
    certificate: 'has an RSA modulus whose length is not a multiple of 8 bits',
    fix: 'Generate a new RSA key of 2048, 3072 or 4096 bits, and get a certificate for it.',
  },
  RSA_EXPONENT: {
    certificate: 'has an RSA exponent that makes verification too slow',
    fix: 'Generate a new RSA key with the usual exponent, 65537, and get a certificate for it.',
  },
  // Name constraints
  NAME_NOT_PERMITTED: {
    certificate: NAME_NOT_ALLOWED,
    fix: 'Get the certificate from a CA that is allowed to issue for this name, or remove the name.',
  },
  NAME_EXCLUDED: {
    certificate: NAME_NOT_ALLOWED,
    fix: 'Get the certificate from a CA that does not exclude this name, or remove the name.',
  },
  NAME_UNCHECKABLE: {
    fix: 'Remove names of this type from the certificate, or get it from a CA without such a constraint.',
  },
  NC_MALFORMED: { fix: `${REISSUE_CA} with well-formed name constraints.` },
  NC_FORM: {
    fix: `${REISSUE_CA} with DNS constraints without the dot ("example.com" also covers what is below), and with no minimum.`,
  },
  NC_NOT_CRITICAL: { fix: `${REISSUE_CA} with critical name constraints.` },
  NC_IN_LEAF: { fix: `${REISSUE} without name constraints, which are for CAs only.` },
  NC_TOO_MANY: { fix: 'Split the names over several certificates, or reissue the CA with fewer constraints.' },
  // Form
  VERSION: {
    certificate: 'must have version 3',
    fix: `${REISSUE} in version 3; replace tools that still create version 1.`,
  },
  VERSION_1_ANCHOR: {
    fix: 'Replace the root by one of version 3, with CA set in its basic constraints. It works as a trust anchor only.',
  },
  SERIAL: { fix: `${REISSUE} with a positive serial number of at most 20 octets.` },
  ISSUER_EMPTY: { fix: 'The issuer needs a name: its certificate and this one must be reissued.' },
  SUBJECT_EMPTY: {
    fix: `${REISSUE_CA} with a subject name, which is also the issuer name in all certificates that it issues.`,
  },
  VALIDITY_ENCODING: {
    fix: `${REISSUE} with times until 2049 as UTCTime and later ones as GeneralizedTime, in UTC and with seconds.`,
  },
  GENERALIZED_TIME: {
    certificate: 'has a date in a format that issuers must not use for its year',
    fix: `The date counts, so nothing has to be done. When it is reissued, dates until 2049 should be UTCTime.`,
  },
  UNIQUE_ID: {
    certificate: 'must not have a unique identifier of issuer or subject',
    fix: `${REISSUE} without unique identifiers, an obsolete field of version 2.`,
  },
  UNKNOWN_CRITICAL: {
    certificate: 'has a critical extension that is not supported',
    fix: 'The certificate is for clients that support this extension. For others it must be reissued without it, or with it not critical.',
  },
  DUPLICATE_EXTENSION: {
    certificate: 'has the same extension twice',
    fix: `${REISSUE} with each extension at most once.`,
  },
  EXTENSION_MALFORMED: { fix: `${REISSUE} with a well-formed extension; fix the tool that created it.` },
  AKI_MISSING: {
    certificate: 'has no authority key identifier',
    fix: `${REISSUE} with an authority key identifier.`,
  },
  ANCHOR_AKI_MISSING: {
    fix: `${REISSUE_CA} with an authority key identifier, or trust the CA that issued it instead.`,
  },
  AKI_CRITICAL: { fix: `${REISSUE} with a non-critical authority key identifier.` },
  AKI_MISMATCH: {
    certificate: 'does not have the key identifier of its issuer',
    fix: 'The issuer’s key signed it, but the key identifiers differ. The server must send the CA certificate with the subject key identifier named here, or the CA must reissue this certificate.',
  },
  AKI_FIELDS: { fix: `${REISSUE} with an authority key identifier that contains only the key identifier.` },
  SKI_MISSING: { fix: `${REISSUE_CA} with a subject key identifier.` },
  SKI_CRITICAL: { fix: `${REISSUE} with a non-critical subject key identifier.` },
  AIA_CRITICAL: { fix: `${REISSUE} with a non-critical authority information access.` },
  BC_NOT_CRITICAL: { fix: `${REISSUE_CA} with critical basic constraints.` },
  PATH_LENGTH_NOT_CA: {
    certificate: 'has a path length but is not a CA',
    fix: `${REISSUE} without a path length, which is for CAs only.`,
  },
  CERT_SIGN_NOT_CA: { fix: `${REISSUE} without keyCertSign in its key usage.` },
  LEAF_IS_CA: {
    fix: 'The server needs its own certificate, with CA not set. Tools for self-signed certificates often set it.',
  },
  POLICY_CONSTRAINTS: { fix: `${REISSUE_CA} with well-formed, non-empty policy constraints.` },
  POLICY_NOT_CRITICAL: { fix: `${REISSUE_CA} with critical policy constraints.` },
  POLICY_REQUIRED: { fix: `${REISSUE} with a certificate policy that the CAs above it allow.` },
  // Alternative names
  SAN_MISSING: {
    fix: `${REISSUE} with the server’s names as subject alternative names; a common name does not count.`,
  },
  SAN_NEEDED: { fix: `${REISSUE} with critical subject alternative names, because its subject is empty.` },
  SAN_MALFORMED: {
    fix: `${REISSUE} with well-formed names: no spaces, a wildcard only as the whole first label, IP addresses as iPAddress.`,
  },
  SAN_UNDERSCORE: { fix: 'Give the server a name of letters, digits and hyphens, and a certificate for it.' },
  SAN_CRITICALITY: { fix: `${REISSUE} with critical subject alternative names, or with a subject.` },
  SAN_CRITICAL: { fix: `${REISSUE} with subject alternative names that are not critical.` },
  CN_FORM: { fix: `${REISSUE} without a common name, or with one that equals one of its alternative names.` },
  // Revocation
  REVOKED: asFlag('BADCERT_REVOKED'),
  CRL_NOT_TRUSTED: asFlag('BADCRL_NOT_TRUSTED'),
  CRL_EXPIRED: asFlag('BADCRL_EXPIRED'),
  CRL_NEXT_UPDATE: {
    certificate: 'cannot be checked for revocation: the CRL does not say when the next one is due',
    fix: 'The issuer must publish the CRL with a nextUpdate: without it, it could be used forever.',
  },
  CRL_FUTURE: asFlag('BADCRL_FUTURE'),
  CRL_BAD_MD: asFlag('BADCRL_BAD_MD'),
  CRL_BAD_PK: {
    fix: 'Its issuer must sign the CRL with another algorithm, such as ECDSA on P-256. For a CA of your own, the profile private accepts every algorithm that this client supports.',
  },
  CRL_SIGNATURE_UNSUPPORTED: {
    certificate: 'cannot be checked for revocation: the CRL has a signature algorithm that is not supported',
    fix: 'The CRL may be valid, but this client only supports ECDSA, Ed25519 and RSA signatures.',
  },
  CRL_SCOPE: {
    certificate:
      'cannot be checked for revocation: the CRL has a malformed scope or entry, or a critical extension that is not supported',
    fix: 'Use another CRL of the issuer: one that is well-formed and needs no extension that is not supported here.',
  },
  CRL_NUMBER: {
    certificate: 'cannot be checked for revocation: the CRL has no CRL number that is not critical',
    fix: 'The issuer must publish the CRL with a CRL number that is not critical.',
  },
};

/** The first rule of each code whose name differs from its rule's. @type {Record<string, string>} */
const FIRST_RULES = {
  ERR_TLS_CERT_CN_MISMATCH: 'HOST_NAME',
  ERR_TLS_CERT_EXT_KEY_USAGE_MISSING: 'EKU_MISSING',
  ERR_TLS_CERT_EXT_KEY_USAGE_ANY: 'EKU_ANY',
  ERR_TLS_CERT_EXT_KEY_USAGE_CRITICAL: 'EKU_CRITICAL',
  ERR_TLS_CERT_EXT_KEY_USAGE_IN_ROOT: 'EKU_IN_ROOT',
  ERR_TLS_CERT_NAME_CONSTRAINTS_MALFORMED: 'NC_MALFORMED',
  ERR_TLS_CERT_NAME_CONSTRAINTS_NOT_CRITICAL: 'NC_NOT_CRITICAL',
  ERR_TLS_CERT_NAME_CONSTRAINTS_IN_LEAF: 'NC_IN_LEAF',
  ERR_TLS_CERT_NAME_CONSTRAINTS_TOO_MANY: 'NC_TOO_MANY',
  ERR_TLS_CERT_BASIC_CONSTRAINTS_NOT_CRITICAL: 'BC_NOT_CRITICAL',
};

/**
 * @param {ProblemKey} problem
 * @returns {ProblemText | undefined} of its rule, or of the first rule with its code
 */
export function problemText({ rule = '', code }) {
  const first = FIRST_RULES[code] ?? code.replace(/^ERR_TLS_(CERT_)?/, '');
  const known = [rule, first].find((name) => Object.hasOwn(PROBLEMS, name));
  return known === undefined ? undefined : PROBLEMS[known];
}

/**
 * @param {ProblemKey} problem
 * @returns {string | null} null for an unknown problem
 */
export function fixOf(problem) {
  const unreadable = unreadableText(problem);
  if (unreadable) return `${unreadable.sentence} ${unreadable.fix}`;
  return problemText(problem)?.fix ?? FLAGS[problem.flag ?? '']?.fix ?? null;
}

/**
 * @param {ProblemKey} problem
 * @returns {{chain: string} | {certificate: string}} a phrase that follows "the certificate chain" or "the certificate"
 */
export function problemPhrase(problem) {
  const { chain, certificate } = problemText(problem) ?? {};
  return chain === undefined
    ? { certificate: certificate ?? FLAGS[problem.flag ?? '']?.certificate ?? 'breaks a rule' }
    : { chain };
}
