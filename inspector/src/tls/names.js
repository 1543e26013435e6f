/** Names of TLS parameters from IANA's registries. */
import { SIGNATURE_SCHEMES } from '../../../messages/handshake.js';
import { CIPHER_SUITES } from './cipher-suites.js';

/** @param {number} number @param {number} [bytes] */
function hexNumber(number, bytes = 2) {
  return `0x${number.toString(16).padStart(2 * bytes, '0')}`;
}

/** GREASE: reserved values without meaning, which peers must ignore (RFC 8701, section 2). @param {number} number of two bytes */
export function isGrease(number) {
  return (number & 0x0f0f) === 0x0a0a && number >> 8 === (number & 0xff);
}

/**
 * @param {Record<number, string>} registry
 * @param {number} bytes size of a number
 * @returns {(number: number) => string}
 */
function registryNames(registry, bytes) {
  return (number) => {
    const name = registry[number];
    if (name !== undefined) return name;
    if (bytes === 2 && isGrease(number)) return `GREASE ${hexNumber(number)}`;
    return `unknown ${hexNumber(number, bytes)}`;
  };
}

/** @param {(number: number) => string} name @param {number} bytes @returns {(number: number) => string} with the number */
function withNumber(name, bytes) {
  return (number) => {
    const text = name(number);
    return text.endsWith(hexNumber(number, bytes)) ? text : `${text} (${hexNumber(number, bytes)})`;
  };
}

export const versionName = registryNames(
  { 0x0002: 'SSL 2.0', 0x0300: 'SSL 3.0', 0x0301: 'TLS 1.0', 0x0302: 'TLS 1.1', 0x0303: 'TLS 1.2', 0x0304: 'TLS 1.3' },
  2,
);
export const numberedVersion = withNumber(versionName, 2);

export const cipherSuiteName = registryNames(CIPHER_SUITES, 2);
export const numberedCipherSuite = withNumber(cipherSuiteName, 2);

/** TLS ContentType. */
export const CONTENT_TYPES = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
};
export const contentTypeName = registryNames(
  { 20: 'change_cipher_spec', 21: 'alert', 22: 'handshake', 23: 'application_data', 24: 'heartbeat' },
  1,
);

/** TLS HandshakeType, in the spelling of the RFCs' structures. */
export const handshakeName = registryNames(
  {
    0: 'HelloRequest',
    1: 'ClientHello',
    2: 'ServerHello',
    3: 'HelloVerifyRequest',
    4: 'NewSessionTicket',
    5: 'EndOfEarlyData',
    8: 'EncryptedExtensions',
    11: 'Certificate',
    12: 'ServerKeyExchange',
    13: 'CertificateRequest',
    14: 'ServerHelloDone',
    15: 'CertificateVerify',
    16: 'ClientKeyExchange',
    17: 'ClientCertificateRequest',
    20: 'Finished',
    21: 'CertificateURL',
    22: 'CertificateStatus',
    23: 'SupplementalData',
    24: 'KeyUpdate',
    25: 'CompressedCertificate',
    26: 'EKTKey',
    254: 'message_hash',
  },
  1,
);

/** TLS ExtensionType. */
export const extensionName = registryNames(
  {
    0: 'server_name',
    1: 'max_fragment_length',
    2: 'client_certificate_url',
    3: 'trusted_ca_keys',
    4: 'truncated_hmac',
    5: 'status_request',
    6: 'user_mapping',
    7: 'client_authz',
    8: 'server_authz',
    9: 'cert_type',
    10: 'supported_groups',
    11: 'ec_point_formats',
    12: 'srp',
    13: 'signature_algorithms',
    14: 'use_srtp',
    15: 'heartbeat',
    16: 'application_layer_protocol_negotiation',
    17: 'status_request_v2',
    18: 'signed_certificate_timestamp',
    19: 'client_certificate_type',
    20: 'server_certificate_type',
    21: 'padding',
    22: 'encrypt_then_mac',
    23: 'extended_master_secret',
    24: 'token_binding',
    25: 'cached_info',
    26: 'tls_lts',
    27: 'compress_certificate',
    28: 'record_size_limit',
    29: 'pwd_protect',
    30: 'pwd_clear',
    31: 'password_salt',
    32: 'ticket_pinning',
    33: 'tls_cert_with_extern_psk',
    34: 'delegated_credential',
    35: 'session_ticket',
    41: 'pre_shared_key',
    42: 'early_data',
    43: 'supported_versions',
    44: 'cookie',
    45: 'psk_key_exchange_modes',
    47: 'certificate_authorities',
    48: 'oid_filters',
    49: 'post_handshake_auth',
    50: 'signature_algorithms_cert',
    51: 'key_share',
    52: 'transparency_info',
    54: 'connection_id',
    55: 'external_id_hash',
    56: 'external_session_id',
    57: 'quic_transport_parameters',
    58: 'ticket_request',
    59: 'dnssec_chain',
    64768: 'ech_outer_extensions',
    65037: 'encrypted_client_hello',
    65281: 'renegotiation_info',
  },
  2,
);
export const numberedExtension = withNumber(extensionName, 2);

/** TLS Supported Groups. */
export const groupName = registryNames(
  {
    19: 'secp192r1',
    20: 'secp224k1',
    21: 'secp224r1',
    22: 'secp256k1',
    23: 'secp256r1',
    24: 'secp384r1',
    25: 'secp521r1',
    26: 'brainpoolP256r1',
    27: 'brainpoolP384r1',
    28: 'brainpoolP512r1',
    29: 'x25519',
    30: 'x448',
    31: 'brainpoolP256r1tls13',
    32: 'brainpoolP384r1tls13',
    33: 'brainpoolP512r1tls13',
    41: 'curveSM2',
    256: 'ffdhe2048',
    257: 'ffdhe3072',
    258: 'ffdhe4096',
    259: 'ffdhe6144',
    260: 'ffdhe8192',
    512: 'MLKEM512',
    513: 'MLKEM768',
    514: 'MLKEM1024',
    4587: 'SecP256r1MLKEM768',
    4588: 'X25519MLKEM768',
    4589: 'SecP384r1MLKEM1024',
    65281: 'arbitrary_explicit_prime_curves',
    65282: 'arbitrary_explicit_char2_curves',
  },
  2,
);
export const numberedGroup = withNumber(groupName, 2);

const signatureSchemes = registryNames(
  {
    ...SIGNATURE_SCHEMES,
    0x0708: 'sm2sig_sm3',
    0x081a: 'ecdsa_brainpoolP256r1tls13_sha256',
    0x081b: 'ecdsa_brainpoolP384r1tls13_sha384',
    0x081c: 'ecdsa_brainpoolP512r1tls13_sha512',
    0x0904: 'mldsa44',
    0x0905: 'mldsa65',
    0x0906: 'mldsa87',
  },
  2,
);

/** In TLS 1.2 a number consists of a hash and a signature algorithm (RFC 5246, section 7.4.1.4.1). */
const HASHES = ['none', 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
const SIGNATURES = ['anonymous', 'rsa', 'dsa', 'ecdsa'];

/** TLS SignatureScheme. @param {number} number */
export function signatureSchemeName(number) {
  const name = signatureSchemes(number);
  const pair = [SIGNATURES[number & 0xff], HASHES[number >> 8]];
  return name.startsWith('unknown') && pair.every((part) => part !== undefined) ? pair.join('_') : name;
}
export const numberedSignatureScheme = withNumber(signatureSchemeName, 2);

/**
 * The scheme of a TLS 1.2 signature, whose number does not determine the curve (RFC 8446, section 4.2.3).
 * @param {number} number
 */
export function signatureSchemeName12(number) {
  return (number & 0xff) === 3 && HASHES[number >> 8] ? `ecdsa_${HASHES[number >> 8]}` : signatureSchemeName(number);
}
export const numberedSignatureScheme12 = withNumber(signatureSchemeName12, 2);

export const alertLevelName = registryNames({ 1: 'warning', 2: 'fatal' }, 1);

/** TLS Alerts, including those of older protocols. */
export const alertName = registryNames(
  {
    0: 'close_notify',
    10: 'unexpected_message',
    20: 'bad_record_mac',
    21: 'decryption_failed_RESERVED',
    22: 'record_overflow',
    30: 'decompression_failure_RESERVED',
    40: 'handshake_failure',
    41: 'no_certificate_RESERVED',
    42: 'bad_certificate',
    43: 'unsupported_certificate',
    44: 'certificate_revoked',
    45: 'certificate_expired',
    46: 'certificate_unknown',
    47: 'illegal_parameter',
    48: 'unknown_ca',
    49: 'access_denied',
    50: 'decode_error',
    51: 'decrypt_error',
    60: 'export_restriction_RESERVED',
    70: 'protocol_version',
    71: 'insufficient_security',
    80: 'internal_error',
    86: 'inappropriate_fallback',
    90: 'user_canceled',
    100: 'no_renegotiation_RESERVED',
    109: 'missing_extension',
    110: 'unsupported_extension',
    111: 'certificate_unobtainable_RESERVED',
    112: 'unrecognized_name',
    113: 'bad_certificate_status_response',
    114: 'bad_certificate_hash_value_RESERVED',
    115: 'unknown_psk_identity',
    116: 'certificate_required',
    117: 'general_error',
    120: 'no_application_protocol',
    121: 'ech_required',
  },
  1,
);

export const compressionMethodName = registryNames({ 0: 'null', 1: 'DEFLATE', 64: 'LZS' }, 1);
export const certificateCompressionName = registryNames({ 1: 'zlib', 2: 'brotli', 3: 'zstd' }, 2);
export const pointFormatName = registryNames(
  { 0: 'uncompressed', 1: 'ansiX962_compressed_prime', 2: 'ansiX962_compressed_char2' },
  1,
);

const pskModes = registryNames({ 0: 'psk_ke', 1: 'psk_dhe_ke' }, 1);
/** It has GREASE values of its own: RFC 8701, section 2. @param {number} number */
export function pskModeName(number) {
  return number % 0x1f === 0x0b ? `GREASE ${hexNumber(number, 1)}` : pskModes(number);
}

export const curveTypeName = registryNames({ 1: 'explicit_prime', 2: 'explicit_char2', 3: 'named_curve' }, 1);
export const statusTypeName = registryNames({ 1: 'ocsp', 2: 'ocsp_multi_RESERVED' }, 1);
export const nameTypeName = registryNames({ 0: 'host_name' }, 1);
export const keyUpdateName = registryNames({ 0: 'update_not_requested', 1: 'update_requested' }, 1);
export const certificateTypeName = registryNames(
  { 0: 'X509', 1: 'OpenPGP_RESERVED', 2: 'Raw Public Key', 3: '1609Dot2' },
  1,
);
export const clientCertificateTypeName = registryNames(
  {
    1: 'rsa_sign',
    2: 'dss_sign',
    3: 'rsa_fixed_dh',
    4: 'dss_fixed_dh',
    5: 'rsa_ephemeral_dh_RESERVED',
    6: 'dss_ephemeral_dh_RESERVED',
    20: 'fortezza_dms_RESERVED',
    64: 'ecdsa_sign',
    65: 'rsa_fixed_ecdh',
    66: 'ecdsa_fixed_ecdh',
    67: 'gost_sign256',
    68: 'gost_sign512',
  },
  1,
);
export const fragmentLengthName = registryNames(
  { 1: '512 bytes', 2: '1024 bytes', 3: '2048 bytes', 4: '4096 bytes' },
  1,
);
