/**
 * Certificates and verifications as plain objects. The C core parses and verifies; this module only converts.
 */
import { visible } from '../messages/visible.js';
import { coreError } from './core-error.js';
import { firstCertificate, makeSkipped, takeJson } from './documents.js';
import { TLSError } from './errors.js';
import { fromBase64, toInput, toPem } from './input.js';
import { describe } from './quote.js';
import { otherCertificate, rootSignatures, withSignature } from './root-signatures.js';
import { loadCore } from './wasm.js';

/** @typedef {import('./documents.js').Skipped} Skipped */
/** @typedef {import('./input.js').PemOrDer} PemOrDer */
/** @typedef {import('./problem-codes.js').ProblemCode} ProblemCode */
/** @typedef {import('./problem-codes.js').ProblemRule} ProblemRule */
/** @typedef {import('./problem-codes.js').ReadReason} ReadReason */
/** @typedef {import('./problem-codes.js').VerifyFlag} VerifyFlag */
/** @typedef {import('./wasm.js').Core} Core */
/** @typedef {import('./trust-store.js').TrustStore} TrustStore */

/** @typedef {{oid: string, name: string | null}} Oid */
/** @typedef {{text: string, attributes: {oid: string, name: string | null, value: string}[]}} Name a distinguished name, most general part first */
/** @typedef {'otherName' | 'rfc822Name' | 'dNSName' | 'x400Address' | 'directoryName' | 'ediPartyName' | 'uniformResourceIdentifier' | 'iPAddress' | 'registeredID'} GeneralNameType */
/** @typedef {{type: GeneralNameType, value: string | Name, oid?: string}} GeneralName `value` is a Name for directoryName, base64 DER for otherName, x400Address and ediPartyName */
/** @typedef {{oid: string, name: string | null, critical: boolean, malformed?: true, value: string}} Extension `value` is base64 of the DER in extnValue */

/**
 * A certificate (RFC 5280). Fields of an extension are null if it is missing or malformed. `der`, `pem` and the fingerprints
 * except SHA-256 are null of a root of Mozilla's list whose signature is not loaded: see loadRootSignatures().
 * @typedef {object} Certificate
 * @property {number} version 1, 2 or 3
 * @property {string} serialNumber the INTEGER's octets in upper-case hexadecimal
 * @property {Oid & {hash?: Oid}} signatureAlgorithm
 * @property {Name} issuer
 * @property {Name} subject
 * @property {boolean} selfIssued issuer and subject are equal
 * @property {{notBefore: string, notAfter: string}} validity ISO 8601, UTC
 * @property {{type: string, oid: string, bits?: number, curve?: string, exponent?: number | string, malformed?: true, spkiSha256: string}} publicKey `exponent` is a number up to 2^53, decimal text up to 64 bits, `0x` and hexadecimal beyond (BigInt() reads both); `spkiSha256` is the base64 pin of RFC 7469
 * @property {GeneralName[] | null} subjectAltName
 * @property {string[] | null} keyUsage
 * @property {Oid[] | null} extendedKeyUsage
 * @property {{ca: boolean, pathLength: number | null} | null} basicConstraints
 * @property {string | null} subjectKeyIdentifier hexadecimal
 * @property {{keyIdentifier: string | null, issuer?: GeneralName[], serialNumber?: string} | null} authorityKeyIdentifier
 * @property {(Oid & {qualifiers: {oid: string, cps?: string, value?: string}[]})[] | null} certificatePolicies
 * @property {(Oid & {location: GeneralName[]})[] | null} authorityInfoAccess
 * @property {{fullName: GeneralName[]}[] | null} crlDistributionPoints
 * @property {Extension[]} extensions all, in their order
 * @property {{sha1: string | null, sha256: string, sha384: string | null, sha512: string | null}} fingerprints upper-case hexadecimal
 * @property {Uint8Array | null} der
 * @property {string | null} pem
 */

/** A certificate of which all is known. @typedef {Certificate & {fingerprints: {sha1: string, sha256: string, sha384: string, sha512: string}, der: Uint8Array, pem: string}} WholeCertificate */

/**
 * @typedef {object} Problem
 * @property {number} depth 0 is the leaf
 * @property {ProblemCode} code
 * @property {ProblemRule} rule the broken rule; several rules can have the same `code`
 * @property {VerifyFlag | null} flag Mbed TLS's name, without MBEDTLS_X509_
 * @property {string | null} flagText Mbed TLS's description of the flag
 * @property {string} message what is wrong: what was found and what was expected
 * @property {string} reference source of the rule: RFC and section, or the Baseline Requirements (BR)
 * @property {string} [field] of an unreadable certificate: the field, by its name in RFC 5280
 * @property {ReadReason} [reason] of an unreadable certificate: why the field cannot be read
 */

/**
 * A path that was tried but not chosen.
 * @typedef {object} OtherPath
 * @property {Problem[]} problems why not
 * @property {number} moreProblems the number of further problems, which are not kept
 * @property {Certificate[]} path leaf first; it may be incomplete
 */

/**
 * Why the revocation of a certificate was not checked: there is no CRL of its issuer; those there are, are for other
 * certificates, a delta CRL without the CRL that it updates, or only for some reasons; or a problem says why.
 * @typedef {'no-crl' | 'other-scope' | 'delta-without-base' | 'some-reasons' | 'crl-problem'} NotChecked
 */

/**
 * The result of verifying a chain.
 * @typedef {object} Verification
 * @property {boolean} ok whether the chain is valid
 * @property {Date} time the time of verification
 * @property {VerifyFlag[]} flags names of Mbed TLS's flags, at any depth
 * @property {Exclude<Profile, 'auto'> | null} profile the profile that the chosen path was verified by: with `auto`, `webpki` or `private`; null if the leaf cannot be read
 * @property {Problem[]} problems all problems of all certificates, at most 48
 * @property {number} moreProblems the number of further problems, which are not kept; usually 0
 * @property {Problem[]} warnings broken rules that the profile does not enforce: they do not make the chain invalid; at most 32
 * @property {number} moreWarnings the number of further warnings, which are not kept; usually 0
 * @property {number} tried number of paths tried: the chosen one, `others`, and any beyond the eight that `others` holds
 * @property {OtherPath[]} others paths that were tried but not chosen, at most eight
 * @property {boolean[]} revocation for each certificate of the path: whether CRLs tell if it is revoked; if not, its revocation was not checked
 * @property {(NotChecked | null)[]} notChecked for each certificate of the path: why its revocation was not checked; null if it was, and for the last
 * @property {Skipped[]} skipped what was not used of the chain and the CRLs that were passed in, such as a key in the same file
 * @property {Certificate[]} path the path that was built, leaf first; it may be incomplete
 * @property {WholeCertificate[]} sent the certificates passed in or sent by the server, in that order
 */

/**
 * @param {Core} core
 * @param {Uint8Array} der
 * @returns {WholeCertificate}
 */
export function describeCertificate(core, der) {
  const fields = fieldsOf(core, 'pagetls_describe_certificate', der);
  return { ...fields, der, pem: toPem('CERTIFICATE', der) };
}

/**
 * @param {Core} core
 * @param {'pagetls_describe_certificate' | 'pagetls_describe_root'} name
 * @param {Uint8Array} der
 */
function fieldsOf(core, name, der) {
  return core.lend([der, new Uint8Array(4)], (pointer, length, error) => {
    const text = core.call[name](pointer, length, error) >>> 0;
    if (text === 0) {
      const code = new DataView(core.memory.buffer).getInt32(error, true);
      throw coreError(core, code);
    }
    return takeJson(core, text);
  });
}

/** Key of the tbsCertificate of a certificate without `der`. */
const TBS = Symbol('tbsCertificate');

/** @param {Certificate} certificate @returns {Uint8Array | undefined} only if it has no `der` */
export const tbsOf = (certificate) => /** @type {{[TBS]?: Uint8Array}} */ (certificate)[TBS];

/**
 * @param {Core} core
 * @param {RawRoot} root
 * @returns {Certificate}
 * @throws {TLSError} ERR_TLS_LOAD: with its signature, it is another certificate
 */
export function describeRoot(core, { tbs: base64, sha256 }) {
  const tbs = fromBase64(base64);
  const signatures = rootSignatures();
  const der = signatures && withSignature(signatures, tbs, sha256);
  if (der === undefined) {
    const fingerprints = { sha1: null, sha256, sha384: null, sha512: null };
    const root = { ...fieldsOf(core, 'pagetls_describe_root', tbs), fingerprints, der: null, pem: null };
    return Object.defineProperty(root, TBS, { value: tbs });
  }
  const certificate = describeIfReadable(core, der);
  if (certificate.fingerprints?.sha256 !== sha256) {
    throw otherCertificate();
  }
  return certificate;
}

/** An anchor of Mozilla's list: its tbsCertificate in base64. @typedef {{tbs: string, sha256: string}} RawRoot */
/** DER in base64, or an index in `sent`. @typedef {string | number | RawRoot} RawCertificate */

/**
 * @typedef {object} RawVerification JSON written by the core
 * @property {boolean} ok
 * @property {boolean} verified
 * @property {number} time
 * @property {VerifyFlag[]} flags
 * @property {Exclude<Profile, 'auto'> | null} profile
 * @property {Problem[]} problems
 * @property {number} moreProblems
 * @property {Problem[]} warnings
 * @property {number} moreWarnings
 * @property {number} tried
 * @property {{path: RawCertificate[], problems: Problem[], moreProblems: number}[]} others
 * @property {boolean[]} revocation
 * @property {(NotChecked | null)[]} notChecked
 * @property {RawCertificate[]} path
 * @property {string[]} sent
 */

/** The most recent certificates as base64, so that connections to one server share its strings. @type {Map<string, string>} */
const internedStrings = new Map();
const MAX_INTERNED_STRINGS = 64;

/** @param {string} base64 @returns {string} the equal string of an earlier connection, if any */
function intern(base64) {
  const known = internedStrings.get(base64) ?? base64;
  internedStrings.delete(base64);
  internedStrings.set(known, known); // a Map keeps its order: the first is the oldest
  if (internedStrings.size > MAX_INTERNED_STRINGS) {
    internedStrings.delete(/** @type {string} */ (internedStrings.keys().next().value));
  }
  return known;
}

/**
 * Certificates of one verification, described at first access.
 */
class LazyCertificates {
  #core;
  #sent;
  /** @type {Map<string, Certificate> | undefined} */
  #known;

  /**
   * @param {Core} core
   * @param {string[]} sent base64
   */
  constructor(core, sent) {
    this.#core = core;
    this.#sent = sent;
  }

  /** @param {readonly RawCertificate[]} raw */
  describe(raw) {
    const known = (this.#known ??= new Map());
    return raw.map((one) => {
      const base64 = typeof one === 'number' ? this.#sent[one] : one;
      const key = typeof base64 === 'string' ? base64 : `${rootSignatures() !== undefined} ${base64.tbs}`;
      const certificate =
        known.get(key) ??
        (typeof base64 === 'string'
          ? describeIfReadable(this.#core, fromBase64(base64))
          : describeRoot(this.#core, base64));
      known.set(key, certificate);
      return certificate;
    });
  }
}

/** Key of the Source in an object with lists of certificates. */
const SOURCE = Symbol('source');

/**
 * @typedef {object} Source `path` and `sent` are set at first access, and again when the signatures of roots are loaded
 * @property {LazyCertificates} certificates
 * @property {{path: RawCertificate[], sent?: string[]}} raw
 * @property {Certificate[]} [path]
 * @property {Certificate[]} [sent]
 * @property {ReturnType<typeof rootSignatures>} [signatures] that `path` was described with
 */

/** @param {{path: readonly RawCertificate[]}} raw @returns {boolean} whether anchors of Mozilla's list are on it */
const hasRoots = ({ path }) => path.some((one) => typeof one === 'object');

/** @param {RawVerification} raw @returns {boolean} whether certificates on its paths lack their signatures */
export const lacksSignatures = (raw) => rootSignatures() === undefined && [raw, ...raw.others].some(hasRoots);

/** All objects share these getters, which saves memory. @param {'path' | 'sent'} key */
const lazyGetter = (key) => ({
  enumerable: true,
  /** @this {{[SOURCE]: Source}} */
  get() {
    const source = this[SOURCE];
    if (key === 'path' && source.signatures !== rootSignatures() && hasRoots(source.raw)) {
      source.path = undefined;
      source.signatures = rootSignatures();
    }
    return (source[key] ??= source.certificates.describe(source.raw[key] ?? []));
  },
});
const PATH = lazyGetter('path');
const SENT = lazyGetter('sent');

/**
 * Adds `path`, and `sent` if `raw` has it, as certificates.
 * @template {object} T
 * @param {T} object
 * @param {LazyCertificates} certificates
 * @param {Source['raw']} raw
 * @returns {T}
 */
function withCertificates(object, certificates, raw) {
  Object.defineProperty(object, SOURCE, { value: { certificates, raw } });
  Object.defineProperty(object, 'path', PATH);
  return raw.sent ? Object.defineProperty(object, 'sent', SENT) : object;
}

/**
 * Messages quote names of certificates, whose characters need not be visible.
 * @param {Problem[]} problems
 */
export function withVisibleMessages(problems) {
  for (const problem of problems) problem.message = visible(problem.message);
  return problems;
}

/**
 * @param {Core} core
 * @param {RawVerification} raw
 * @param {Date} [now] the requested time of verification; the current time by default
 * @param {Skipped[]} [skipped]
 * @returns {Verification}
 */
export function makeVerification(core, raw, now = new Date(), skipped = []) {
  const sent = raw.sent.map(intern);
  const path = raw.path.map((one) => (typeof one === 'string' ? intern(one) : one));
  for (const one of path) if (typeof one === 'object') one.tbs = intern(one.tbs);
  const certificates = new LazyCertificates(core, sent);
  const verification = {
    ok: raw.ok,
    time: raw.verified ? new Date(raw.time * 1000) : now,
    flags: raw.flags,
    profile: raw.profile,
    problems: withVisibleMessages(raw.problems),
    moreProblems: raw.moreProblems,
    warnings: withVisibleMessages(raw.warnings),
    moreWarnings: raw.moreWarnings,
    tried: raw.tried,
    revocation: raw.revocation,
    notChecked: raw.notChecked,
    skipped,
    others: raw.others.map(({ path, problems, moreProblems }) =>
      withCertificates({ problems: withVisibleMessages(problems), moreProblems }, certificates, { path }),
    ),
  };
  return /** @type {Verification} */ (
    /** @type {unknown} */ (withCertificates(verification, certificates, { path, sent }))
  );
}

/**
 * An unreadable certificate has only `der` and `pem`.
 * @param {Core} core
 * @param {Uint8Array} der
 */
export function describeIfReadable(core, der) {
  try {
    return describeCertificate(core, der);
  } catch {
    return /** @type {WholeCertificate} */ (/** @type {unknown} */ ({ der, pem: toPem('CERTIFICATE', der) }));
  }
}

/**
 * Parses one certificate.
 * @param {PemOrDer} pemOrDer PEM, DER or PKCS#7; of several certificates the first, which is the leaf of a PKCS#7 bundle
 * @returns {Promise<WholeCertificate>}
 */
export async function parseCertificate(pemOrDer) {
  const core = await loadCore();
  return describeCertificate(core, firstCertificate(core, toInput(pemOrDer, 'The certificate')));
}

/** Values of PAGETLS_PROFILE_… in wasm/pagetls.h. */
export const PROFILES = /** @type {const} */ ({ auto: 4, webpki: 0, private: 3, rfc5280: 1, suiteb: 2 });
/** @typedef {keyof typeof PROFILES} Profile */

/** @param {Profile} profile */
export function profileNumber(profile) {
  if (typeof profile !== 'string' || !Object.hasOwn(PROFILES, profile)) {
    const known = Object.keys(PROFILES).join(', ');
    throw new TLSError('ERR_TLS_INVALID_OPTION', `profile must be one of ${known}, not ${describe(profile)}.`);
  }
  return PROFILES[profile];
}

/**
 * Sets the criteria of a verification in the core.
 * @param {Core} core
 * @param {number} handle
 * @param {{trust?: TrustStore, hostname?: string, verifyHostname?: boolean, belowPublicSuffix?: boolean, now?: Date, crls?: (string | Uint8Array)[], profile?: Profile, maxDepth?: number}} options checked; `belowPublicSuffix`: the host is directly below a public suffix
 */
export function setCriteria(
  core,
  handle,
  { trust, hostname, verifyHostname = true, belowPublicSuffix, now, crls, profile = 'auto', maxDepth },
) {
  const { call } = core;
  if (trust) {
    call.pagetls_verification_set_trust(handle, trust.handle(core));
  }
  if (hostname !== undefined) {
    const ret = core.lend([hostname], (pointer, length) =>
      call.pagetls_verification_set_hostname(handle, pointer, length),
    );
    if (ret !== 0) {
      throw new TLSError('ERR_TLS_INVALID_ADDRESS', `${JSON.stringify(hostname)} is not a host name or IP address.`);
    }
  }
  if (!verifyHostname) {
    call.pagetls_verification_set_hostname_optional(handle);
  }
  if (belowPublicSuffix) {
    call.pagetls_verification_set_below_public_suffix(handle);
  }
  if (now !== undefined) {
    if (Number.isNaN(now.getTime())) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'now must be a valid Date.');
    }
    /** @type {(handle: number, milliseconds: number) => unknown} */ (call.pagetls_verification_set_clock)(
      handle,
      now.getTime(),
    );
  }
  call.pagetls_verification_set_profile(handle, profileNumber(profile));
  if (maxDepth !== undefined) {
    call.pagetls_verification_set_max_depth(handle, maxDepth);
  }
  for (const crl of crls ?? []) {
    const length = core.fill(crl, (bytes) => call.pagetls_verification_reserve_crls(handle, bytes));
    const ret = call.pagetls_verification_add_crls(handle, length);
    if (ret < 0) {
      const message = (/** @type {string} */ reason, /** @type {string} */ id) =>
        id === 'CRL' ? `A CRL cannot be read (${reason}).` : `${reason}.`;
      throw coreError(core, ret, { message });
    }
  }
}

/**
 * What was skipped in the inputs of a verification.
 * @param {Core} core
 * @param {number} handle
 * @returns {Skipped[]}
 */
export function skippedInputs(core, handle) {
  const { chain, crls } = takeJson(core, core.call.pagetls_verification_skipped(handle) >>> 0);
  const describe = (/** @type {Uint8Array} */ der) => describeIfReadable(core, der);
  return [...makeSkipped(chain, 'chain', describe), ...makeSkipped(crls, 'crls', describe)];
}
