/** The server's side of a TLS 1.3 handshake (RFC 8446, section 2), without resumption. */
import { fill, join, message, reader, vector } from './bytes.js';
import {
  applicationSecrets,
  digest,
  finished13,
  handshakeSecrets,
  keyExchange,
  nextSecret,
  protection13,
  sign,
  verifiedScheme,
} from './keys.js';
import {
  alpn,
  certificate13,
  certificateRequest13,
  cookie,
  keyShare,
  newSessionTicket13,
  parseCertificate,
  parseClientHello,
  RETRY_RANDOM,
  selectedGroup,
  serverHello,
  signed,
  supportedVersions,
  TYPES,
  verifyInput,
} from './messages.js';
import { choose, firstOf } from './choose.js';
import { changeCipherSpec, handshake } from './records.js';

/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./connection.js').Message} Message */
/** @typedef {import('./messages.js').ClientHello} ClientHello */

/** @type {import('./connection.js').Handshake} */
export function continue13(connection, received) {
  const { name, body, type } = received;
  const before = connection.transcript;
  if (connection.open && name !== 'KeyUpdate') {
    continueAuthentication(connection, received);
    return;
  }
  if (!connection.open) connection.transcript = join(before, message(type, body));
  switch (name) {
    case 'ClientHello': {
      const hello = parseClientHello(body);
      const isFirst = connection.clientHello === undefined;
      connection.clientHello = hello;
      if (isFirst && connection.options.retry) sendRetry(connection, hello);
      else sendHandshake(connection, hello);
      return;
    }
    case 'Certificate':
      connection.clientChain = parseCertificate(body, false);
      return;
    case 'CertificateVerify':
      connection.clientScheme = verifiedScheme(connection.clientChain, body, clientInput(connection, before));
      return;
    case 'Finished':
      finish(connection, body, before);
      return;
    case 'KeyUpdate':
      updateReadKeys(connection, body[0] === 1);
      return;
    default:
      throw new Error(`a message of type ${type}`);
  }
}

/** @param {Connection} connection @param {ClientHello} hello */
function sendRetry(connection, hello) {
  const { retry } = connection.options;
  const suite = choose(connection, hello);
  const hashed = digest(connection.hash, connection.transcript);
  connection.transcript = message(254, hashed); // section 4.4.1
  const extensions = [
    supportedVersions,
    ...(retry?.group ? [selectedGroup(retry.group)] : []),
    ...(retry?.cookie ? [cookie(retry.cookie)] : []),
  ];
  const body = serverHello({ random: RETRY_RANDOM, sessionId: hello.sessionId, suite, extensions });
  connection.sendFlight('retry', [...connection.handshake('ServerHello', body, 'clear'), changeCipherSpec()]);
}

/** @param {Connection} connection @param {ClientHello} hello */
function sendHandshake(connection, hello) {
  const { options } = connection;
  const suiteNumber = choose(connection, hello);
  const { suite, group } = /** @type {NonNullable<Connection['chosen']>} */ (connection.chosen);
  const exchange = keyExchange(group);
  const extensions = [supportedVersions, keyShare(group, options.share ?? exchange.share)];
  const random = fill(32, 5);
  const items = connection.handshake(
    'ServerHello',
    serverHello({ random, sessionId: hello.sessionId, suite: suiteNumber, extensions }),
    'clear',
  );
  const shared = exchange.agree(hello.shares.get(group) ?? exchange.share);
  const { clientHandshake, serverHandshake, master } = handshakeSecrets(suite.hash, shared, connection.transcript);
  connection.secrets = { ...connection.secrets, clientHandshake, serverHandshake, master };
  connection.writeKeys.handshake = protection13(suite, serverHandshake);
  connection.readKeys.handshake = protection13(suite, clientHandshake);
  connection.readEpoch = 'handshake';

  items.push(changeCipherSpec());
  const protectedMessage = (/** @type {import('./messages.js').MessageName} */ name, /** @type {Uint8Array} */ body) =>
    items.push(...connection.handshake(name, body, 'handshake'));
  protectedMessage('EncryptedExtensions', vector(2, ...(options.alpn ? [alpn(options.alpn)] : [])));
  if (options.requestCertificate) {
    protectedMessage('CertificateRequest', certificateRequest13(options.clientSchemes));
  }
  protectedMessage('Certificate', certificate13(options.chain));
  const scheme = options.scheme ?? firstOf(options.schemes, hello.schemes);
  const signature = sign(scheme, options.key, verifyInput('server', connection.transcriptHash()));
  protectedMessage('CertificateVerify', signed(scheme, signature));
  protectedMessage('Finished', finished13(suite.hash, serverHandshake, connection.transcript));

  const { client, server } = applicationSecrets(suite.hash, master, connection.transcript);
  connection.secrets = { ...connection.secrets, client, server };
  connection.writeKeys.application = protection13(suite, server);
  connection.readKeys.application = protection13(suite, client);
  connection.sendFlight('handshake', items);
}

/** What the client signs. @param {Connection} connection @param {Uint8Array} transcript before its CertificateVerify */
const clientInput = ({ hash }, transcript) => verifyInput('client', digest(hash, transcript));

/** @param {Connection} connection @param {Buffer} body @param {Uint8Array} transcript before it */
function finish(connection, body, transcript) {
  const expected = finished13(connection.hash, connection.secrets.clientHandshake, transcript);
  if (!expected.equals(body)) throw new Error('Finished is wrong');
  connection.readEpoch = 'application';
  connection.open = true;
  const tickets = Array.from({ length: connection.options.tickets }, () => ticket());
  if (tickets.length > 0) connection.sendFlight('tickets', tickets);
  connection.options.open?.(connection);
}

/** @param {Uint8Array} [body] */
export const ticket = (body = newSessionTicket13()) =>
  handshake('NewSessionTicket', message(TYPES.NewSessionTicket, body), 'application');

/** @param {number} requested */
export const keyUpdate = (requested) =>
  handshake('KeyUpdate', message(TYPES.KeyUpdate, Uint8Array.of(requested)), 'application');

/** Sends a KeyUpdate, and then uses the next keys (section 4.6.3). @param {Connection} connection @param {boolean} [request] */
export function updateKeys(connection, request = false) {
  const { suite } = /** @type {NonNullable<Connection['chosen']>} */ (connection.chosen);
  connection.send(keyUpdate(request ? 1 : 0));
  connection.secrets.server = nextSecret(suite.hash, connection.secrets.server);
  connection.writeKeys.application = protection13(suite, connection.secrets.server);
}

/** @param {Connection} connection @param {boolean} requested whether the client wants one in return */
function updateReadKeys(connection, requested) {
  const { suite } = /** @type {NonNullable<Connection['chosen']>} */ (connection.chosen);
  connection.secrets.client = nextSecret(suite.hash, connection.secrets.client);
  connection.readKeys.application = protection13(suite, connection.secrets.client);
  if (requested) updateKeys(connection);
}

/* --- post-handshake authentication (section 4.6.2) ----------------------------------------- */

/** What a client answered: `scheme` is undefined without certificates. @typedef {{ context: string, chain: Buffer[], scheme: number | undefined }} Authentication */

/** Requests that have no answer yet, by their contexts, and the answer that has begun. @type {WeakMap<Connection, { requests: Map<string, Uint8Array>, current?: Authentication & { transcript: Uint8Array } }>} */
const authentications = new WeakMap();

/** @param {Uint8Array} context @param {...Uint8Array} extensions */
export const postHandshakeRequest = (context, ...extensions) => join(vector(1, context), vector(2, ...extensions));

/** A CertificateRequest, whose answer goes to `connection.authentications`. @param {Connection} connection @param {Uint8Array} body */
export function certificateRequest(connection, body) {
  const octets = message(TYPES.CertificateRequest, body);
  const state = authentications.get(connection) ?? { requests: new Map() };
  authentications.set(connection, state);
  state.requests.set(reader(body).vector(1).toString('hex'), octets);
  return handshake('CertificateRequest', octets, 'application');
}

/** @param {Connection} connection @param {Message} received */
function continueAuthentication(connection, { name, type, body }) {
  const state = authentications.get(connection);
  const octets = message(type, body);
  if (name === 'Certificate') {
    const context = reader(body).vector(1).toString('hex');
    const request = state?.requests.get(context);
    if (!state || state.current || !request) throw new Error(`a Certificate for the context "${context}"`);
    state.requests.delete(context);
    const transcript = join(connection.transcript, request, octets);
    state.current = { context, chain: parseCertificate(body, false), scheme: undefined, transcript };
    return;
  }
  const current = state?.current;
  if (!current) throw new Error(`a message of type ${type}`);
  if (name === 'CertificateVerify') {
    current.scheme = verifiedScheme(current.chain, body, clientInput(connection, current.transcript));
    current.transcript = join(current.transcript, octets);
    return;
  }
  const { transcript, ...authentication } = current;
  const expected = finished13(connection.hash, connection.secrets.client, transcript);
  if (name !== 'Finished' || !expected.equals(body)) throw new Error('Finished is wrong');
  if (current.chain.length > 0 !== (current.scheme !== undefined)) throw new Error('no CertificateVerify');
  connection.authentications.push(authentication);
  delete state.current;
}
