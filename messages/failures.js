/**
 * What a page says to its reader when there is no verification to show: that and why the connection failed, and what the
 * reader can do. `{name}` stands for the server, `{bridge}` for the URL of the bridge.
 */

/** @typedef {import('./errors.js').ErrorCode} ErrorCode */
/** @typedef {{sentence: string, hint?: string}} Failure */

const SPOKEN_TO_FIRST =
  'Often it is no TLS server, one that wants another protocol first (STARTTLS), or a firewall that ends the connection.';
const OTHER_SERVER = 'Perhaps another kind of server listens on that port.';
const SOON = 'Try again in a moment.';

/** @type {Partial<Record<ErrorCode, Failure>>} */
export const FAILURES = {
  ERR_TLS_INVALID_ADDRESS: { sentence: '“{name}” is not a host name or address.' },
  ERR_TLS_NO_TRANSPORT: { sentence: 'A page cannot reach a server without a bridge: fill in the Bridge field.' },
  ERR_TLS_INVALID_OPTION: { sentence: 'Something that was filled in cannot be used.' },
  ERR_TLS_LOAD: {
    sentence: 'A part of this page could not be loaded.',
    hint: 'Is the server of this page still running?',
  },
  ERR_TLS_BRIDGE_UNREACHABLE: {
    sentence: 'The bridge does not answer.',
    hint: 'Is a bridge running at {bridge}, and does it allow this page? “npm start” starts one for this page.',
  },
  ERR_TLS_BRIDGE_TOKEN: {
    sentence: 'The bridge does not accept the token of this page.',
    hint: 'It wants a signed token, and this page has none: use another bridge.',
  },
  ERR_TLS_BRIDGE_REFUSED: {
    sentence: 'The bridge does not connect to {name}.',
    hint: 'Its policy allows port 443 of public hosts and the servers of the lab, unless it was started with other options.',
  },
  ERR_TLS_BRIDGE_BUSY: { sentence: 'The bridge is full.', hint: SOON },
  ERR_TLS_BRIDGE_LIMIT: {
    sentence: 'The bridge would not hold the connection to {name} any longer.',
    hint: 'Try again. If it happens once more, the server is too slow for this bridge, or the limits of the bridge are too low.',
  },
  ERR_TLS_BRIDGE_STOPPING: { sentence: 'The bridge is stopping.', hint: SOON },
  ERR_TLS_BRIDGE_FAILED: {
    sentence: 'The bridge failed.',
    hint: 'Try again, or use another bridge. Its operator finds the reason in its log.',
  },
  ERR_TLS_HOST_NOT_FOUND: {
    sentence: 'There is no host named {name}.',
    hint: 'Is the name spelled right? The bridge looks it up, not this browser.',
  },
  ERR_TLS_CONNECT_REFUSED: {
    sentence: '{name} refused the connection.',
    hint: 'Is the port right, and does the server run? The bridge dials, not this browser.',
  },
  ERR_TLS_CONNECT_TIMEOUT: {
    sentence: 'No answer came from {name} in time.',
    hint: 'Perhaps nothing listens there, a firewall is in between, or the bridge itself did not answer.',
  },
  ERR_TLS_CONNECTION_RESET: { sentence: '{name} reset the connection.', hint: SPOKEN_TO_FIRST },
  ERR_TLS_TRANSPORT: { sentence: 'The connection to {name} broke.' },
  ERR_TLS_TRUNCATED: {
    sentence: 'The connection to {name} was cut off.',
    hint: 'It ended without close_notify: what came may not be complete.',
  },
  ERR_TLS_TIMEOUT: {
    sentence: '{name} accepted the connection, but did not answer in time.',
    hint: 'Is the port right? Perhaps the server waits for another protocol to begin, or for a proxy before it.',
  },
  ERR_TLS_HANDSHAKE_CLOSED: { sentence: '{name} hung up during the handshake.', hint: SPOKEN_TO_FIRST },
  ERR_TLS_HANDSHAKE: { sentence: 'The handshake with {name} failed.' },
  ERR_TLS_VERSION: {
    sentence: '{name} speaks no version of TLS that is acceptable today.',
    hint: 'The server must speak TLS 1.2 or 1.3.',
  },
  ERR_TLS_ALERT: {
    sentence: '{name} rejected the handshake with an alert.',
    hint: 'It received the ClientHello, but did not accept something in it: version, cipher suites or name.',
  },
  ERR_TLS_PROTOCOL: { sentence: 'What {name} answers is not proper TLS.', hint: OTHER_SERVER },
  ERR_TLS_BAD_RECORD: { sentence: 'What {name} answers is not proper TLS.', hint: OTHER_SERVER },
  ERR_TLS_MESSAGE_TOO_LARGE: {
    sentence: '{name} sends more certificates than fit.',
    hint: 'The server must send fewer certificates: its own and the intermediates that lead to one trust anchor.',
  },
  ERR_TLS_CERT_PARSE: { sentence: 'The certificate of {name} cannot be read.' },
};

/** For other codes. @type {Failure} */
const OTHER = { sentence: '{name} could not be checked.' };

/**
 * @param {ErrorCode} code
 * @param {{name: string, bridge: string}} values
 * @returns {Failure}
 */
export function failureOf(code, values) {
  const { sentence, hint } = FAILURES[code] ?? OTHER;
  const fill = (/** @type {string} */ text) =>
    text.replace(/\{(name|bridge)\}/g, (_, key) => values[/** @type {'name' | 'bridge'} */ (key)]);
  return { sentence: fill(sentence), hint: hint && fill(hint) };
}
