/** Types that models and views of the pages share. */

/** @typedef {import('../../dist/index.js').Certificate} Certificate */
/** @typedef {import('../../dist/index.js').WholeCertificate} WholeCertificate */
/** @typedef {import('../../dist/index.js').ErrorCode} ErrorCode */
/** @typedef {import('../../dist/index.js').Info} Info */
/** @typedef {import('../../dist/index.js').Problem} Problem */
/** @typedef {import('../../dist/index.js').Profile} Profile */
/** @typedef {import('../../dist/index.js').StarttlsProtocol} StarttlsProtocol */
/** @typedef {import('../../dist/index.js').TLSError} TLSError */
/** @typedef {import('../../dist/index.js').TrustStore} TrustStore */
/** @typedef {import('../../dist/index.js').Verification} Verification */

/**
 * Something in a file or a trust store that was not used, without its certificate.
 * @typedef {Omit<import('../../dist/index.js').Skipped, 'certificate'> & { file: string }} Skipped `file`: its name, or
 *   that of the trust store
 */

/* --- the lab ---------------------------------------------------------------------- */

/**
 * Another program's result for a chain, from when the lab was built.
 * @typedef {object} Opinion
 * @property {string} program with its version, such as "OpenSSL 3.0.17"
 * @property {boolean | null} ok null: it could not read the certificate
 * @property {string} message the program's output, one or several lines
 * @property {string} at ISO 8601: the verification time; GnuTLS's certtool verifies at the present time only
 */

/**
 * A case of the lab, from lab/index.json. Its files are in lab/<id>/: chain.pem, roots.pem and, in some, crl.pem.
 * @typedef {object} LabCase
 * @property {string} id
 * @property {string} group
 * @property {string} title
 * @property {string} explain one sentence
 * @property {string[]} keywords more terms that the search finds it by
 * @property {string | null} advice what to do about it
 * @property {string} hostname for SNI and verification
 * @property {string} address of the case in the inspector: `hostname`, unless that is an IP address, which several share
 * @property {string | null} clock ISO 8601: the verification time; null for the present
 * @property {Profile} profile
 * @property {boolean} hasChain whether there is a chain.pem, which can be verified without a connection
 * @property {boolean} hasCrl
 * @property {'good' | 'bad' | 'fails'} expected result of a live inspection: trusted, not trusted, no connection
 * @property {string[]} flags expected verify flags
 * @property {string | null} error why a certificate of the chain cannot be read, as "field: reason"
 * @property {ErrorCode | null} code expected error of a live inspection, if it is not about the chain
 * @property {boolean} get whether the error occurs only after the handshake, when a request is sent
 * @property {'served' | 'swapped' | 'handshake'} kind a server sends the chain; a relay replaces a valid one by it; the
 *   chain is valid, but the handshake or the connection after it fails
 * @property {boolean} relay whether a relay in front of a healthy server causes the error
 * @property {Opinion[]} opinions of OpenSSL and GnuTLS
 */

/** @typedef {{ name: string, means: string, reason: string }} Unreachable a flag or error that no server can cause */

/** @typedef {{ clock: string, cases: LabCase[], unreachable: { flags: Unreachable[], errors: Unreachable[] } }} LabIndex */

/**
 * Configuration of a deployment: config.json.
 * @typedef {object} Config
 * @property {string} bridge URL of a websockify bridge; empty: the user has to enter one
 * @property {Record<string, string>} targets host:port of each lab case with a running server, by the case's id
 * @property {boolean} system whether there is a system-roots.pem, with the roots of the machine that serves the page
 */

/* --- inspections ---------------------------------------------------------------------- */

/** @typedef {'mozilla' | 'system' | 'lab' | 'own'} TrustKind `own`: PEM from the user */

/**
 * Everything that determines the result of an inspection.
 * @typedef {object} Request
 * @property {string} address host or host:port, as entered; empty for certificates from a file
 * @property {string | null} file source of the certificates, such as a file name; null for a server
 * @property {string} bridge
 * @property {LabCase | null} lab the case with this address, if there is one
 * @property {string | null} target host:port of the lab's server; null: `address` itself is dialled
 * @property {StarttlsProtocol | null} starttls the protocol in which TLS is started; null: TLS at once
 * @property {string} servername another name for SNI and verification; empty for the host of the address
 * @property {Date | null} now verification time; null for the lab case's clock, or the present
 * @property {Profile | null} profile null for the lab case's, or auto
 * @property {TrustKind | null} trust null for the lab case's roots, or Mozilla's
 * @property {string} ownRoots PEM
 * @property {string | null} crls PEM; null for the lab case's CRL, if it has one; empty for none
 * @property {Skipped[]} skipped in the user's files: the chain, `ownRoots` and `crls`
 * @property {boolean} get send GET / over HTTP/1.1 if the chain is valid
 * @property {Tamper | null} tamper
 */

/**
 * A byte to alter in transit.
 * @typedef {object} Tamper
 * @property {'sent' | 'received'} direction
 * @property {number} offset in that direction's stream, in bytes
 * @property {number} mask the bits to flip, 1 to 255
 */

/**
 * The result of an inspection. `info` is set after a handshake, `error` if the handshake failed or the connection broke
 * after it; `verification` in both cases, if the server sent certificates.
 * @typedef {object} Result
 * @property {Request} request
 * @property {Info | null} info
 * @property {Verification | null} verification
 * @property {TLSError | null} error
 * @property {Criteria | null} criteria of `verification`
 * @property {Recording | null} recording null if there was no connection: a file, or a lab case verified from its files
 * @property {Answer | null} answer to GET /
 * @property {number} elapsed milliseconds from the request until the outcome
 */

/**
 * The settings of a verification.
 * @typedef {object} Criteria
 * @property {string} hostname empty: the name is not checked
 * @property {Date} now
 * @property {Profile} profile
 * @property {{ kind: TrustKind, name: string, store: TrustStore }} trust
 * @property {string | null} crls PEM
 */

/** @typedef {{ status: string, headers: string, firstByte: number }} Answer `firstByte`: milliseconds since the inspection started */

/**
 * The bytes between this page and the bridge, as on the wire. Times are milliseconds since the inspection started.
 * @typedef {object} Recording
 * @property {number | null} opened when the WebSocket was open
 * @property {number | null} dialled when the bridge had connected to the server; null if the bridge does not report it
 * @property {Chunk[]} preamble what was said before TLS, in order of time
 * @property {Chunk[]} chunks of TLS, in order of time
 * @property {{ at: number, error: string | null } | null} ended
 * @property {number | null} handshake when it was complete
 * @property {number | null} verifying duration of a verification of the chain after the handshake, in milliseconds
 * @property {string[]} keylog lines of an NSS key log
 */

/** @typedef {{ direction: 'sent' | 'received', at: number, bytes: Uint8Array }} Chunk */

export {};
