/**
 * Opening a connection: opens the transport, checks the server's identity, and reports the negotiated parameters.
 */
import { formatAddress } from './address.js';
import { abandon, closeQuietly } from './closing.js';
import { TLSError } from './errors.js';
import { GROUPS, nameOf, SIGNATURE_SCHEMES } from './hello-options.js';
import { loadPreamble } from './parts.js';
import { describe } from './quote.js';
import { channelOf } from './transports/channel.js';

/** @typedef {import('./address.js').Address} Address */
/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./engine-options.js').ProtocolVersion} ProtocolVersion */
/** @typedef {import('./engine.js').Report} Report */
/** @typedef {import('./hello-options.js').Group} Group */
/** @typedef {import('./hello-options.js').SignatureScheme} SignatureScheme */
/** @typedef {import('./options.js').Settings} Settings */
/** @typedef {import('./starttls/preamble.js').Preamble} Preamble */
/** @typedef {import('./state.js').ConnectionState} ConnectionState */
/** @typedef {import('./transports/channel.js').Channel} Channel */

/**
 * The value of `opened`.
 * @typedef {object} Info
 * @property {ProtocolVersion} protocol
 * @property {string} cipher the IANA name of the cipher suite
 * @property {string | null} alpn the negotiated protocol
 * @property {Group} group of the key exchange
 * @property {SignatureScheme} signatureScheme with which the server signed the handshake
 * @property {string | null} servername the Server Name Indication that was sent
 * @property {string | null} remoteAddress host and port of the server, as far as the transport knows; else the address that was asked for
 * @property {string | null} localAddress host and port of this end, if the transport knows them
 * @property {Verification} verification
 * @property {{transport: number, dialled: number | null, starttls: number | null, handshake: number, total: number}} timing durations in milliseconds:
 *   `transport` to open the transport; `dialled` from then until the connection to the server was open, if the transport
 *   reports it; `starttls` from then until the server was ready for TLS; `handshake` from then, or from the open transport,
 *   to the end of the handshake; `total` all together
 */

/**
 * Values of performance.now(). `upgraded`: the end of what comes before TLS, with `starttls`.
 * @typedef {{started: number, connected: number, upgraded?: number}} Times
 */

/**
 * @param {Settings} settings
 * @returns {Promise<Preamble | undefined>}
 * @throws {TLSError} ERR_TLS_LOAD
 */
export async function makePreamble({ starttls, engine: { hostname } }) {
  if (starttls === undefined) {
    return undefined;
  }
  const { Preamble } = await loadPreamble();
  return new Preamble(starttls, hostname ?? '');
}

/**
 * @param {Channel} channel is abandoned if this fails
 * @param {Preamble} preamble
 * @param {AbortSignal} signal
 */
export async function upgrade(channel, preamble, signal) {
  try {
    await preamble.run(channel, signal);
    signal.throwIfAborted();
  } catch (error) {
    abandon(channel, error);
    throw error;
  }
}

/**
 * @param {Pick<Settings, 'transport' | 'address'> & {plaintext?: boolean}} settings
 * @param {AbortSignal} signal
 * @param {ConnectionState} state
 * @returns {Promise<Channel | undefined>} undefined if the connection was over before its transport was open
 */
export async function openTransport(settings, signal, state) {
  const { plaintext } = settings;
  const transport = await settings.transport(
    /** @type {Address} */ (settings.address),
    plaintext ? { signal, plaintext } : { signal },
  );
  if (state.over) {
    await closeQuietly(transport);
    return undefined;
  }
  try {
    return channelOf(transport);
  } catch (error) {
    closeQuietly(transport);
    throw error;
  }
}

/**
 * @param {Report} report of a completed handshake
 * @param {Settings} settings
 * @param {Times} times
 * @param {Channel | undefined} channel
 * @returns {Info}
 */
export function infoOf(
  { protocol, cipher, alpn, group, signatureScheme, verification },
  settings,
  { started, connected, upgraded },
  channel,
) {
  const done = performance.now();
  const dialled = channel?.dialled;
  return {
    protocol: /** @type {ProtocolVersion} */ (protocol),
    cipher: /** @type {string} */ (cipher),
    alpn,
    group: /** @type {Group} */ (nameOf(GROUPS, group)),
    signatureScheme: /** @type {SignatureScheme} */ (nameOf(SIGNATURE_SCHEMES, signatureScheme)),
    servername: settings.engine.servername ?? null,
    ...addressesOf(settings, channel),
    verification,
    timing: {
      transport: connected - started,
      dialled: dialled === undefined ? null : Math.max(0, dialled - connected),
      starttls: upgraded === undefined ? null : upgraded - connected,
      handshake: done - (upgraded ?? connected),
      total: done - started,
    },
  };
}

/**
 * @param {Pick<Settings, 'address'>} settings
 * @param {Channel | undefined} channel
 */
export function addressesOf({ address }, channel) {
  return {
    remoteAddress: channel?.remoteAddress ?? (address ? formatAddress(address) : null),
    localAddress: channel?.localAddress ?? null,
  };
}

/**
 * Runs the option `verify`.
 * @param {NonNullable<Settings['verify']>} verify
 * @param {Verification} verification
 * @param {any} socket
 * @throws {TLSError} ERR_TLS_VERIFY_REJECTED, or ERR_TLS_INVALID_OPTION if it returns something
 */
export async function runVerify(verify, verification, socket) {
  let result;
  try {
    result = await verify(verification, socket);
  } catch (cause) {
    throw new TLSError('ERR_TLS_VERIFY_REJECTED', undefined, { cause, verification });
  }
  if (result !== undefined) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      `The function verify must throw to reject the server, and otherwise return nothing, not ${describe(result)}.`,
      { verification },
    );
  }
}

/**
 * @param {Settings} settings
 * @param {Verification} verification
 * @throws {TLSError} ERR_TLS_SERVER_IDENTITY
 */
export function checkIdentity({ checkServerIdentity, engine }, verification) {
  const rejection = checkServerIdentity?.(/** @type {string} */ (engine.hostname), verification.sent[0]);
  if (rejection !== undefined) {
    throw new TLSError('ERR_TLS_SERVER_IDENTITY', undefined, { cause: rejection, verification });
  }
}

/**
 * @param {Engine} engine
 * @param {(line: string) => void} keylog
 */
export function reportKeys(engine, keylog) {
  for (const line of engine.takeKeylog()) {
    try {
      keylog(line);
    } catch (error) {
      queueMicrotask(() => {
        throw error; // uncaught, like an error of an event listener: it must not fail the connection
      });
    }
  }
}
