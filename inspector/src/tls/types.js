/** What the decoder makes of a recording. Types only. */

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {'sent' | 'received'} Direction */

/** The keys that a record is protected with; `none`: it went in the clear. @typedef {'none' | 'handshake' | 'application'} Epoch */

/**
 * A part of a record or message. The leaves of a tree of fields lie side by side and leave no byte out.
 * @typedef {object} Field
 * @property {string} name
 * @property {string} value in words; text of the other side is in it as it came
 * @property {'number' | 'bytes' | 'text' | 'parts' | 'malformed'} kind `parts` has fields inside; `malformed` names what
 *   was expected, and covers what could not be read
 * @property {number} from of its bytes, counted from the beginning of the record or message
 * @property {number} to after its last byte
 * @property {Field[]} children
 * @property {boolean} malformed it, or something inside
 */

/**
 * A record that is there to its last byte.
 * @typedef {object} TLSRecord
 * @property {number} index
 * @property {Direction} direction
 * @property {number} from when its first byte came, in milliseconds since the look began
 * @property {number} at when its last byte came
 * @property {number} offset in the stream of its direction
 * @property {number} type content type, as the header has it
 * @property {string} typeName
 * @property {number} version as the header has it: 0x0301 or 0x0303, whatever was negotiated
 * @property {number} length of the fragment: the record without its header
 * @property {Uint8Array} bytes header and fragment; a view of the stream
 * @property {Field[]} fields of `bytes`
 * @property {Epoch} epoch
 * @property {Decrypted | null} decrypted null where it went in the clear, and where it could not be decrypted
 * @property {string | null} failure why it could not be decrypted
 * @property {boolean} skipped it was not looked into: there was too much before it
 * @property {number[]} messages indices of those that have bytes in it
 */

/**
 * @typedef {object} Decrypted
 * @property {number} type content type; in TLS 1.3 the inner one
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
 * @property {number} from when the first byte of its first record came, in milliseconds since the look began
 * @property {number} at when its last byte came
 * @property {number[]} records indices
 * @property {Epoch} epoch
 * @property {Uint8Array} bytes with the header, where it has one
 * @property {Field[]} fields of `bytes`
 * @property {boolean} complete false: the recording, or the protection, ends within it
 * @property {boolean} malformed
 * @property {Facts} facts
 */

/**
 * What a message says, for programs.
 * @typedef {object} Facts
 * @property {Uint8Array} [random]
 * @property {number} [legacyVersion]
 * @property {number[]} [versions] offered, or the one that was selected
 * @property {number[]} [cipherSuites] offered, or the one that was selected
 * @property {number[]} [groups]
 * @property {number[]} [keyShares] groups
 * @property {number[]} [signatureSchemes] offered or asked for; or the one of the signature in the message
 * @property {string[]} [alpn]
 * @property {string} [serverName]
 * @property {number[]} [extensions]
 * @property {boolean} [retry] it is a HelloRetryRequest
 * @property {string} [downgrade] the version that the sentinel in the server's random stands for
 * @property {Uint8Array[]} [certificates] DER
 * @property {number} [lifetime] of a ticket, in seconds
 * @property {{ level: string, description: string }} [alert]
 * @property {Uint8Array} [verifyData]
 */

/**
 * Bytes of a direction that are no record.
 * @typedef {object} Remainder
 * @property {Direction} direction
 * @property {'incomplete' | 'garbage' | 'skipped'} kind the recording ends within a record; this is not TLS; there was
 *   too much of it
 * @property {number} offset
 * @property {number} at when the first of them came, in milliseconds since the look began
 * @property {Uint8Array} bytes a view of the stream
 * @property {string} reason a sentence
 */

/** A number of a registry and its name. @typedef {{ number: number, name: string }} Item */

/**
 * What the first ClientHello offers, each list in its order.
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
 * What the server chose, as far as the recording shows it.
 * @typedef {object} Chosen
 * @property {Item | null} version
 * @property {Item | null} cipherSuite
 * @property {Item | null} group
 * @property {Item | null} signatureScheme of the server's own signature over the handshake
 * @property {string | null} alpn
 * @property {Item[]} extensions of ServerHello and EncryptedExtensions
 * @property {Item | null} retry the group that a HelloRetryRequest asked for
 * @property {boolean} helloRetry
 * @property {string | null} downgrade see Facts
 * @property {boolean} clientCertificate whether it asked for one
 * @property {number[]} tickets lifetimes, in seconds
 * @property {Uint8Array[]} certificates DER, in the order in which they were sent
 */

/**
 * Records that went in one direction before any went in the other.
 * @typedef {object} Flight
 * @property {Direction} direction
 * @property {boolean} handshake false once both sides have finished it
 * @property {number} from when its first byte came, in milliseconds since the look began
 * @property {number} to when its last byte came
 * @property {number} size in bytes, on the wire
 * @property {string[]} names of its messages
 * @property {number | null} certificates when the server's Certificate was there, if it came in this flight
 */

/**
 * @typedef {object} Wire
 * @property {TLSRecord[]} records in the order in which they were complete
 * @property {Message[]} messages in the order in which they were complete
 * @property {Remainder[]} remainders at most one for each direction
 * @property {Offered | null} offered
 * @property {Chosen | null} chosen
 * @property {Flight[]} flights
 * @property {string[]} notes sentences: what was left out, and why
 */

export {};
