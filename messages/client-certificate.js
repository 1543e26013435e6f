/** Why a server that requests a client certificate did not get one that it accepts. */
import { OLD_SCHEMES, SIGNATURE_SCHEMES } from './handshake.js';

/** Names that a text has; there may be thousands. */
const MAX_NAMES = 8;

/** ClientCertificateType (RFC 5246, section 7.4.4; RFC 8422, section 5.5). @type {Readonly<Record<number, string>>} */
const CERTIFICATE_TYPES = {
  1: 'rsa_sign',
  2: 'dss_sign',
  3: 'rsa_fixed_dh',
  4: 'dss_fixed_dh',
  64: 'ecdsa_sign',
  65: 'rsa_fixed_ecdh',
  66: 'ecdsa_fixed_ecdh',
};

export const CALLBACK_GAVE_NONE =
  'The server asked for a client certificate and got none: clientCertificate gave null.';

/** How far a handshake came that took too long. */
export const CALLBACK_IS_WAITED_FOR = {
  sentence: 'The server asked for a client certificate, and clientCertificate had not given one by then.',
  hint: 'If the user is asked, let timeout be longer than that takes.',
};

/** @param {number} scheme of TLS 1.2 or 1.3 */
export const schemeName = (scheme) =>
  SIGNATURE_SCHEMES[scheme] ?? OLD_SCHEMES[scheme] ?? `0x${scheme.toString(16).padStart(4, '0')}`;

/** @param {number} type */
export const certificateTypeName = (type) => CERTIFICATE_TYPES[type] ?? `0x${type.toString(16).padStart(2, '0')}`;

/** @param {string[]} names */
function some(names) {
  const rest = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** @param {string[]} keys the client's, in words */
const rejected = (keys) =>
  `The server asked for a client certificate and got none, because it accepts no signature by ${keys.length === 1 ? "the client's key" : "any of the client's keys"} (${some(keys)})`;

/** It accepts only other keys. @param {string[]} keys @param {string[]} accepted schemes that this client supports */
export const keyNotAccepted = (keys, accepted) =>
  `${rejected(keys)}. It accepts ${some(accepted)}: pass a certificate with such a key, or ask its operator to accept yours.`;

/** It accepts nothing that this client can do. @param {string[]} keys @param {string[]} listed schemes @param {string[]} types of keys */
export const nothingAccepted = (keys, listed, types) =>
  `${rejected(keys)}, nor any that this client can make. It lists ${some(listed)}${types.length > 0 ? `, for keys of the types ${some(types)}` : ''}: ask its operator to accept SHA-256 or stronger with RSA or ECDSA.`;

/** The option leaves out what it accepts. @param {string[]} accepted schemes that this client supports */
export const schemesLeftOut = (accepted) =>
  `The server asked for a client certificate and got none: the option signatureAlgorithms leaves out what it accepts of the client's keys (${some(accepted)}).`;

/** The certificate that it got is of none of its authorities. @param {string[]} names of authorities */
export const authorityNotNamed = (names) =>
  `The server got a client certificate, but names other authorities than those that issued it: ${some(names)}. Pass a certificate of one of them with its intermediates.`;
