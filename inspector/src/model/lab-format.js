/** The lab's texts: outcomes, and where they come from. */
import { blankRequest } from './permalink.js';
import { duration, outcome, visible } from './format.js';

/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').Opinion} Opinion */
/** @typedef {import('../types.js').TLSError} TLSError */
/** @typedef {import('../types.js').Verification} Verification */
/** @typedef {import('./lab.js').Settings} Settings */
/** @typedef {import('./inspect-server.js').Inspection} Inspection */
/** @typedef {import('./format.js').Outcome} Outcome */

/** Expected outcomes, as the filter and the cards name them. */
export const OUTCOMES = { good: 'valid', bad: 'not trusted', fails: 'no connection' };

export const MARKS = { good: '✓', bad: '✕', fails: '!', error: '!', cancelled: '–' };

/**
 * How the problem reaches the client.
 * @param {LabCase} labCase
 * @returns {{ kind: 'served' | 'swapped' | 'handshake' | 'relay', label: string, explain: string }}
 */
export function deliveryOf({ kind, relay }) {
  if (kind === 'served')
    return { kind, label: 'Live server', explain: 'A server sends exactly this chain in a TLS handshake.' };
  if (kind === 'swapped') {
    return {
      kind,
      label: 'Substituted by a relay, TLS 1.2',
      explain:
        'No server would load this certificate, or send it to a client that cannot use its key. So a relay substitutes ' +
        'it for another server’s certificate, which TLS 1.2 sends unencrypted. The handshake cannot succeed after that.',
    };
  }
  if (relay) {
    return {
      kind: 'relay',
      label: 'Tampering relay',
      explain: 'Client and server work correctly. A relay between bridge and server tampers with the connection.',
    };
  }
  return { kind, label: 'Handshake', explain: 'The handshake fails, or the connection fails after it.' };
}

/**
 * The outcome of a verification or a connection.
 * @param {LabCase} labCase
 * @param {Pick<Settings, 'hostname'> & Partial<Pick<Settings, 'trust' | 'profile'>>} settings of the verification
 * @param {object} found
 * @param {Verification | null} found.verification
 * @param {Inspection['info']} found.info
 * @param {TLSError | null} found.error
 * @param {Inspection['recording'] | null} [found.recording] of the connection, if there was one
 * @param {string} found.bridge
 * @returns {Outcome}
 */
export function outcomeFor(labCase, settings, { verification, info, error, recording, bridge }) {
  const { hostname, trust = 'lab', profile } = settings;
  const blank = blankRequest({ bridge, targets: {}, system: false });
  const request = { ...blank, address: labCase.hostname, lab: labCase, target: labCase.hostname };
  return outcome({
    request,
    criteria: { hostname, trust: { kind: trust }, profile },
    info,
    verification,
    error,
    recording,
  });
}

/**
 * Whether an outcome comes from the lab's files or from a live server.
 * @param {LabCase} labCase
 * @param {{ live: Inspection | null, reverified: boolean }} source
 */
export function provenance(labCase, { live, reverified }) {
  if (live === null) return fromFiles(labCase);
  if (reverified) return 'The chain from the live connection, verified again in this page without a new connection.';
  const { info, answer, error, elapsed } = live;
  const facts = [
    ...(info ? [info.protocol.replace('v', ' '), info.cipher] : []),
    ...(answer !== null && error === null ? [visible(answer.status)] : []),
    duration(elapsed),
  ];
  const relayed = labCase.relay ? ' A relay caused the problem.' : '';
  return `Live connection through the bridge: ${facts.join(', ')}.${relayed}`;
}

/** For a chain that no server sent. @param {LabCase} labCase */
export function fromFiles({ kind }) {
  const note = 'Verified in this page from the lab’s files, without a live handshake.';
  if (kind !== 'handshake') return note;
  return `${note} Only the chain was verified: the problem of this case occurs only in a live connection.`;
}

/** @param {Opinion} opinion @returns {{ kind: 'good' | 'bad' | 'error', text: string }} */
export function opinionText({ ok }) {
  if (ok === null) return { kind: 'error', text: 'cannot read it' };
  return ok ? { kind: 'good', text: 'accepts' } : { kind: 'bad', text: 'rejects' };
}
