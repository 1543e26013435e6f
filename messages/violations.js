/** What a server did that TLS forbids, in the order of wasm/mbedtls/violations.def. The server's operator is to act. */

/** @type {Record<string, string>} */
export const VIOLATIONS = {
  'record-type': 'it sent a record of a type that is not allowed there (RFC 8446, section 5)',
  'record-length': 'it sent a record that is too long (RFC 8446, section 5.1 and 5.4)',
  'content-type': 'it sent a protected record without a valid content type (RFC 8446, section 5.4)',
  'empty-message': 'it sent an empty record for a handshake message or an alert (RFC 8446, section 5.4)',
  'change-cipher-spec': 'it sent a ChangeCipherSpec that is not allowed there (RFC 8446, section 5)',
  'alert-level': 'it sent an alert that is neither a warning nor fatal (RFC 8446, section 6)',
  'key-change': 'it sent more behind a message that changes the keys (RFC 8446, section 5.1)',
  'hello-syntax': 'its ServerHello is malformed (RFC 8446, section 4.1.3)',
  'message-length': 'it sent a message whose length is wrong (RFC 8446, section 6.2)',
  version: 'it chose a version that was not offered (RFC 8446, section 4.2.1)',
  'key-share': 'its public key for the key exchange is not valid (RFC 8422, section 5.11)',
  'no-key-share': 'its ServerHello has no public key for the key exchange (RFC 8446, section 4.2.8)',
  'retry-unchanged': 'its HelloRetryRequest asks for nothing new (RFC 8446, section 4.1.4)',
  'retry-twice': 'it sent a second HelloRetryRequest (RFC 8446, section 4.1.4)',
  'retry-group': 'its HelloRetryRequest asks for a group that was not offered (RFC 8446, section 4.2.8)',
  'session-id': 'it resumed a session, but none was offered (RFC 5246, section 7.4.1.3)',
  'signature-scheme': 'it signed with an algorithm that TLS 1.3 does not allow there (RFC 8446, section 4.4.3)',
  'signature-curve': 'it signed with an algorithm for another curve than that of its key (RFC 8446, section 4.2.3)',
  'certificate-type': "its certificate's key does not fit the cipher suite that it chose (RFC 5246, section 7.4.2)",
};
