/** What the lab says: outcomes, and where things come from. */
import { blankRequest } from './permalink.js';
import { duration, outcome, visible } from './format.js';

/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').Opinion} Opinion */
/** @typedef {import('../types.js').TLSError} TLSError */
/** @typedef {import('../types.js').Verification} Verification */
/** @typedef {import('./lab.js').Settings} Settings */
/** @typedef {import('./inspect-server.js').Inspection} Inspection */
/** @typedef {import('./format.js').Outcome} Outcome */

/** How each expected outcome is called, in lists and filters. */
export const OUTCOMES = { good: 'good', bad: 'not good', fails: 'no connection' };

export const MARKS = { good: '✓', bad: '✕', fails: '!', error: '!', cancelled: '–' };

/**
 * How real it is.
 * @param {LabCase} one
 * @returns {{ kind: 'served' | 'swapped' | 'handshake' | 'relay', label: string, explain: string }}
 */
export function reachOf({ kind, relay }) {
  if (kind === 'served')
    return { kind, label: 'Live server', explain: 'A server sends this very chain in a TLS handshake.' };
  if (kind === 'swapped') {
    return {
      kind,
      label: 'Put in by a relay, TLS 1.2',
      explain:
        'No server would load this certificate, or send it to a client that cannot use its key. A relay puts it in the ' +
        'place of that of a healthy server: in TLS 1.2 certificates go in clear. The handshake cannot succeed after that.',
    };
  }
  if (relay) {
    return {
      kind: 'relay',
      label: 'A relay on the way',
      explain: 'Both ends are healthy. A relay between the bridge and the server changes what passes.',
    };
  }
  return { kind, label: 'The handshake', explain: 'It is the handshake that fails, or what comes after it.' };
}

/**
 * The outcome on a chain, or on a connection.
 * @param {Settings} settings
 * @param {object} found
 * @param {Verification | null} found.verification
 * @param {Inspection['info']} found.info
 * @param {TLSError | null} found.error
 * @param {Inspection['recording'] | null} [found.recording] of the connection, where there was one
 * @param {string} found.bridge
 * @returns {Outcome}
 */
export function outcomeFor({ hostname }, { verification, info, error, recording, bridge }) {
  const request = { ...blankRequest({ bridge, targets: {}, system: false }), address: hostname };
  return outcome({ request, info, verification, error, recording });
}

/**
 * Where the outcome comes from, so that nobody takes a file for a server.
 * @param {LabCase} one
 * @param {{ live: Inspection | null, reverified: boolean }} source
 */
export function provenance(one, { live, reverified }) {
  if (live === null) return fromFiles(one);
  if (reverified) return 'The chain that came over the live connection, judged again in this page, without a new one.';
  const { info, answer, error, elapsed } = live;
  const relayed = one.relay ? ' A relay put in what is wrong.' : '';
  const agreed = info ? `: ${info.protocol.replace('v', ' ')}, ${info.cipher}` : '';
  const asked = answer === null || error !== null ? '' : `, and the answer ${visible(answer.status)}`;
  return `From a live connection through the bridge, ${duration(elapsed)}${agreed}${asked}.${relayed}`;
}

/** Of a chain that no server sent. @param {LabCase} one */
export function fromFiles({ kind }) {
  const note = 'Judged in this page, from the files of the lab. This was not a live handshake.';
  if (kind !== 'handshake') return note;
  return `${note} Only the chain was judged; what is wrong in this case shows in a live connection only.`;
}

/** @param {Opinion} opinion @returns {{ kind: 'good' | 'bad' | 'error', text: string }} */
export function opinionWords({ ok }) {
  if (ok === null) return { kind: 'error', text: 'cannot read it' };
  return ok ? { kind: 'good', text: 'accepts it' } : { kind: 'bad', text: 'refuses it' };
}
