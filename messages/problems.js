/** Every rule of wasm/verify/rules.def: what is wrong when it is broken, and what to do. */
import { FLAGS } from './flags.js';
import { unreadableText } from './unreadable.js';

/**
 * @typedef {object} ProblemText
 * @property {string} fix
 * @property {string} [fault] in words that follow "the certificate"; those of the flag where it is missing
 * @property {string} [chain] in words that follow "the certificate chain", instead of `fault`
 */

/**
 * What is looked up of a problem. `rule` is the identifier in rules.def, `field` and `reason` those of read_errors.def.
 * @typedef {{code: string, flag: string | null, rule?: string, field?: string, reason?: string}} Broken
 */

/** The fix where the rule is what its flag says. @param {string} flag @returns {ProblemText} */
const asFlag = (flag) => ({ fix: FLAGS[flag].fix ?? FLAGS[flag].means });

const CA = 'The certificate of this CA must be issued again';
const AGAIN = 'The certificate must be issued again';
const FOREIGN_NAME = 'has a name that its CA may not issue for';

/** @type {Record<string, ProblemText>} */
export const PROBLEMS = {
  // Trust and path
  NOT_TRUSTED: {
    chain: 'does not lead to a trust anchor',
    fix: 'The server must send every intermediate between its certificate and the root. If the root is that of a private CA, add it to the trust anchors.',
  },
  SELF_SIGNED: {
    fault: 'is self-signed, and not a trust anchor',
    fix: 'If you know this certificate, for example as the root of your own CA, add it to the trust anchors. Otherwise the server needs a certificate from a CA that its clients trust.',
  },
  SIGNATURE: {
    fault: 'was altered or damaged: the signature of its issuer does not match it',
    fix: 'Install the certificate again, exactly as the CA issued it. If that copy fails too, have it issued again.',
  },
  WRONG_ISSUER: {
    fault: 'was not signed with the key of the CA certificate that has its issuer’s name',
    fix: 'The wrong intermediate was used: its name is right, its key is not. The server must send the one that the CA supplied with this certificate; if it is a trust anchor of yours, replace that.',
  },
  NOT_A_CA: {
    fault: 'issued another, but is not a CA',
    fix: 'Get the certificate below it from a CA. If this one is meant to be a CA, it must be issued again with CA set in its basic constraints.',
  },
  NO_CERT_SIGN: {
    fault: 'issued another, but its key may not sign certificates',
    fix: `${CA}, with keyCertSign in its key usage.`,
  },
  PATH_LENGTH: {
    fault: 'has more CAs below it than it allows',
    fix: 'Have the server’s certificate issued by a CA further up, or the certificate of this CA issued again with a greater path length.',
  },
  TOO_DEEP: {
    chain: 'is longer than allowed here',
    fix: 'Have the server’s certificate issued by a CA nearer to the trust anchor, or allow a longer path with maxDepth.',
  },
  BUDGET: {
    chain: 'takes too many steps to verify',
    fix: 'The server must send fewer certificates: its own and, in their order, the intermediates that lead to one trust anchor.',
  },
  // Reading it
  PARSE: {
    fault: 'cannot be read',
    fix: 'Check what the server sends: it may be damaged, or not a certificate at all.',
  },
  ALGORITHM_MISMATCH: {
    fault: 'names two different signature algorithms',
    fix: `${AGAIN}: the signature algorithm in the signed part must be the one beside the signature.`,
  },
  SIGNATURE_UNSUPPORTED: {
    fault: 'has a kind of signature that is not supported here',
    fix: 'It may be a good certificate, but not for this client: it must be signed with ECDSA or RSA.',
  },
  KEY_UNSUPPORTED: {
    fault: 'has a kind of key that is not supported here',
    fix: 'Get a certificate for an RSA key, or for a key on P-256, P-384 or P-521; this client does not support Ed25519, brainpool or DSA.',
  },
  KEY_MALFORMED: {
    fault: 'has a malformed key',
    fix: 'Check that the certificate is not damaged. If it is as the CA issued it, it must be issued again with a well-formed key.',
  },
  TIME_UNREADABLE: {
    fault: 'has a validity time that cannot be read',
    fix: `${AGAIN}, with times that exist, written as UTCTime or GeneralizedTime.`,
  },
  // Time, names, usage
  EXPIRED: asFlag('BADCERT_EXPIRED'),
  FUTURE: asFlag('BADCERT_FUTURE'),
  HOST_NAME: asFlag('BADCERT_CN_MISMATCH'),
  KEY_USAGE: asFlag('BADCERT_KEY_USAGE'),
  EXT_KEY_USAGE: asFlag('BADCERT_EXT_KEY_USAGE'),
  EKU_EMPTY: { fix: `${AGAIN}, with serverAuth in its extended key usage.` },
  EKU_MISSING: { fix: `${AGAIN}, with an extended key usage that has serverAuth.` },
  EKU_ANY: { fix: `${AGAIN}, with serverAuth instead of anyExtendedKeyUsage in its extended key usage.` },
  EKU_CRITICAL: { fix: `${AGAIN}, with an extended key usage that is not critical.` },
  EKU_IN_ROOT: { fix: 'The root must be made again without an extended key usage, which belongs in intermediates.' },
  // Keys and signatures
  BAD_MD: asFlag('BADCERT_BAD_MD'),
  BAD_PK: asFlag('BADCERT_BAD_PK'),
  BAD_KEY: asFlag('BADCERT_BAD_KEY'),
  RSA_MODULUS: { fix: 'Make a new RSA key of 2048, 3072 or 4096 bits, and get a certificate for it.' },
  RSA_EXPONENT: { fix: 'Make a new RSA key with the usual exponent, 65537, and get a certificate for it.' },
  // Name constraints
  NAME_NOT_PERMITTED: {
    fault: FOREIGN_NAME,
    fix: 'Get the certificate from a CA that may issue for this name, or leave the name out.',
  },
  NAME_EXCLUDED: {
    fault: FOREIGN_NAME,
    fix: 'Get the certificate from a CA that is not excluded from this name, or leave the name out.',
  },
  NAME_UNCHECKABLE: {
    fix: 'Leave names of that kind out of the certificate, or get it from a CA without such a constraint.',
  },
  NC_MALFORMED: { fix: `${CA}, with well-formed name constraints.` },
  NC_NOT_CRITICAL: { fix: `${CA}, with name constraints that are critical.` },
  NC_IN_LEAF: { fix: `${AGAIN} without name constraints, which are for CAs only.` },
  NC_TOO_MANY: { fix: 'Divide the names among several certificates, or give the CA fewer constraints.' },
  // Form
  VERSION: { fix: `${AGAIN} in version 3; replace tools that still make version 1.` },
  SERIAL: { fix: `${AGAIN}, with a positive serial number of at most 20 octets.` },
  ISSUER_EMPTY: { fix: 'Its issuer needs a name: the certificate of the issuer and this one must be issued again.' },
  SUBJECT_EMPTY: { fix: `${CA}, with a subject name, and the same name as issuer in what it issues.` },
  VALIDITY_ENCODING: {
    fix: `${AGAIN}, with times until 2049 as UTCTime and later ones as GeneralizedTime, in UTC and with seconds.`,
  },
  UNIQUE_ID: { fix: `${AGAIN} without unique identifiers, a field of version 2 that nobody uses.` },
  UNKNOWN_CRITICAL: {
    fault: 'has a critical extension that is not known here',
    fix: 'The certificate is for clients that know this extension. For others it must be issued again without it, or with it not critical.',
  },
  DUPLICATE_EXTENSION: { fix: `${AGAIN}, with each extension once.` },
  EXTENSION_MALFORMED: { fix: `${AGAIN}, with a well-formed extension; correct the tool that wrote it.` },
  AKI_MISSING: { fix: `${AGAIN}, with an authority key identifier.` },
  AKI_CRITICAL: { fix: `${AGAIN}, with an authority key identifier that is not critical.` },
  AKI_MISMATCH: {
    fault: 'does not carry the key identifier of its issuer',
    fix: 'Its issuer’s key did sign it, but the key identifiers differ. The server must send the CA certificate whose subject key identifier is the one named here, or the CA must issue this certificate again.',
  },
  AKI_FIELDS: { fix: `${AGAIN}, with an authority key identifier that has the key identifier and nothing else.` },
  SKI_MISSING: { fix: `${CA}, with a subject key identifier.` },
  SKI_CRITICAL: { fix: `${AGAIN}, with a subject key identifier that is not critical.` },
  AIA_CRITICAL: { fix: `${AGAIN}, with an authority information access that is not critical.` },
  BC_NOT_CRITICAL: { fix: `${CA}, with basic constraints that are critical.` },
  PATH_LENGTH_NOT_CA: { fix: `${AGAIN} without a path length, which is for CAs only.` },
  CERT_SIGN_NOT_CA: { fix: `${AGAIN}, without keyCertSign in its key usage.` },
  LEAF_IS_CA: {
    fix: 'The server needs a certificate of its own in which CA is not set. Tools that make self-signed certificates often set it.',
  },
  POLICY_CONSTRAINTS: { fix: `${CA}, with policy constraints that are critical and not empty.` },
  POLICY_REQUIRED: { fix: `${AGAIN}, with a certificate policy that the CAs above it allow.` },
  // Alternative names
  SAN_MISSING: {
    fix: `${AGAIN}, with the server’s names as subject alternative names; a common name does not count.`,
  },
  SAN_NEEDED: { fix: `${AGAIN}, with subject alternative names that are critical, as its subject is empty.` },
  SAN_MALFORMED: {
    fix: `${AGAIN}, with well-formed names: no spaces or underscores, a wildcard only as the whole first label, addresses as addresses.`,
  },
  SAN_CRITICALITY: {
    fix: `${AGAIN}, with subject alternative names that are critical if the subject is empty, and only then.`,
  },
  CN_FORM: { fix: `${AGAIN}, without a common name, or with one that is written like one of its alternative names.` },
  // Revocation
  REVOKED: asFlag('BADCERT_REVOKED'),
  CRL_NOT_TRUSTED: asFlag('BADCRL_NOT_TRUSTED'),
  CRL_EXPIRED: asFlag('BADCRL_EXPIRED'),
  CRL_FUTURE: asFlag('BADCRL_FUTURE'),
  CRL_BAD_MD: asFlag('BADCRL_BAD_MD'),
  CRL_BAD_PK: asFlag('BADCRL_BAD_PK'),
  CRL_SCOPE: {
    fix: 'Use the complete CRL of the issuer: not one of changes only (a delta CRL), nor one for a part of its certificates that is not understood here.',
  },
  CRL_NUMBER: { fix: 'Its issuer must publish the CRL with a number that is not critical.' },
};

/** The first rule of each code that is not named like its rule. @type {Record<string, string>} */
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
 * @param {Broken} problem
 * @returns {ProblemText | undefined} by its rule, or the first rule with its code
 */
export function problemText({ rule = '', code }) {
  const first = FIRST_RULES[code] ?? code.replace(/^ERR_TLS_(CERT_)?/, '');
  const known = [rule, first].find((name) => Object.hasOwn(PROBLEMS, name));
  return known === undefined ? undefined : PROBLEMS[known];
}

/**
 * @param {Broken} problem
 * @returns {string | null} null for a problem that is not known here at all
 */
export function fixOf(problem) {
  const unreadable = unreadableText(problem);
  if (unreadable) return `${unreadable.sentence} ${unreadable.fix}`;
  return problemText(problem)?.fix ?? FLAGS[problem.flag ?? '']?.fix ?? null;
}

/**
 * @param {Broken} problem
 * @returns {{chain: string} | {fault: string}} what is wrong with the chain, or with the certificate
 */
export function faultOf(problem) {
  const { chain, fault } = problemText(problem) ?? {};
  return chain === undefined ? { fault: fault ?? FLAGS[problem.flag ?? '']?.fault ?? 'breaks a rule' } : { chain };
}
