/** An Agent for node:https over pagetls. */
import { TLSError } from '../errors.js';
import { flag, integer, milliseconds, oneOf } from '../option-kinds.js';
import { CLIENT_NAMES, openSocket, readClientOptions } from './connections.js';
import { Agent as HttpsAgent } from '#https';
import { Buffer } from '#stream';
import { TLSDuplex } from './tls-duplex.js';

/** @typedef {import('./connections.js').ClientOptions} ClientOptions */

/**
 * Options of Node's Agent. `timeout` has the meaning that it has there: of an idle socket.
 * @typedef {object} PoolOptions
 * @property {boolean} [keepAlive]
 * @property {number} [keepAliveMsecs]
 * @property {number} [maxSockets]
 * @property {number} [maxTotalSockets]
 * @property {number} [maxFreeSockets]
 * @property {'fifo' | 'lifo'} [scheduling]
 * @property {number} [timeout]
 */

/** @typedef {PoolOptions & Omit<ClientOptions, 'timeout'>} AgentOptions */

const count = {
  expected: 'a number from 1',
  read: (/** @type {unknown} */ value) => (value === Infinity ? Infinity : integer(1, 0x7fffffff).read(value)),
};
const POOL_KINDS = {
  keepAlive: flag,
  keepAliveMsecs: milliseconds,
  maxSockets: count,
  maxTotalSockets: count,
  maxFreeSockets: count,
  scheduling: /** @type {import('../options-reader.js').Kind<'fifo' | 'lifo'>} */ (oneOf('fifo', 'lifo')),
  timeout: milliseconds,
};

/** Of a request: no options of the Agent, or harmless. */
const OF_REQUESTS = ['rejectUnauthorized', 'servername', 'signal', 'timeout'];

/** Options of a request that would change what is checked: they belong to the Agent, and must not be ignored. */
const AGENT_ONLY = [
  ...CLIENT_NAMES.filter((name) => !OF_REQUESTS.includes(name)),
  ...['ca', 'clientCertEngine', 'crl', 'dhparam', 'ecdhCurve', 'lookup', 'privateKeyEngine', 'privateKeyIdentifier'],
  ...['pskCallback', 'secureContext', 'secureOptions', 'secureProtocol', 'sigalgs', 'socketPath'],
];

class AgentDuplex extends TLSDuplex {
  /**
   * node:http takes a body without length for complete when the connection fails: its response must fail before.
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} callback
   */
  _destroy(error, callback) {
    const { _httpMessage: request } =
      /** @type {{_httpMessage?: import('node:http').ClientRequest & {res?: import('node:http').IncomingMessage}}} */ (
        /** @type {unknown} */ (this)
      );
    if (error && request?.res?.complete === false) {
      request.res.destroy(error);
    }
    super._destroy(error, callback);
  }
}

export class Agent extends HttpsAgent {
  #options;

  /** @param {AgentOptions} [options] those of Node's Agent and of `connect()` */
  constructor(options) {
    const { own, connect } = readClientOptions('Agent', POOL_KINDS, options);
    super(own);
    this.#options = connect;
  }

  /**
   * Called by node:http for each new connection.
   * @override
   * @param {any} options of the request
   * @param {(error: Error | null, socket?: any) => void} callback
   * @returns {any} a TLSDuplex
   */
  createConnection(options, callback) {
    try {
      const unheard = AGENT_ONLY.find((name) => (options[name] ?? undefined) !== undefined);
      if (unheard !== undefined || options.rejectUnauthorized === false) {
        throw new TLSError(
          'ERR_TLS_INVALID_OPTION',
          `The option ${unheard ?? 'rejectUnauthorized'} belongs to the Agent, not to a request.`,
        );
      }
      return this.#open(options);
    } catch (error) {
      callback(/** @type {Error} */ (error));
      return undefined;
    }
  }

  /** @param {any} options of the request */
  #open(options) {
    const keylog =
      this.listenerCount('keylog') > 0
        ? { keylog: (/** @type {string} */ line) => void duplex.emit('keylog', Buffer.from(`${line}\n`)) }
        : {};
    const duplex = new AgentDuplex(openSocket(options, { ...keylog, ...this.#options }));
    if (options.timeout) {
      duplex.setTimeout(options.timeout);
    }
    return duplex;
  }
}
