/** The forms in which Node's net.connect() and tls.connect() take their arguments. */
import { nodeError, wrongType } from './node-error.js';

/** @typedef {Record<string, any>} Options */

/** @param {unknown} value */
const isPort = (value) => typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value.trim()));

/**
 * @param {any[]} values `(options)`, `(port, host)` or `(path)`, each with a callback or without
 * @returns {{options: Options, callback: (() => void) | undefined}} the options are a copy
 */
export function readArguments(values) {
  const [first, second] = values;
  const last = values[values.length - 1];
  const callback = typeof last === 'function' ? last : undefined;
  if (typeof first === 'object' && first !== null) {
    return { options: copyOf(first), callback };
  }
  if (first === undefined || typeof first === 'function') {
    return { options: {}, callback };
  }
  if (typeof first === 'string' && !isPort(first)) {
    return { options: { path: first }, callback };
  }
  return { options: { port: first, ...(typeof second === 'string' ? { host: second } : {}) }, callback };
}

/** Inherited ones too, but not those of Object.prototype. @param {Options} given @returns {Options} */
function copyOf(given) {
  /** @type {Options} */
  const copy = Object.create(null);
  for (const name in given) {
    if (Object.hasOwn(given, name) || !Object.hasOwn(Object.prototype, name)) {
      copy[name] = given[name];
    }
  }
  return copy;
}

/**
 * @param {Options} options
 * @returns {{hostname: string, port: number}} port 0 is not rejected
 * @throws {Error} ERR_MISSING_ARGS, ERR_SOCKET_BAD_PORT or ERR_INVALID_ARG_TYPE
 */
export function readAddress({ host, port, path }) {
  if (port === undefined && path === undefined) {
    throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "options" or "port" or "path" argument must be specified');
  }
  if (host !== undefined && host !== null && typeof host !== 'string') {
    throw wrongType('options.host', 'of type string', host);
  }
  if (typeof port !== 'number' && typeof port !== 'string') {
    throw wrongType('options.port', 'one of type number or string', port);
  }
  const number = typeof port === 'string' && port.trim() === '' ? NaN : Number(port);
  if (!Number.isInteger(number) || number < 0 || number > 65535) {
    throw nodeError(RangeError, 'ERR_SOCKET_BAD_PORT', `Port should be >= 0 and < 65536. Received ${port}.`);
  }
  return { hostname: host || 'localhost', port: number };
}
