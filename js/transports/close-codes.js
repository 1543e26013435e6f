/** The close codes of bridges: the errors they mean, which of them are transient, and the message of each. */
import { quote } from '../quote.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */

/**
 * What the close codes of a bridge mean: those of bridge/pagetls_bridge/close_codes.py, the WebSocket's own 1005 and 1006, and
 * websockify's 1011. null is a clean end; any other code is ERR_TLS_BRIDGE_UNREACHABLE.
 * @type {Record<number, ErrorCode | null>}
 */
export const CLOSE_CODES = {
  1000: null,
  1001: 'ERR_TLS_BRIDGE_STOPPING',
  1002: 'ERR_TLS_BRIDGE_FAILED',
  1003: 'ERR_TLS_BRIDGE_FAILED',
  1005: null,
  1006: 'ERR_TLS_BRIDGE_UNREACHABLE',
  1009: 'ERR_TLS_BRIDGE_FAILED',
  1011: 'ERR_TLS_CONNECT_REFUSED',
  4001: 'ERR_TLS_CONNECTION_RESET',
  4400: 'ERR_TLS_BRIDGE_TOKEN',
  4401: 'ERR_TLS_BRIDGE_TOKEN',
  4403: 'ERR_TLS_BRIDGE_REFUSED',
  4404: 'ERR_TLS_HOST_NOT_FOUND',
  4408: 'ERR_TLS_BRIDGE_LIMIT',
  4410: 'ERR_TLS_BRIDGE_LIMIT',
  4429: 'ERR_TLS_BRIDGE_BUSY',
  4500: 'ERR_TLS_BRIDGE_FAILED',
  4502: 'ERR_TLS_CONNECT_REFUSED',
  4504: 'ERR_TLS_CONNECT_TIMEOUT',
};
/** Transient failures. 1006 also stands for a WebSocket that does not open. */
export const RETRIED_CLOSE_CODES = [1001, 1006, 4429, 4500];

/**
 * @param {number} code of the close frame
 * @param {string} text its reason
 * @param {string} url
 */
export function closeMessage(code, text, url) {
  const said = `close code ${code}${text && `, ${text}`}`;
  const fault = code === 4400 ? hostFault(new URL(url).searchParams.get('token') ?? '') : undefined;
  if (fault) {
    return `${fault}: ${said}.`;
  }
  const how =
    code === 1006
      ? ' without a close frame, so the bridge stopped, or a proxy or the network in between closed it'
      : '';
  return `The WebSocket to the bridge closed${how}: ${said}.`;
}

/** What a bridge may not accept in the host of a token that is host:port. @param {string} token */
function hostFault(token) {
  const [, host] = /^([\w.-]+):\d+$/.exec(token) ?? [];
  const faults = /** @type {const} */ ([
    [/\.$/, 'a final dot'],
    [/_/, 'an underscore'],
    [/(?:^|\.)-|-(?:\.|$)/, 'a label that begins or ends with a hyphen'],
    [/\.\.|^\./, 'an empty label'],
  ]);
  const found = host === undefined ? undefined : faults.find(([pattern]) => pattern.test(host));
  return found && `The bridge does not accept the host name ${quote(host ?? '')}, which has ${found[1]}`;
}
