/** XMPP (RFC 6120, section 5.4): a stream, its features, <starttls/>, <proceed/>. */
import { toBytes, toText } from './input.js';
import { notOffered, refused, unexpected } from './problem.js';

/** @typedef {import('./input.js').Input} Input */

/**
 * @template [T=void]
 * @typedef {import('./input.js').Steps<T>} Steps
 */

const TLS_NAMESPACE = 'urn:ietf:params:xml:ns:xmpp-tls';
const TO_STREAM = '<stream:stream>';
const TO_STARTTLS = '<starttls/>';
const [LESS, GREATER] = [0x3c, 0x3e];

/**
 * @typedef {object} Tag
 * @property {string} text in front of it
 * @property {string} source of the tag
 * @property {string} name without prefix
 * @property {boolean} opens something: it is no end tag
 * @property {boolean} closes itself, or is an end tag
 */

/**
 * The next tag, and the text before it. Comments, CDATA, document types and processing instructions do not occur here (RFC
 * 6120, section 11.1).
 * @param {Input} input
 * @param {string} to
 * @returns {Steps<Tag>}
 */
function* nextTag(input, to) {
  const text = toText(yield* input.until((byte) => byte === LESS)).slice(0, -1);
  let quote = 0;
  const bytes = yield* input.until((byte) => {
    if (quote === 0 && (byte === 0x22 || byte === 0x27)) {
      quote = byte;
    } else if (quote === byte) {
      quote = 0;
    }
    return quote === 0 && byte === GREATER;
  });
  const source = `<${toText(bytes)}`;
  const [, end, name, itself] = /^<(\/?)([^\s"'<>/=?!]+)(?:\s[^<]*?)?(\/?)>$/.exec(source) ?? [];
  if (name === undefined) {
    throw unexpected(to, text + source);
  }
  const isEnd = end === '/';
  return {
    ...{ text, source, opens: !isEnd, closes: isEnd || itself === '/' },
    name: name.slice(name.indexOf(':') + 1),
  };
}

/**
 * Names and texts of the elements in one that has just been opened, up to its end.
 * @param {Input} input
 * @param {string} to
 * @param {Tag} tag
 * @returns {Steps<{children: Tag[], text: string}>} `children`: its own, not theirs
 */
function* content(input, to, tag) {
  const children = [];
  const texts = [];
  for (let depth = tag.closes ? 0 : 1; depth > 0;) {
    const inner = yield* nextTag(input, to);
    texts.push(inner.text.trim());
    if (inner.opens && depth === 1) {
      children.push(inner);
    }
    depth += (inner.opens ? 1 : 0) - (inner.closes ? 1 : 0);
  }
  const names = children.map(({ name }) => name).filter((name) => name !== 'text');
  return { children, text: [...names, ...texts].filter(Boolean).join(' ') };
}

/**
 * An element at the top of the stream.
 * @param {Input} input
 * @param {string} to what it answers
 * @param {string[]} expected its names
 * @returns {Steps<Tag>}
 */
function* element(input, to, expected) {
  const tag = yield* nextTag(input, to);
  if (tag.opens && tag.name === 'error') {
    throw refused(to, (yield* content(input, to, tag)).text);
  }
  if (tag.text.trim() !== '' || !tag.opens || !expected.includes(tag.name)) {
    throw !tag.opens && tag.name === 'stream' ? refused(to, tag.source) : unexpected(to, tag.text + tag.source);
  }
  return tag;
}

/**
 * @param {Input} input
 * @param {string} hostname the server's domain
 * @param {'jabber:client' | 'jabber:server'} namespace
 * @returns {Steps}
 */
function* stream(input, hostname, namespace) {
  const domain = hostname.includes(':') ? `[${hostname}]` : hostname;
  yield toBytes(
    `<?xml version='1.0'?><stream:stream xmlns='${namespace}' xmlns:stream='http://etherx.jabber.org/streams' ` +
      `to='${domain}' version='1.0'>`,
  );
  yield* declaration(input);
  const header = yield* element(input, TO_STREAM, ['stream']);
  if (!/\sversion\s*=\s*["']1\./.test(header.source)) {
    throw notOffered(TO_STREAM); // XMPP before RFC 3920 has no features
  }
  const features = yield* element(input, TO_STREAM, ['features']);
  const { children } = yield* content(input, TO_STREAM, features);
  if (!children.some(({ name, source }) => name === 'starttls' && source.includes(TLS_NAMESPACE))) {
    throw notOffered(TO_STREAM);
  }
  input.skipBlanks(); // after our <starttls/> even these are not allowed (RFC 6120, section 5.3.3)
  yield toBytes(`<starttls xmlns='${TLS_NAMESPACE}'/>`);
  const answer = yield* element(input, TO_STARTTLS, ['proceed', 'failure']);
  const { text } = yield* content(input, TO_STARTTLS, answer);
  if (answer.name === 'failure') {
    throw refused(TO_STARTTLS, [answer.source, text].filter(Boolean).join(' '));
  }
}

/** The XML declaration, which may be missing. @param {Input} input @returns {Steps} */
function* declaration(input) {
  while (input.rest.length < 2) {
    yield undefined;
  }
  if (input.rest[1] === 0x3f) {
    const source = toText(yield* input.until((byte) => byte === GREATER));
    if (!/^<\?xml\s[^<]*\?>$/.test(source)) {
      throw unexpected(TO_STREAM, source);
    }
  }
}

/** Clients. @param {Input} input @param {string} hostname */
export const xmppClient = (input, hostname) => stream(input, hostname, 'jabber:client');
/** Servers. @param {Input} input @param {string} hostname */
export const xmppServer = (input, hostname) => stream(input, hostname, 'jabber:server');
