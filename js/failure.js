/** Says more precisely why a handshake failed, from what the server sent first and from what it had asked for. */
import { NO_SERVER_NAME } from '../messages/alerts.js';
import { isError } from './bytes.js';
import { CODES, TLSError } from './errors.js';
import { plaintextOf } from './plaintext.js';
import { chosenVersion, isClientHello, versionName } from './server-hello.js';

/** What is kept of the server's first bytes: a ServerHello and the beginning of what follows. */
const MAX_FIRST_BYTES = 1024;

/** Alerts of servers that need a server name. */
const NEEDS_NAME = [40, 80, 109, 112];

/** Errors that a ServerHello with a version that was not offered can end in. */
const ABOUT_HELLO = ['ERR_TLS_VERSION', 'ERR_TLS_PROTOCOL', 'ERR_TLS_HANDSHAKE'];

/** The first bytes that the server sent. */
export class FirstBytes {
  bytes = new Uint8Array(0);

  /** @param {Uint8Array} bytes */
  add(bytes) {
    const space = MAX_FIRST_BYTES - this.bytes.length;
    if (space > 0) {
      const more = bytes.subarray(0, space);
      const all = new Uint8Array(this.bytes.length + more.length);
      all.set(this.bytes);
      all.set(more, this.bytes.length);
      this.bytes = all;
    }
  }
}

/**
 * @param {TLSError} error of a handshake
 * @param {Uint8Array} first the server's first bytes
 * @param {readonly number[]} versions the lowest and the highest that were offered
 * @param {string | undefined} request what the server had asked for and did not get
 * @returns {TLSError} another one if the bytes explain more
 */
export function explainFailure(error, first, versions, request) {
  const { native, cause, verification } = error;
  const plaintext = plaintextOf(first);
  if (plaintext) {
    return new TLSError('ERR_TLS_NOT_TLS', plaintext.sentence, { native, cause, hint: plaintext.hint });
  }
  if (isClientHello(first)) {
    return new TLSError('ERR_TLS_PROTOCOL', 'The server sent a ClientHello, as only clients do.', {
      ...{ native, cause },
      hint: 'Check the port: what listens there returns what it receives, or is a TLS client itself.',
    });
  }
  const [low, high] = versions;
  const version = ABOUT_HELLO.includes(error.code) ? chosenVersion(first) : undefined;
  if (version !== undefined && (version < low || version > high)) {
    const offered = low === high ? versionName(low) : `${versionName(low)} and ${versionName(high)}`;
    return new TLSError('ERR_TLS_VERSION', `The server chose ${versionName(version)}, but ${offered} was offered.`, {
      ...{ native, cause, verification },
      hint:
        version < 0x0303
          ? 'The server must support TLS 1.2 or 1.3: tell its operator.'
          : 'Change minVersion or maxVersion, or tell the operator of the server.',
    });
  }
  if (error.code === 'ERR_TLS_HANDSHAKE_CLOSED' && first.length === 0) {
    return new TLSError('ERR_TLS_HANDSHAKE_CLOSED', 'The server closed the connection without sending a byte.', {
      ...{ native, cause },
      hint: 'Perhaps it does not speak TLS on this port, or expects another protocol first: PostgreSQL needs the option starttls, MQTT its port for TLS; or a proxy, load balancer or firewall in front of it closed the connection.',
    });
  }
  return error.code === 'ERR_TLS_HANDSHAKE_CLOSED' ? explainEnd(error, request) : error;
}

/**
 * After the handshake: why the connection ended, as far as the transport and the server's requests tell.
 * @param {TLSError} error
 * @param {string | undefined} hint what the server had asked for and did not get
 */
export function explainEnd(error, hint) {
  const { code, native, cause, alert, verification, message } = error;
  if (code === 'ERR_TLS_TRUNCATED' && isError(cause)) {
    const reason = cause.message.replace(/\.$/, '');
    return new TLSError(code, `${CODES[code]} The transport says: ${reason}.`, { native, cause, verification, hint });
  }
  return hint === undefined || error.hint === hint
    ? error
    : new TLSError(code, message, { native, cause, alert, verification, hint });
}

/**
 * An alert in a handshake without a server name.
 * @param {TLSError} error
 */
export function explainWithoutName(error) {
  const { code, native, cause, alert = -1, verification, message } = error;
  return code === 'ERR_TLS_ALERT' && NEEDS_NAME.includes(alert)
    ? new TLSError(code, message, { native, cause, alert, verification, hint: NO_SERVER_NAME })
    : error;
}

/** How far a handshake came that took too long. @param {Uint8Array} first the server's first bytes */
export function progressOf(first) {
  const plaintext = plaintextOf(first);
  if (plaintext) {
    return { sentence: plaintext.sentence, hint: plaintext.hint };
  }
  return first.length === 0
    ? {
        sentence: 'The server accepted it, but sent nothing.',
        hint: 'Check the port: a server that expects another protocol than TLS, as Redis does, often waits for more.',
      }
    : { sentence: 'The server began the handshake, but did not finish it.', hint: undefined };
}
