/** The steps of an inspection with their times, for the waterfall chart. */

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../tls/types.js').Wire} Wire */

/**
 * Times are milliseconds since the inspection started.
 * @typedef {object} Step
 * @property {'network' | 'waiting' | 'local' | 'part' | 'moment' | 'break'} kind connecting; waiting for the server;
 *   computing in this page; part of the step before; a moment, where `to` equals `from`; the moment it failed
 * @property {string} label
 * @property {number} from
 * @property {number} to
 * @property {string} [detail]
 */

/** A flight received within this time has no step of its own for receiving. */
const INSTANT_MS = 0.05;

/** @param {string[]} names @returns {string} such as "ServerHello, NewSessionTicket ×2" */
export function listOfNames(names) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(', ');
}

/**
 * @param {Pick<Result, 'recording' | 'answer'>} result
 * @param {Wire} wire of that recording
 * @returns {Step[]} in the order of their start times; each step starts when the one before it ended, or later
 */
export function waterfallSteps({ recording, answer }, wire) {
  if (!recording || recording.opened === null) return [];
  const { opened, handshake, ended } = recording;
  const steps = [step('network', 'Opening the WebSocket to the bridge', 0, opened), ...handshakeSteps(recording, wire)];
  const at = steps[steps.length - 1].to;
  if (handshake !== null) steps.push(step('moment', 'Handshake complete', handshake, handshake));
  else if (ended) steps.push(breakStep(ended));
  if (answer) {
    const asked = wire.flights.find(({ handshake: before, direction, names }) => {
      return !before && direction === 'sent' && names.includes('Application data');
    });
    const from = Math.max(asked?.from ?? at, handshake ?? at);
    if (answer.firstByte >= from) {
      steps.push(
        step('waiting', 'Sending GET / and waiting for the first byte of the response', from, answer.firstByte),
      );
    }
  }
  return steps;
}

/** @param {NonNullable<Recording['ended']>} ended */
function breakStep({ at, error }) {
  return step('break', `The connection ${error === null ? 'closed' : 'broke'}`, at, at);
}

/**
 * @param {Step['kind']} kind
 * @param {string} label
 * @param {number} from
 * @param {number} to
 * @param {string} [detail]
 * @returns {Step}
 */
function step(kind, label, from, to, detail) {
  return { kind, label, from, to, detail };
}

/**
 * @param {Recording} recording
 * @param {Wire} wire
 */
function handshakeSteps({ opened, dialled, preamble, verifying, handshake }, { flights, remainders }) {
  /** @type {Step[]} */
  const steps = [];
  let at = opened ?? 0;
  let connected = false;
  /** When the server's certificates had arrived; null again once their verification is a step. @type {number | null} */
  let certificates = null;
  const plaintext = preamble.at(-1);
  if (plaintext) {
    if (dialled !== null && dialled >= at && dialled <= preamble[0].at) {
      steps.push(step('network', 'Bridge connecting to the server', at, dialled));
      at = dialled;
    }
    const size = preamble.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    steps.push(step('waiting', 'Starting TLS in the protocol before it', at, plaintext.at, bytes(size)));
    at = plaintext.at;
    connected = true;
  }
  for (const flight of flights.filter((one) => one.handshake)) {
    const names = listOfNames(flight.names);
    if (dialled !== null && !connected && dialled >= at && dialled <= flight.from) {
      steps.push(step('network', 'Bridge connecting to the server', at, dialled));
      at = dialled;
      connected = true;
    }
    if (flight.direction === 'sent') {
      steps.push(step('local', `Computing, then sending ${names}`, at, flight.to, bytes(flight.size)));
      if (certificates !== null && verifying !== null) {
        const to = Math.min(certificates + verifying, flight.from);
        steps.push(step('part', 'of which chain verification', certificates, to, 'measured again after the handshake'));
        certificates = null;
      }
    } else {
      const label = waitingLabel(connected);
      if (flight.to - flight.from < INSTANT_MS) {
        steps.push(step('waiting', `${label}: ${names}`, at, flight.to, bytes(flight.size)));
      } else {
        steps.push(step('waiting', label, at, flight.from));
        steps.push(step('waiting', `Receiving ${names}`, flight.from, flight.to, bytes(flight.size)));
      }
      connected = true;
      certificates ??= flight.certificates;
    }
    at = flight.to;
  }
  const rest = remainders.find(({ direction }) => direction === 'received');
  if (rest && handshake === null && rest.at >= at) {
    steps.push(step('waiting', `${waitingLabel(connected)}: not a TLS record`, at, rest.at, bytes(rest.bytes.length)));
  }
  return steps;
}

/** @param {boolean} connected whether the bridge is known to be connected to the server */
function waitingLabel(connected) {
  return connected ? 'Waiting for the server' : 'Bridge connecting, then waiting for the server';
}

/** @param {number} number */
function bytes(number) {
  return `${number.toLocaleString('en-US')} bytes`;
}
