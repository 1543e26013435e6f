/** Types of the decoder's output. */

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {'sent' | 'received'} Direction */

/** The keys that protect a record; `none`: not encrypted. @typedef {'none' | 'handshake' | 'application'} Epoch */

/**
 * A part of a record or message. The leaves of a tree of fields are contiguous and cover every byte.
 * @typedef {object} Field
 * @property {string} name
 * @property {string} value as text; text from the peer is not escaped
 * @property {'number' | 'bytes' | 'text' | 'parts' | 'malformed'} kind `parts`: has children; `malformed`: the value says
 *   what was expected, and the bytes could not be read
 * @property {number} from offset in the record or message
 * @property {number} to offset after its last byte
 * @property {Field[]} children
 * @property {boolean} malformed whether the field or one of its children is malformed
 */

/**
 * A complete record.
 * @typedef {object} TLSRecord
 * @property {number} index
 * @property {Direction} direction
 * @property {number} from when its first byte arrived, in milliseconds since the inspection started
 * @property {number} at when its last byte arrived
 * @property {number} offset in the stream of its direction
 * @property {number} type content type in the header
 * @property {string} typeName
 * @property {number} version in the header: 0x0301 or 0x0303, whatever was negotiated
 * @property {number} length of the fragment: the record without its header
 * @property {Uint8Array} bytes header and fragment; a view of the stream
 * @property {Field[]} fields of `bytes`
 * @property {Epoch} epoch
 * @property {Decrypted | null} decrypted null if it was not encrypted, or could not be decrypted
 * @property {string | null} failure why it could not be decrypted
 * @property {boolean} skipped whether it was not decoded because a limit was reached
 * @property {number[]} messages indices of the messages with bytes in it
 */

/**
 * @typedef {object} Decrypted
 * @property {number} type content type; in TLS 1.3 the inner content type
 * @property {Uint8Array} bytes in TLS 1.3 the whole TLSInnerPlaintext (RFC 8446, section 5.2)
 * @property {Uint8Array} content without content type and padding; a view of `bytes`
 * @property {number} padding in bytes
 * @property {Field[]} fields of `bytes`
 */

/**
 * A handshake message, alert, ChangeCipherSpec, or the application data of one record.
 * @typedef {object} Message
 * @property {number} index
 * @property {'handshake' | 'alert' | 'change_cipher_spec' | 'application_data' | 'unknown'} kind
 * @property {string} name such as "ClientHello"
 * @property {string | null} reference such as "RFC 8446, section 4.1.2"
 * @property {Direction} direction
 * @property {number} from when the first byte of its first record arrived, in milliseconds since the inspection started
 * @property {number} at when its last byte arrived
 * @property {number[]} records indices
 * @property {Epoch} epoch
 * @property {Uint8Array} bytes with the header, if there is one
 * @property {Field[]} fields of `bytes`
 * @property {boolean} complete false: the recording ends, or the keys change, within it
 * @property {boolean} malformed
 * @property {Facts} facts
 */

/**
 * Values in a message, for code that uses them.
 * @typedef {object} Facts
 * @property {Uint8Array} [random]
 * @property {number} [legacyVersion]
 * @property {number[]} [versions] offered, or the selected one
 * @property {number[]} [cipherSuites] offered, or the selected one
 * @property {number[]} [groups]
 * @property {number[]} [keyShares] groups
 * @property {number[]} [signatureSchemes] offered or requested, or that of the signature in the message
 * @property {string[]} [alpn]
 * @property {string} [serverName]
 * @property {number[]} [extensions]
 * @property {boolean} [retry] whether it is a HelloRetryRequest
 * @property {string} [downgrade] the version in the downgrade sentinel of the server's random
 * @property {Uint8Array[]} [certificates] DER
 * @property {number} [lifetime] of a ticket, in seconds
 * @property {{ level: string, description: string }} [alert]
 * @property {Uint8Array} [verifyData]
 */

/**
 * Bytes of a direction that are not a record.
 * @typedef {object} Remainder
 * @property {Direction} direction
 * @property {'incomplete' | 'garbage' | 'skipped'} kind the recording ends within a record; not TLS; a limit was reached
 * @property {number} offset
 * @property {number} at when the first of them arrived, in milliseconds since the inspection started
 * @property {Uint8Array} bytes a view of the stream
 * @property {string} reason a sentence
 */

/** A number from a registry and its name. @typedef {{ number: number, name: string }} Item */

/**
 * The parameters that the first ClientHello offers, in its order.
 * @typedef {object} Offered
 * @property {Item[]} versions
 * @property {Item[]} cipherSuites
 * @property {Item[]} groups
 * @property {Item[]} keyShares
 * @property {Item[]} signatureSchemes
 * @property {string[]} alpn
 * @property {string | null} serverName
 * @property {Item[]} extensions
 */

/**
 * The server's choices, as far as the recording shows them.
 * @typedef {object} Chosen
 * @property {Item | null} version
 * @property {Item | null} cipherSuite
 * @property {Item | null} group
 * @property {Item | null} signatureScheme of the server's signature over the handshake
 * @property {string | null} alpn
 * @property {Item[]} extensions of ServerHello and EncryptedExtensions
 * @property {Item | null} retry the group in a HelloRetryRequest
 * @property {boolean} helloRetry whether there was a HelloRetryRequest
 * @property {string | null} downgrade see Facts
 * @property {boolean} clientCertificate whether the server requested one
 * @property {number[]} tickets lifetimes, in seconds
 * @property {Uint8Array[]} certificates DER, in the order sent
 */

/**
 * Consecutive records of one direction.
 * @typedef {object} Flight
 * @property {Direction} direction
 * @property {boolean} handshake false after both Finished messages
 * @property {number} from when its first byte arrived, in milliseconds since the inspection started
 * @property {number} to when its last byte arrived
 * @property {number} size in bytes, on the wire
 * @property {string[]} names of its messages
 * @property {number | null} certificates when the server's Certificate had arrived, if it is in this flight
 */

/**
 * @typedef {object} Wire
 * @property {TLSRecord[]} records in order of completion
 * @property {Message[]} messages in order of completion
 * @property {Remainder[]} remainders at most one per direction
 * @property {Offered | null} offered
 * @property {Chosen | null} chosen
 * @property {Flight[]} flights
 * @property {string[]} notes sentences about bytes that were not decoded
 */

export {};
