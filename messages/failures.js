/**
 * For readers of a page, when there is no verification to show: why the connection failed and what the reader can do.
 * `{name}` stands for the server, `{bridge}` for the URL of the bridge.
 */

/** @typedef {import('./errors.js').ErrorCode} ErrorCode */
/** @typedef {{sentence: string, hint?: string}} Failure */

const NOT_TLS =
  'Often it is not a TLS server, it expects another protocol first (STARTTLS), or a firewall closes the connection.';
const OTHER_SERVER = 'Perhaps another kind of server listens on this port.';
const SOON = 'Try again in a moment.';

/** @type {Partial<Record<ErrorCode, Failure>>} */
export const FAILURES = {
  ERR_TLS_INVALID_ADDRESS: { sentence: '“{name}” is not a host name or address.' },
  ERR_TLS_NO_TRANSPORT: { sentence: 'A page cannot reach a server without a bridge: fill in the Bridge field.' },
  ERR_TLS_INVALID_OPTION: { sentence: 'One of the inputs is not valid.' },
  ERR_TLS_LOAD: {
    sentence: 'A part of this page could not be loaded.',
    hint: 'Check that the server of this page is still running.',
  },
  ERR_TLS_BRIDGE_UNREACHABLE: {
    sentence: 'The bridge does not answer.',
    hint: 'Check that a bridge is running at {bridge}, and that it allows this page. “npm start” starts one.',
  },
  ERR_TLS_BRIDGE_TOKEN: {
    sentence: 'The bridge does not accept what this page asks for.',
    hint: 'Either it requires a signed token, which this page does not have, or it cannot read the target: check the server name, or use another bridge.',
  },
  ERR_TLS_BRIDGE_REFUSED: {
    sentence: 'The bridge does not connect to {name}.',
    hint: 'Its policy allows port 443 of public hosts and the servers of the lab, unless it was started with other options.',
  },
  ERR_TLS_BRIDGE_BUSY: { sentence: 'The bridge is full.', hint: SOON },
  ERR_TLS_BRIDGE_LIMIT: {
    sentence: 'The bridge closed the connection to {name}: it was idle, stalled, or too old.',
    hint: 'Try again. If it happens again, the server is too slow for this bridge, or the limits of the bridge are too low.',
  },
  ERR_TLS_BRIDGE_STOPPING: { sentence: 'The bridge is stopping.', hint: SOON },
  ERR_TLS_BRIDGE_FAILED: {
    sentence: 'The bridge failed.',
    hint: 'Try again, or use another bridge. The log of the bridge has the reason.',
  },
  ERR_TLS_HOST_NOT_FOUND: {
    sentence: 'No host is named {name}.',
    hint: 'Check the spelling. The bridge looks the name up, not this browser.',
  },
  ERR_TLS_CONNECT_REFUSED: {
    sentence: '{name} refused the connection.',
    hint: 'Check the port, and that the server is running. The bridge connects to it, not this browser.',
  },
  ERR_TLS_CONNECT_TIMEOUT: {
    sentence: '{name} did not answer in time.',
    hint: 'Perhaps nothing listens there, a firewall blocks the connection, or the bridge itself did not answer.',
  },
  ERR_TLS_CONNECTION_RESET: { sentence: '{name} reset the connection.', hint: NOT_TLS },
  ERR_TLS_TRANSPORT: { sentence: 'The connection to {name} broke.' },
  ERR_TLS_TRUNCATED: {
    sentence: 'The connection to {name} was cut off.',
    hint: 'It ended without close_notify: the data may be incomplete.',
  },
  ERR_TLS_TIMEOUT: {
    sentence: '{name} accepted the connection, but did not answer in time.',
    hint: 'Check the port. Perhaps the server expects another protocol first, or a proxy in front of it.',
  },
  ERR_TLS_STARTTLS: {
    sentence: '{name} does not start TLS in this protocol.',
    hint: 'Check the port and the protocol. Below is what the server said.',
  },
  ERR_TLS_NOT_TLS: { sentence: '{name} does not speak TLS on this port.', hint: OTHER_SERVER },
  ERR_TLS_HANDSHAKE_CLOSED: { sentence: '{name} closed the connection during the handshake.', hint: NOT_TLS },
  ERR_TLS_HANDSHAKE: { sentence: 'The handshake with {name} failed.' },
  ERR_TLS_VERSION: {
    sentence: '{name} supports no TLS version that is secure today.',
    hint: 'The server must support TLS 1.2 or 1.3.',
  },
  ERR_TLS_ALERT: {
    sentence: '{name} rejected the handshake with an alert.',
    hint: 'It received the ClientHello, but did not accept something in it: version, cipher suites or name.',
  },
  ERR_TLS_PROTOCOL: { sentence: 'The answer of {name} is not valid TLS.', hint: OTHER_SERVER },
  ERR_TLS_BAD_RECORD: { sentence: 'The answer of {name} is not valid TLS.', hint: OTHER_SERVER },
  ERR_TLS_MESSAGE_TOO_LARGE: { sentence: '{name} sends a message that is too long.' },
  ERR_TLS_NO_CERTIFICATE: {
    sentence: '{name} sent no certificate.',
    hint: 'Its operator must give it a certificate and a key.',
  },
  ERR_TLS_SERVER_SIGNATURE: {
    sentence: '{name} did not prove that it holds the key of its certificate.',
    hint: 'Do not trust it. Its certificate and key do not belong together, or somebody else answers in its name.',
  },
  ERR_TLS_DOWNGRADE: {
    sentence: 'Somebody changed the handshake with {name} to an older TLS version.',
    hint: 'Something between the bridge and the server does this, a middlebox or an attacker.',
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
