/**
 * Certificates and verdicts as plain objects. The C core reads and judges; nothing is decided here.
 */
import { coreError } from './core-error.js';
import { TLSError } from './errors.js';
import { fromBase64, toBase64, toInput, toList } from './input.js';
import { loadCore } from './wasm.js';

/** @typedef {import('./input.js').PemOrDer} PemOrDer */
/** @typedef {import('./input.js').PemOrDerList} PemOrDerList */
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
/** @typedef {{oid: string, name: string | null, critical: boolean, malformed?: true, value: string}} Extension `value` is the base64 of the DER inside */

/**
 * A certificate (RFC 5280). Fields of extensions are null when the extension is not there or malformed.
 * @typedef {object} Certificate
 * @property {number} version 1, 2 or 3
 * @property {string} serialNumber upper-case hexadecimal of the INTEGER's octets
 * @property {Oid & {hash?: Oid}} signatureAlgorithm
 * @property {Name} issuer
 * @property {Name} subject
 * @property {boolean} selfIssued issuer and subject are the same
 * @property {{notBefore: string, notAfter: string}} validity ISO 8601, UTC
 * @property {{type: string, oid: string, bits?: number, curve?: string, exponent?: number | string, malformed?: true, spkiSha256: string}} publicKey `exponent` is a number up to 2^53, decimal text up to 64 bits, `0x` and hexadecimal beyond, which BigInt() reads; `spkiSha256` is the base64 pin of RFC 7469
 * @property {GeneralName[] | null} subjectAltName
 * @property {string[] | null} keyUsage
 * @property {Oid[] | null} extendedKeyUsage
 * @property {{ca: boolean, pathLength: number | null} | null} basicConstraints
 * @property {string | null} subjectKeyIdentifier hexadecimal
 * @property {{keyIdentifier: string | null, issuer?: GeneralName[], serialNumber?: string} | null} authorityKeyIdentifier
 * @property {(Oid & {qualifiers: {oid: string, cps?: string, value?: string}[]})[] | null} certificatePolicies
 * @property {(Oid & {location: GeneralName[]})[] | null} authorityInfoAccess
 * @property {{fullName: GeneralName[]}[] | null} crlDistributionPoints
 * @property {Extension[]} extensions every extension, in its order
 * @property {{sha1: string, sha256: string}} fingerprints upper-case hexadecimal
 * @property {Uint8Array} der
 * @property {string} pem
 */

/**
 * @typedef {object} Problem
 * @property {number} depth 0 is the leaf
 * @property {ProblemCode} code
 * @property {ProblemRule} rule which rule is broken: finer than `code`, which several rules can have
 * @property {VerifyFlag | null} flag Mbed TLS's name, without MBEDTLS_X509_
 * @property {string | null} flagText Mbed TLS's own words for the flag
 * @property {string} message what is wrong, what was found and what was expected
 * @property {string} reference where the rule is written: the RFC and section, or the Baseline Requirements (BR)
 * @property {string} [field] of a certificate that cannot be read: where, by RFC 5280's name
 * @property {ReadReason} [reason] of the same: why
 */

/**
 * A path that was tried and not chosen.
 * @typedef {object} OtherPath
 * @property {Problem[]} problems why not
 * @property {Certificate[]} path leaf first, as far as it came
 */

/**
 * How a chain was judged.
 * @typedef {object} Verification
 * @property {boolean} ok
 * @property {Date} time the clock it was judged by
 * @property {VerifyFlag[]} flags names of Mbed TLS's flags, of all depths together
 * @property {Problem[]} problems every problem of every certificate
 * @property {number} tried how many paths were tried: the chosen one, the others, and those beyond the first eight of them
 * @property {OtherPath[]} others paths that were tried and not chosen, eight at the most
 * @property {boolean[]} revocation for each certificate of the path: whether a CRL covered it; if not, it was not checked
 * @property {Certificate[]} path the chain that was built, leaf first, as far as it came
 * @property {Certificate[]} sent what was given or sent, in its order
 */

/**
 * @param {Core} core
 * @param {Uint8Array} der
 * @returns {Certificate}
 */
export function describeCertificate(core, der) {
  const fields = core.lend([der, new Uint8Array(4)], (pointer, length, error) => {
    const text = core.call.pagetls_describe_certificate(pointer, length, error) >>> 0;
    if (text === 0) {
      const code = new DataView(core.memory.buffer).getInt32(error, true);
      throw coreError(core, code);
    }
    const json = /** @type {string} */ (core.string(text));
    core.call.pagetls_free(text);
    return JSON.parse(json);
  });
  return { ...fields, der, pem: toPem(der) };
}

/** @param {Uint8Array} der */
function toPem(der) {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/**
 * @typedef {object} RawVerification what the core writes
 * @property {boolean} ok
 * @property {boolean} verified
 * @property {number} time
 * @property {VerifyFlag[]} flags
 * @property {Problem[]} problems
 * @property {number} tried
 * @property {{path: (string | number)[], problems: Problem[]}[]} others
 * @property {boolean[]} revocation
 * @property {(string | number)[]} path base64, or a place in `sent`
 * @property {string[]} sent
 */

/** Connections to one server keep its certificates once: the last ones that came, as base64. @type {Map<string, string>} */
const recent = new Map();
const RECENT = 64;

/** @param {string} base64 @returns {string} the same text, and the same string as before */
function shared(base64) {
  const known = recent.get(base64) ?? base64;
  recent.delete(base64);
  recent.set(known, known); // the last one is the youngest
  if (recent.size > RECENT) {
    recent.delete(/** @type {string} */ (recent.keys().next().value));
  }
  return known;
}

/**
 * Certificates of one verification, described when somebody looks at them.
 */
class Certificates {
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

  /** @param {(string | number)[]} raw base64, or places in `sent` */
  describe(raw) {
    const known = (this.#known ??= new Map());
    return raw.map((one) => {
      const base64 = typeof one === 'number' ? this.#sent[one] : one;
      const certificate = known.get(base64) ?? describeOrKeep(this.#core, fromBase64(base64));
      known.set(base64, certificate);
      return certificate;
    });
  }
}

/** Where an object has what its lists of certificates are made of. */
const SOURCE = Symbol('source');

/**
 * @typedef {object} Source the lists as certificates, when somebody has looked at them
 * @property {Certificates} certificates
 * @property {{path: (string | number)[], sent?: string[]}} raw
 * @property {Certificate[]} [path]
 * @property {Certificate[]} [sent]
 */

/** One getter for all objects costs each of them less than one of its own would. @param {'path' | 'sent'} key */
const lazy = (key) => ({
  enumerable: true,
  /** @this {{[SOURCE]: Source}} */
  get() {
    const source = this[SOURCE];
    return (source[key] ??= source.certificates.describe(source.raw[key] ?? []));
  },
});
const PATH = lazy('path');
const SENT = lazy('sent');

/**
 * @template {object} T
 * @param {T} object gets its `path`, and its `sent` if there is one, as certificates
 * @param {Certificates} certificates
 * @param {Source['raw']} raw
 * @returns {T}
 */
function withCertificates(object, certificates, raw) {
  Object.defineProperty(object, SOURCE, { value: { certificates, raw } });
  Object.defineProperty(object, 'path', PATH);
  return raw.sent ? Object.defineProperty(object, 'sent', SENT) : object;
}

/**
 * @param {Core} core
 * @param {RawVerification} raw
 * @param {Date} [now] the clock it was to be judged by; the present when left out
 * @returns {Verification}
 */
export function makeVerification(core, raw, now = new Date()) {
  const sent = raw.sent.map(shared);
  const path = raw.path.map((one) => (typeof one === 'number' ? one : shared(one)));
  const certificates = new Certificates(core, sent);
  const verification = {
    ok: raw.ok,
    time: raw.verified ? new Date(raw.time * 1000) : now,
    flags: raw.flags,
    problems: raw.problems,
    tried: raw.tried,
    revocation: raw.revocation,
    others: raw.others.map(({ path, problems }) => withCertificates({ problems }, certificates, { path })),
  };
  return /** @type {Verification} */ (
    /** @type {unknown} */ (withCertificates(verification, certificates, { path, sent }))
  );
}

/**
 * A certificate that cannot be read at all still has its bytes to show.
 * @param {Core} core
 * @param {Uint8Array} der
 */
function describeOrKeep(core, der) {
  try {
    return describeCertificate(core, der);
  } catch {
    return /** @type {Certificate} */ (/** @type {unknown} */ ({ der, pem: toPem(der) }));
  }
}

/**
 * Reads one certificate.
 * @param {PemOrDer} pemOrDer the first CERTIFICATE block of a PEM text, or DER
 * @returns {Promise<Certificate>}
 */
export async function parseCertificate(pemOrDer) {
  const core = await loadCore();
  const input = toInput(pemOrDer, 'The certificate');
  // 0x30 is also the digit 0, which text before a PEM block may begin with.
  if (input instanceof Uint8Array && input[0] === 0x30 && !(input[1] < 0x80)) {
    return describeCertificate(core, input.slice());
  }
  const text = typeof input === 'string' ? input : new TextDecoder().decode(input);
  const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/.exec(text);
  if (!block) {
    throw new TLSError('ERR_TLS_INVALID_CERTIFICATE', 'There is no CERTIFICATE block in the PEM text.');
  }
  let der;
  try {
    der = fromBase64(block[1].replace(/\s+/g, ''));
  } catch (cause) {
    throw new TLSError('ERR_TLS_INVALID_CERTIFICATE', 'The CERTIFICATE block is not base64.', { cause });
  }
  return describeCertificate(core, der);
}

/** Numbers of PAGETLS_PROFILE_… */
export const PROFILES = /** @type {const} */ ({ webpki: 0, rfc5280: 1, suiteb: 2 });
/** @typedef {keyof typeof PROFILES} Profile */

/** @param {Profile} profile */
export function profileNumber(profile) {
  if (!Object.hasOwn(PROFILES, profile)) {
    const known = Object.keys(PROFILES).join(', ');
    throw new TLSError('ERR_TLS_INVALID_OPTION', `profile must be one of ${known}, not ${JSON.stringify(profile)}.`);
  }
  return PROFILES[profile];
}

/**
 * Tells a verification handle of the core what to judge by.
 * @param {Core} core
 * @param {number} handle
 * @param {{trust?: TrustStore, hostname?: string, now?: Date, crls?: PemOrDerList, profile?: Profile, maxDepth?: number}} options
 */
export function setUpVerification(core, handle, { trust, hostname, now, crls, profile = 'webpki', maxDepth }) {
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
  if (now !== undefined) {
    if (!(now instanceof Date) || Number.isNaN(now.getTime())) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'now must be a valid Date.');
    }
    /** @type {(handle: number, milliseconds: number) => unknown} */ (call.pagetls_verification_set_clock)(
      handle,
      now.getTime(),
    );
  }
  call.pagetls_verification_set_profile(handle, profileNumber(profile));
  if (maxDepth !== undefined) {
    if (!Number.isInteger(maxDepth) || maxDepth < 0 || maxDepth > 100) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'maxDepth must be a whole number from 0 to 100.');
    }
    call.pagetls_verification_set_max_depth(handle, maxDepth);
  }
  for (const crl of toList(crls, 'crls')) {
    const ret = core.lend([crl], (pointer, length) => call.pagetls_verification_add_crls(handle, pointer, length));
    if (ret < 0) {
      throw crlError(core, ret);
    }
  }
}

/**
 * A text without a CRL, or with a block that is not PEM, is as little a CRL as one that cannot be read.
 * @param {Core} core
 * @param {number} number
 */
function crlError(core, number) {
  const { code, message, native } = coreError(core, number, { message: (why) => `A CRL cannot be read (${why}).` });
  return new TLSError(code === 'ERR_TLS_INVALID_CERTIFICATE' ? 'ERR_TLS_INVALID_CRL' : code, message, { native });
}

/**
 * Judges a chain without a connection, by the same code that judges it in a handshake.
 * @param {PemOrDerList} chain the leaf first, then the others
 * @param {object} [options]
 * @param {TrustStore} [options.trust] the anchors; without them nothing is trusted
 * @param {string} [options.hostname] the name or IP address that the leaf must be for; left out, no name is asked for
 * @param {Date} [options.now] the time to judge at; the present by default
 * @param {PemOrDerList} [options.crls]
 * @param {number} [options.maxDepth] intermediate certificates that the path may have, self-issued ones not counted
 * @param {Profile} [options.profile]
 * @returns {Promise<Verification>}
 */
export async function verifyChain(chain, options = {}) {
  const core = await loadCore();
  const { call } = core;
  const handle = call.pagetls_verification_new() >>> 0;
  if (handle === 0) {
    throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
  }
  try {
    setUpVerification(core, handle, options);
    const inputs = toList(chain, 'The chain');
    if (inputs.length === 0) {
      throw new TLSError('ERR_TLS_INVALID_CERTIFICATE', 'The chain is empty.');
    }
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
    return makeVerification(core, JSON.parse(json), options.now);
  } finally {
    call.pagetls_verification_free(handle);
  }
}
