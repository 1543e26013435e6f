/** Summarizes a connection's messages: offered and chosen parameters, and flights. */
import * as names from './names.js';

/** @typedef {import('./types.js').Chosen} Chosen */
/** @typedef {import('./types.js').Direction} Direction */
/** @typedef {import('./types.js').Facts} Facts */
/** @typedef {import('./types.js').Flight} Flight */
/** @typedef {import('./types.js').Item} Item */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Offered} Offered */
/** @typedef {import('./types.js').TLSRecord} TLSRecord */

/** @param {(number: number) => string} name @returns {(number: number) => Item} */
const item = (name) => (number) => ({ number, name: name(number) });

/** @param {number[] | undefined} numbers @param {(number: number) => string} name @returns {Item[]} */
const items = (numbers, name) => (numbers ?? []).map(item(name));

/** @param {number[] | undefined} numbers @param {(number: number) => string} name @returns {Item | null} */
const firstItem = (numbers, name) => items(numbers, name)[0] ?? null;

/**
 * @param {Message[]} messages
 * @param {Direction} direction
 * @returns {(name: string) => Message | undefined} finds the first complete message with a name
 */
const finder = (messages, direction) => (name) =>
  messages.find((message) => message.name === name && message.direction === direction && message.complete);

/** @param {Message[]} messages @returns {Offered | null} */
export function offered(messages) {
  const hello = finder(messages, 'sent')('ClientHello')?.facts;
  if (!hello) return null;
  const legacy = hello.legacyVersion === undefined ? [] : [hello.legacyVersion];
  return {
    versions: items(hello.versions ?? legacy, names.versionName),
    cipherSuites: items(hello.cipherSuites, names.cipherSuiteName),
    groups: items(hello.groups, names.groupName),
    keyShares: items(hello.keyShares, names.groupName),
    signatureSchemes: items(hello.signatureSchemes, names.signatureSchemeName),
    alpn: hello.alpn ?? [],
    serverName: hello.serverName ?? null,
    extensions: items(hello.extensions, names.extensionName),
  };
}

/** @param {Message[]} messages @returns {Chosen | null} */
export function chosen(messages) {
  const find = finder(messages, 'received');
  const hello = find('ServerHello')?.facts;
  const retry = find('HelloRetryRequest')?.facts;
  const serverHello = hello ?? retry;
  if (!serverHello) return null;
  const encrypted = find('EncryptedExtensions')?.facts;
  const exchange = find('ServerKeyExchange')?.facts;
  const verify = find('CertificateVerify')?.facts;
  const schemes = (verify ?? exchange)?.signatureSchemes;
  return {
    version: firstItem(serverHello.versions ?? [serverHello.legacyVersion ?? 0], names.versionName),
    cipherSuite: firstItem(serverHello.cipherSuites, names.cipherSuiteName),
    group: firstItem(exchange?.groups ?? hello?.keyShares, names.groupName),
    signatureScheme: firstItem(schemes, verify ? names.signatureSchemeName : names.signatureSchemeName12),
    alpn: (encrypted?.alpn ?? hello?.alpn)?.[0] ?? null,
    extensions: items([...(hello?.extensions ?? []), ...(encrypted?.extensions ?? [])], names.extensionName),
    retry: firstItem(retry?.keyShares, names.groupName),
    helloRetry: retry !== undefined,
    downgrade: hello?.downgrade ?? null,
    clientCertificate: find('CertificateRequest') !== undefined,
    tickets: messages
      .filter(({ name, direction, complete }) => name === 'NewSessionTicket' && direction === 'received' && complete)
      .map(({ facts }) => facts.lifetime ?? 0),
    certificates: find('Certificate')?.facts.certificates ?? [],
  };
}

/**
 * @param {TLSRecord[]} records
 * @param {Message[]} messages
 * @returns {Flight[]}
 */
export function flights(records, messages) {
  /** @type {Flight[]} */
  const all = [];
  /** Directions whose Finished has been seen. @type {Set<Direction>} */
  const finished = new Set();
  for (const record of records) {
    const handshake = finished.size < 2;
    let flight = all.at(-1);
    if (!flight || flight.direction !== record.direction || flight.handshake !== handshake) {
      const { direction, from, at } = record;
      flight = { direction, handshake, from, to: at, size: 0, names: [], certificates: null };
      all.push(flight);
    }
    flight.to = record.at;
    flight.size += record.bytes.length;
    for (const message of endingIn(record, messages)) {
      flight.names.push(message.name);
      if (message.name === 'Finished') finished.add(message.direction);
      if (message.name === 'Certificate' && message.direction === 'received') flight.certificates ??= message.at;
    }
    if (record.failure !== null) flight.names.push('Encrypted record');
  }
  return all;
}

/** @param {TLSRecord} record @param {Message[]} messages */
function endingIn(record, messages) {
  return record.messages.map((index) => messages[index]).filter(({ records }) => records.at(-1) === record.index);
}
