/** Where the time of a look went, step by step. */

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../tls/types.js').Wire} Wire */

/**
 * Times are milliseconds since the look began.
 * @typedef {object} Step
 * @property {'network' | 'waiting' | 'local' | 'part' | 'moment' | 'break'} kind on the way to the server; waiting for it; computing in
 *   this page; what a part of that was spent on; a moment, where `to` is `from`; such a one, at which it broke
 * @property {string} label
 * @property {number} from
 * @property {number} to
 * @property {string} [detail]
 */

/** A flight that took no longer than this came at once, in milliseconds. */
const AT_ONCE = 0.05;

/** @param {string[]} names @returns {string} "ServerHello, Certificate"; what comes several times once, with its number */
export function listOfNames(names) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(', ');
}

/**
 * @param {Pick<Result, 'recording' | 'answer'>} result
 * @param {Wire} wire of that recording
 * @returns {Step[]} in the order of their beginnings; each span begins where the one before it ended, or later
 */
export function waterfallSteps({ recording, answer }, wire) {
  if (!recording || recording.opened === null) return [];
  const { opened, handshake, ended } = recording;
  const steps = [step('network', 'Opening the WebSocket to the bridge', 0, opened), ...handshakeSteps(recording, wire)];
  const at = steps[steps.length - 1].to;
  if (handshake !== null) steps.push(step('moment', 'Handshake done', handshake, handshake));
  else if (ended) steps.push(breakOf(ended));
  if (answer) {
    const asked = wire.flights.find(({ handshake: before, direction, names }) => {
      return !before && direction === 'sent' && names.includes('Application data');
    });
    const from = Math.max(asked?.from ?? at, handshake ?? at);
    if (answer.firstByte >= from) {
      steps.push(step('waiting', 'Asking for / and waiting for the first byte of the answer', from, answer.firstByte));
    }
  }
  return steps;
}

/** @param {NonNullable<Recording['ended']>} ended */
function breakOf({ at, error }) {
  return step('break', `The connection ${error === null ? 'ended' : 'broke'}`, at, at);
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
function handshakeSteps({ opened, dialled, verifying, handshake }, { flights, remainders }) {
  /** @type {Step[]} */
  const steps = [];
  let at = opened ?? 0;
  let reached = false;
  /** When the server's certificates were there, until verifying them has its place. @type {number | null} */
  let certificates = null;
  for (const flight of flights.filter((one) => one.handshake)) {
    const names = listOfNames(flight.names);
    if (dialled !== null && !reached && dialled >= at && dialled <= flight.from) {
      steps.push(step('network', 'The bridge reaching the server', at, dialled));
      at = dialled;
      reached = true;
    }
    if (flight.direction === 'sent') {
      steps.push(step('local', `Computing, then sending ${names}`, at, flight.to, bytes(flight.size)));
      if (certificates !== null && verifying !== null) {
        const to = Math.min(certificates + verifying, flight.from);
        steps.push(
          step('part', 'of which verifying the chain', certificates, to, 'measured again after the handshake'),
        );
        certificates = null;
      }
    } else {
      const who = whoFor(reached);
      if (flight.to - flight.from < AT_ONCE) {
        steps.push(step('waiting', `${who}: ${names}`, at, flight.to, bytes(flight.size)));
      } else {
        steps.push(step('waiting', who, at, flight.from));
        steps.push(step('waiting', `Receiving ${names}`, flight.from, flight.to, bytes(flight.size)));
      }
      reached = true;
      certificates ??= flight.certificates;
    }
    at = flight.to;
  }
  const rest = remainders.find(({ direction }) => direction === 'received');
  if (rest && handshake === null && rest.at >= at) {
    steps.push(step('waiting', `${whoFor(reached)}: no record of TLS`, at, rest.at, bytes(rest.bytes.length)));
  }
  return steps;
}

/** @param {boolean} reached whether the server has been reached, as far as is known */
function whoFor(reached) {
  return reached ? 'Waiting for the server' : 'The bridge reaching the server, and its first answer';
}

/** @param {number} number */
function bytes(number) {
  return `${number.toLocaleString('en-US')} bytes`;
}
