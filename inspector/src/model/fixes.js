/** What to do about each problem, in plain words; a test holds the keys to the rules that there are. */
import { DETAILS, ERRORS, namesOf } from '../../../certs/coverage/errors.js';
import { FLAGS } from '../../../certs/coverage/flags.js';

/** Where the rule is what its flag says. @param {string} flag @returns {string} */
function ofFlag(flag) {
  const words = FLAGS[flag];
  return 'do' in words ? words.do : words.means;
}

const AUTHORITY = 'This authority’s certificate must be issued again';

/** By code. @type {Record<string, string>} */
export const FIXES = {
  // Trust and path
  ERR_TLS_CERT_NOT_TRUSTED: ofFlag('BADCERT_NOT_TRUSTED'),
  ERR_TLS_CERT_NOT_A_CA:
    'Get the certificate below it from a certification authority. If this one is meant to be an authority, it must be ' +
    'issued again with CA set in its basic constraints.',
  ERR_TLS_CERT_NO_CERT_SIGN: `${AUTHORITY}, with keyCertSign in its key usage.`,
  ERR_TLS_CERT_PATH_LENGTH:
    'Have the server’s certificate issued by an authority further up, or this authority’s certificate issued again with a greater path length.',
  ERR_TLS_CERT_TOO_DEEP:
    'Have the server’s certificate issued by an authority nearer to the trust anchor, or allow a longer path with maxDepth.',
  ERR_TLS_CERT_BUDGET:
    'The server must send fewer certificates: the leaf and, in their order, the intermediates that lead to one trust anchor.',
  ERR_TLS_CERT_PARSE:
    'Either it is damaged, or no certificate at all: look at what the server sends. Or its kind of key or signature is ' +
    'unknown to this client, and it takes a certificate with an RSA key, or one on P-256, P-384 or P-521.',
  // Time, names, usage
  ERR_TLS_CERT_EXPIRED: ofFlag('BADCERT_EXPIRED'),
  ERR_TLS_CERT_FUTURE: ofFlag('BADCERT_FUTURE'),
  ERR_TLS_CERT_CN_MISMATCH: ofFlag('BADCERT_CN_MISMATCH'),
  ERR_TLS_CERT_KEY_USAGE: ofFlag('BADCERT_KEY_USAGE'),
  ERR_TLS_CERT_EXT_KEY_USAGE: ofFlag('BADCERT_EXT_KEY_USAGE'),
  ERR_TLS_CERT_EXT_KEY_USAGE_MISSING:
    'The certificate must be issued again, with an extended key usage that has serverAuth.',
  ERR_TLS_CERT_EXT_KEY_USAGE_ANY:
    'The certificate must be issued again, with serverAuth in its extended key usage in the place of anyExtendedKeyUsage.',
  ERR_TLS_CERT_EXT_KEY_USAGE_CRITICAL:
    'The certificate must be issued again, with its extended key usage not marked critical.',
  ERR_TLS_CERT_EXT_KEY_USAGE_IN_ROOT:
    'The root must be made again without an extended key usage; that belongs into the intermediates.',
  // Keys and signatures
  ERR_TLS_CERT_BAD_MD: ofFlag('BADCERT_BAD_MD'),
  ERR_TLS_CERT_BAD_PK: ofFlag('BADCERT_BAD_PK'),
  ERR_TLS_CERT_BAD_KEY: ofFlag('BADCERT_BAD_KEY'),
  ERR_TLS_CERT_RSA_MODULUS: 'Make a new RSA key of 2048, 3072 or 4096 bits, and get a certificate for it.',
  ERR_TLS_CERT_RSA_EXPONENT: 'Make a new RSA key with the usual exponent, 65537, and get a certificate for it.',
  // Name constraints
  ERR_TLS_CERT_NAME_NOT_PERMITTED:
    'Get the certificate from an authority that may issue for this name, or leave the name out of it.',
  ERR_TLS_CERT_NAME_EXCLUDED:
    'Get the certificate from an authority that is not excluded from this name, or leave the name out of it.',
  ERR_TLS_CERT_NAME_UNCHECKABLE:
    'Leave names of that kind out of the certificate, or get it from an authority without such a constraint.',
  ERR_TLS_CERT_NAME_CONSTRAINTS_MALFORMED: `${AUTHORITY}, with name constraints that are written as they must be.`,
  ERR_TLS_CERT_NAME_CONSTRAINTS_NOT_CRITICAL: `${AUTHORITY}, with its name constraints marked critical.`,
  ERR_TLS_CERT_NAME_CONSTRAINTS_IN_LEAF:
    'The certificate must be issued again without name constraints, which are for authorities only.',
  ERR_TLS_CERT_NAME_CONSTRAINTS_TOO_MANY:
    'Divide the names among several certificates, or have fewer constraints in the authority’s.',
  // Form
  ERR_TLS_CERT_VERSION:
    'The certificate must be issued again in version 3; tools that still make version 1 are to be replaced.',
  ERR_TLS_CERT_SERIAL: 'The certificate must be issued again, with a positive serial number of 20 octets at the most.',
  ERR_TLS_CERT_ISSUER_EMPTY: 'Its issuer needs a name: the issuer’s certificate and this one must be issued again.',
  ERR_TLS_CERT_SUBJECT_EMPTY: `${AUTHORITY}, with a subject name, which must then be the issuer of what it issues.`,
  ERR_TLS_CERT_VALIDITY_ENCODING:
    'The certificate must be issued again: times until 2049 as UTCTime, later ones as GeneralizedTime, in UTC with seconds.',
  ERR_TLS_CERT_UNIQUE_ID:
    'The certificate must be issued again without unique identifiers, a field of version 2 that nobody uses.',
  ERR_TLS_CERT_UNKNOWN_CRITICAL:
    'The certificate is for clients that know this extension. For others it must be issued again without it, or with it not marked critical.',
  ERR_TLS_CERT_DUPLICATE_EXTENSION: 'The certificate must be issued again, with each extension once.',
  ERR_TLS_CERT_EXTENSION_MALFORMED:
    'The certificate must be issued again; the tool that wrote the extension is to be mended. Its octets are shown with the certificate.',
  ERR_TLS_CERT_AKI_MISSING: 'The certificate must be issued again, with an authority key identifier.',
  ERR_TLS_CERT_AKI_CRITICAL:
    'The certificate must be issued again, with its authority key identifier not marked critical.',
  ERR_TLS_CERT_AKI_MISMATCH:
    'Perhaps the server sends the wrong intermediate, of the same name and another key. Else the certificate must be issued again, with its ' +
    'issuer’s key identifier.',
  ERR_TLS_CERT_AKI_FIELDS:
    'The certificate must be issued again, with an authority key identifier that has the key identifier and nothing else.',
  ERR_TLS_CERT_SKI_MISSING: `${AUTHORITY}, with a subject key identifier.`,
  ERR_TLS_CERT_SKI_CRITICAL:
    'The certificate must be issued again, with its subject key identifier not marked critical.',
  ERR_TLS_CERT_AIA_CRITICAL:
    'The certificate must be issued again, with its authority information access not marked critical.',
  ERR_TLS_CERT_BASIC_CONSTRAINTS_NOT_CRITICAL: `${AUTHORITY}, with its basic constraints marked critical.`,
  ERR_TLS_CERT_PATH_LENGTH_NOT_CA:
    'The certificate must be issued again without a path length, which is for authorities only.',
  ERR_TLS_CERT_CERT_SIGN_NOT_CA: 'The certificate must be issued again, without keyCertSign in its key usage.',
  ERR_TLS_CERT_LEAF_IS_CA:
    'The server needs a certificate of its own, in which CA is not set. A certificate that a tool made for itself often has it set.',
  ERR_TLS_CERT_POLICY_CONSTRAINTS: `${AUTHORITY}, with policy constraints that are critical and say something.`,
  ERR_TLS_CERT_POLICY_REQUIRED:
    'The certificate must be issued again, with a certificate policy that the authorities above it allow.',
  // Alternative names
  ERR_TLS_CERT_SAN_MISSING:
    'The certificate must be issued again, with the server’s names as subject alternative names; a common name does not count.',
  ERR_TLS_CERT_SAN_MALFORMED:
    'The certificate must be issued again, with names that are names: no spaces or underscores, a wildcard only as the whole first label, ' +
    'addresses as addresses.',
  ERR_TLS_CERT_SAN_CRITICALITY:
    'The certificate must be issued again: subject alternative names marked critical when the subject is empty, else not.',
  ERR_TLS_CERT_CN_FORM:
    'The certificate must be issued again, without a common name, or with one that is written as one of its alternative names.',
  // Revocation
  ERR_TLS_CERT_REVOKED: ofFlag('BADCERT_REVOKED'),
  ERR_TLS_CRL_NOT_TRUSTED: ofFlag('BADCRL_NOT_TRUSTED'),
  ERR_TLS_CRL_EXPIRED: ofFlag('BADCRL_EXPIRED'),
  ERR_TLS_CRL_FUTURE: ofFlag('BADCRL_FUTURE'),
  ERR_TLS_CRL_BAD_MD: ofFlag('BADCRL_BAD_MD'),
  ERR_TLS_CRL_BAD_PK: ofFlag('BADCRL_BAD_PK'),
  ERR_TLS_CRL_SCOPE:
    'Use the whole list of the issuer: not one for a part of its certificates that is told apart in a way not known here, nor one of changes only.',
  ERR_TLS_CRL_NUMBER: 'Its issuer must publish the list with a number that is not marked critical.',
};

/**
 * @param {{code: string, flag: string | null}} problem of a newer pagetls, perhaps, with codes that are not here
 * @param {number} [native] Mbed TLS's number where a certificate could not be read: it says what exactly
 * @returns {string | null}
 */
export function fixOf({ code, flag }, native) {
  if (code === 'ERR_TLS_CERT_PARSE' && native !== undefined) {
    const { error = '', detail = '' } = namesOf(native);
    const words = ERRORS[error];
    if (words) return 'do' in words ? `${words.means} ${words.do}` : words.means;
    if (DETAILS[detail]) return DETAILS[detail].means;
  }
  if (Object.hasOwn(FIXES, code)) return FIXES[code];
  return flag !== null && Object.hasOwn(FLAGS, flag) ? ofFlag(flag) : null;
}
