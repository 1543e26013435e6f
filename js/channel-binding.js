/** Channel bindings (RFC 5056) of a connection, for SCRAM-…-PLUS and its like. */
import { TLSError } from './errors.js';
import { oneOf } from './option-kinds.js';
import { readArgument } from './options-reader.js';

/** @typedef {import('./certificate.js').WholeCertificate} WholeCertificate */
/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./opening.js').Info} Info */
/** @typedef {'tls-exporter' | 'tls-server-end-point'} ChannelBindingType */

/** @type {import('./options-reader.js').Kind<ChannelBindingType>} */
const TYPE = oneOf('tls-exporter', 'tls-server-end-point');

/** RFC 9266, section 2. */
const LABEL = 'EXPORTER-Channel-Binding';
const EXPORTER_BYTES = 32;

/** @typedef {'sha256' | 'sha384' | 'sha512'} Hash */

/** MD5 and SHA-1 are replaced by SHA-256 (RFC 5929, section 4.1). By OID of the hash, and of signatures with it. @type {Readonly<Record<string, Hash>>} */
const HASHES = {
  '1.2.840.113549.2.5': 'sha256', // MD5
  '1.3.14.3.2.26': 'sha256', // SHA-1
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '1.2.840.113549.1.1.4': 'sha256', // md5WithRSAEncryption
  '1.2.840.113549.1.1.5': 'sha256', // sha1WithRSAEncryption
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha256', // ecdsa-with-SHA1
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
const RSASSA_PSS = '1.2.840.113549.1.1.10';

/**
 * @param {unknown} type
 * @param {Info | undefined} info of an open connection
 * @param {Engine | undefined} engine
 * @returns {Uint8Array}
 * @throws {TLSError} ERR_TLS_CHANNEL_BINDING if this connection has none of this type
 */
export function channelBinding(type, info, engine) {
  const known = readArgument('channelBinding()', 'type', TYPE, type);
  if (!info || !engine) {
    throw new TLSError('ERR_TLS_CLOSED', 'The connection is not open.');
  }
  if (known === 'tls-server-end-point') {
    return endPoint(info.verification.sent[0]);
  }
  if (info.protocol !== 'TLSv1.3' && !engine.hasExtendedMasterSecret) {
    throw new TLSError(
      'ERR_TLS_CHANNEL_BINDING',
      'The server speaks TLS 1.2 without extended_master_secret: what tls-exporter returns could be the same on another connection (RFC 9266, section 4.2).',
    );
  }
  if (engine.mayRenegotiate) {
    throw new TLSError(
      'ERR_TLS_CHANNEL_BINDING',
      'There is no tls-exporter for a connection of TLS 1.2 that may be renegotiated (RFC 9266, section 4.2): use TLS 1.3, or leave out the option renegotiation.',
    );
  }
  return engine.exportKeyingMaterial(EXPORTER_BYTES, LABEL);
}

/**
 * RFC 5929, section 4.1: the hash of the server's certificate, by the hash of its signature.
 * @param {WholeCertificate | undefined} certificate
 */
function endPoint(certificate) {
  const { signatureAlgorithm, fingerprints } = certificate ?? {};
  const { oid = '', name = null, hash } = signatureAlgorithm ?? {};
  const digest = oid === RSASSA_PSS && !hash ? 'sha256' : HASHES[hash?.oid ?? oid]; // PSS without parameters: SHA-1
  if (!digest || !fingerprints) {
    throw new TLSError(
      'ERR_TLS_CHANNEL_BINDING',
      `tls-server-end-point is not defined for a certificate that is signed with ${name ?? (oid || 'an unknown algorithm')} (RFC 5929, section 4.1).`,
    );
  }
  return Uint8Array.from(fingerprints[digest].match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
}
