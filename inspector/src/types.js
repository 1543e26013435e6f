/** What passes between the parts of the pages. Types only. */

/** @typedef {import('../../dist/index.js').Certificate} Certificate */
/** @typedef {import('../../dist/index.js').ErrorCode} ErrorCode */
/** @typedef {import('../../dist/index.js').Info} Info */
/** @typedef {import('../../dist/index.js').Problem} Problem */
/** @typedef {import('../../dist/index.js').Profile} Profile */
/** @typedef {import('../../dist/index.js').TLSError} TLSError */
/** @typedef {import('../../dist/index.js').TrustStore} TrustStore */
/** @typedef {import('../../dist/index.js').Verification} Verification */

/* --- the lab ---------------------------------------------------------------------- */

/**
 * What a program said of a chain when the lab was built.
 * @typedef {object} Opinion
 * @property {string} program with its version, such as "OpenSSL 3.0.17"
 * @property {boolean | null} ok null: it could not read the certificate
 * @property {string} words its own, one or several lines
 * @property {string} at ISO 8601: the time it judged at; GnuTLS's certtool judges at the present only
 */

/**
 * A case of the lab, as lab/index.json has it. Its files lie in lab/<id>/: chain.pem, roots.pem and perhaps crl.pem.
 * @typedef {object} LabCase
 * @property {string} id
 * @property {string} group
 * @property {string} title
 * @property {string} explain one sentence
 * @property {string[]} keywords more terms that the search finds it by
 * @property {string | null} advice what to do about it
 * @property {string} hostname the name that is asked for, and judged by
 * @property {string} address of the case in the inspector: `hostname`, unless that is an IP address, which several share
 * @property {string | null} clock ISO 8601: the time it is judged at; null for the present
 * @property {Profile} profile
 * @property {boolean} hasChain there is a chain.pem to judge without a connection
 * @property {boolean} hasCrl
 * @property {'good' | 'bad' | 'fails'} expected of a live look: good, not good, no connection
 * @property {string[]} flags that are expected
 * @property {string | null} error why a certificate of the chain cannot be read, as "field: reason"
 * @property {ErrorCode | null} code what a live look ends in, where that is not the outcome on the chain
 * @property {boolean} get the fault shows only after the handshake: one has to ask for something
 * @property {'served' | 'swapped' | 'handshake'} kind a server has the chain; a relay puts it in the place of another;
 *   it is the handshake, or what comes after it, that fails, not the chain
 * @property {boolean} relay a relay in front of a healthy server puts the fault in
 * @property {Opinion[]} opinions of OpenSSL and GnuTLS
 */

/** @typedef {{ name: string, means: string, reason: string }} Unreachable a flag or error that no server can bring about */

/** @typedef {{ clock: string, cases: LabCase[], unreachable: { flags: Unreachable[], errors: Unreachable[] } }} LabIndex */

/**
 * What is different at each place where the pages are served: config.json.
 * @typedef {object} Config
 * @property {string} bridge of a websockify bridge; empty when the user has to name one
 * @property {Record<string, string>} targets host:port of each case of the lab that has a live server, by its id
 * @property {boolean} system whether system-roots.pem is there: what the machine that serves this page trusts
 */

/* --- a look ---------------------------------------------------------------------- */

/** @typedef {'mozilla' | 'system' | 'lab' | 'own'} TrustKind `own` is PEM that the user gave */

/**
 * Everything that decides what a look finds.
 * @typedef {object} Request
 * @property {string} address host or host:port, as the user knows it; empty for certificates out of a file
 * @property {string | null} file where there is no server: what the certificates came from, such as a file's name
 * @property {string} bridge
 * @property {LabCase | null} lab where the address is one of the lab's
 * @property {string | null} target host:port of the lab's server; null: `address` itself is dialled
 * @property {string} servername another name to ask for and to judge by; empty for that of the address
 * @property {Date | null} now to judge at another time; null for the present, or the lab's clock
 * @property {Profile | null} profile null for webpki, or the lab's
 * @property {TrustKind | null} trust null for Mozilla's, or the lab's
 * @property {string} ownRoots PEM
 * @property {string | null} crls PEM; null for the lab's own list, if it has one; empty for none
 * @property {boolean} get ask for / over HTTP/1.1 when the chain is good
 * @property {Tamper | null} tamper
 */

/**
 * A byte to change on the way.
 * @typedef {object} Tamper
 * @property {'sent' | 'received'} direction
 * @property {number} offset of the byte in that direction's stream
 * @property {number} mask the bits to flip, 1 to 255
 */

/**
 * What came of a look. `info` is there after a handshake, `error` when there was none or when the connection broke
 * after it; `verification` in both cases, if the server's certificates came at all.
 * @typedef {object} Result
 * @property {Request} request
 * @property {Info | null} info
 * @property {Verification | null} verification
 * @property {TLSError | null} error
 * @property {Criteria | null} criteria what `verification` was judged by
 * @property {Recording | null} recording null where there was no connection: a file, or a case judged in the page
 * @property {Answer | null} answer to the request for /
 * @property {number} elapsed milliseconds, from the question until the outcome
 */

/**
 * What a chain is judged by.
 * @typedef {object} Criteria
 * @property {string} hostname empty: no name is asked for
 * @property {Date} now
 * @property {Profile} profile
 * @property {{ kind: TrustKind, name: string, store: TrustStore }} trust
 * @property {string | null} crls PEM
 */

/** @typedef {{ status: string, headers: string, firstByte: number }} Answer `firstByte`: ms since the look began */

/**
 * What passed between this page and the bridge, ciphertext as it was. Times are milliseconds since the look began.
 * @typedef {object} Recording
 * @property {number | null} opened when the WebSocket was open
 * @property {number | null} dialled when the bridge had connected to the server; null where a bridge does not say
 * @property {Chunk[]} chunks in the order in which they passed
 * @property {{ at: number, error: string | null } | null} ended
 * @property {number | null} handshake when it was done
 * @property {number | null} verifying how long verifying the chain took, measured again after the handshake, in ms
 * @property {string[]} keylog lines of an NSS key log
 */

/** @typedef {{ direction: 'sent' | 'received', at: number, bytes: Uint8Array }} Chunk */

export {};
