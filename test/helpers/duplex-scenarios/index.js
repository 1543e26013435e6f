/**
 * What client libraries do with a socket, as scenarios that run over Node's own sockets and over ours. Each returns what it
 * saw, which must be the same for both. The server's sockets are `allowHalfOpen`.
 */
import { BYTES } from './bytes.js';
import { ENDING } from './ending.js';
import { MEMBERS } from './members.js';
import { OPENING } from './opening.js';

/** @typedef {import('./tools.js').Open} Open */
/** @typedef {import('./tools.js').Options} Options */
/** @typedef {import('./tools.js').Scenario} Scenario */

/** @type {Record<string, Scenario>} */
export const SCENARIOS = { ...OPENING, ...BYTES, ...ENDING, ...MEMBERS };
