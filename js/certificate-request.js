/** A server's request for a client certificate, as the C core describes it, and why what the server got did not suit it. */
import { CLIENT_CERTIFICATE_MISSING } from '../messages/alerts.js';
import {
  authorityNotNamed,
  CALLBACK_GAVE_NONE,
  certificateTypeName,
  keyNotAccepted,
  nothingAccepted,
  schemeName,
  schemesLeftOut,
} from '../messages/client-certificate.js';
import { nameOf, SIGNATURE_SCHEMES } from './hello-options.js';

/** @typedef {import('./certificate.js').Name} Name */
/** @typedef {import('./wasm.js').Core} Core */

/** @typedef {{tls13: boolean, signatureAlgorithms: number[], certificateTypes: number[], authorities: {name: Name, raw: string}[]}} RawRequest */

/** Bits of pagetls_connection_requests(). */
const REQUESTED = 1;
const SENT = 2;
const REJECTED = 8;
const UNNAMED_AUTHORITY = 16;

/** PAGETLS_KEY_IS_RSA */
const KEY_IS_RSA = 1 << 16;
/** Numbers of RSA and ECDSA in ClientCertificateType. */
const RSA_SIGN = 1;
const ECDSA_SIGN = 64;

/** Alerts about a certificate that the server got: it is bad, unknown, or its CA is. */
const ABOUT_CERTIFICATE = [40, 42, 46, 48];

/**
 * @param {Core} core
 * @param {number} connection
 * @returns {RawRequest | undefined}
 */
export function requestOf(core, connection) {
  const text = core.call.pagetls_connection_certificate_request(connection) >>> 0;
  const json = core.string(text);
  core.call.pagetls_free(text);
  return json === null ? undefined : JSON.parse(json);
}

/**
 * The kinds of the client's keys, and whether a scheme suits one of them.
 * @param {Core} core
 * @param {number} connection
 */
function keysOf(core, connection) {
  const keys = [];
  for (let key; (key = core.call.pagetls_connection_identity_key(connection, keys.length)) !== 0;) {
    keys.push({ isRsa: key >= KEY_IS_RSA, bits: key & (KEY_IS_RSA - 1) });
  }
  return keys;
}

/** @param {number} scheme one of ours */
const isEcdsa = (scheme) => (scheme & 0xff) === 3;

/**
 * The schemes of the server with which keys that this client supports can sign.
 * @param {RawRequest} request
 */
function usableSchemes({ tls13, signatureAlgorithms, certificateTypes }) {
  return signatureAlgorithms.filter((scheme) =>
    nameOf(SIGNATURE_SCHEMES, scheme) === undefined || scheme === SIGNATURE_SCHEMES.ed25519
      ? false
      : tls13
        ? scheme >> 8 === 8 || isEcdsa(scheme)
        : certificateTypes.includes(isEcdsa(scheme) ? ECDSA_SIGN : RSA_SIGN),
  );
}

/**
 * @param {Core} core
 * @param {number} connection
 * @param {number[] | undefined} ours the option signatureAlgorithms
 */
function whyRejected(core, connection, ours) {
  const request = requestOf(core, connection);
  if (!request) {
    return CLIENT_CERTIFICATE_MISSING;
  }
  const keys = keysOf(core, connection);
  const words = keys.map(({ isRsa, bits }) => (isRsa ? `RSA with ${bits} bits` : `EC on P-${bits}`));
  const usable = usableSchemes(request);
  const accepted = [...new Set(usable.filter((scheme) => ours?.includes(scheme) ?? true))].map(schemeName);
  if (accepted.length > 0) {
    return keyNotAccepted(words, accepted);
  }
  return usable.length > 0
    ? schemesLeftOut(usable.map(schemeName))
    : nothingAccepted(
        words,
        request.signatureAlgorithms.map(schemeName),
        request.certificateTypes.map(certificateTypeName),
      );
}

/**
 * If the server requested a client certificate: why it did not get one, or not of one of its authorities.
 * @param {Core} core
 * @param {number} connection
 * @param {number[] | undefined} ours the option signatureAlgorithms
 * @param {boolean} asked whether clientCertificate was to give one
 */
export function certificateHints(core, connection, ours, asked) {
  const requests = core.call.pagetls_connection_requests(connection);
  const isMissing = (requests & (REQUESTED | SENT)) === REQUESTED;
  const missing = isMissing
    ? requests & REJECTED
      ? whyRejected(core, connection, ours)
      : asked
        ? CALLBACK_GAVE_NONE
        : CLIENT_CERTIFICATE_MISSING
    : undefined;
  const names = requests & UNNAMED_AUTHORITY ? requestOf(core, connection)?.authorities : undefined;
  return {
    /** The server got none. */
    missing,
    /** @param {number} alert */
    forAlert: (alert) =>
      missing === undefined && names && ABOUT_CERTIFICATE.includes(alert)
        ? authorityNotNamed(names.map(({ name }) => name.text))
        : missing,
  };
}
