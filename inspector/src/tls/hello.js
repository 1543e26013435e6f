/** Reads ClientHello, ServerHello and HelloRetryRequest (RFC 8446, section 4.1). */
import { extensions } from './extensions.js';
import { hex } from './fields.js';
import * as names from './names.js';

/** @typedef {import('./fields.js').Cursor} Cursor */
/** @typedef {import('./types.js').Facts} Facts */

/** The SHA-256 of "HelloRetryRequest": RFC 8446, section 4.1.3. */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** Last bytes of the random of a server that supports a newer version: RFC 8446, section 4.1.3. @type {Record<string, string>} */
const DOWNGRADE_SENTINELS = {
  '444f574e47524401': 'TLS 1.2',
  '444f574e47524400': 'TLS 1.1 or older',
};

/** @param {Cursor} body @param {Facts} facts */
export function clientHello(body, facts) {
  facts.legacyVersion = body.number('Legacy version', 2, names.numberedVersion);
  facts.random = body.bytes('Random', 32);
  body.opaque('Legacy session ID', 1);
  facts.cipherSuites = body.list('Cipher suites', 2, (inner) =>
    inner.number('Cipher suite', 2, names.numberedCipherSuite),
  );
  body.list(
    'Legacy compression methods',
    1,
    (inner) => inner.number('Method', 1, names.compressionMethodName),
    names.compressionMethodName,
  );
  if (body.left > 0) extensions(body, 'ClientHello', facts);
}

/** @param {Cursor} body @param {Facts} facts */
export function serverHello(body, facts) {
  facts.legacyVersion = body.number('Legacy version', 2, names.numberedVersion);
  serverRandom(body, facts);
  body.opaque('Legacy session ID echo', 1);
  facts.cipherSuites = [body.number('Cipher suite', 2, names.numberedCipherSuite)];
  body.number('Legacy compression method', 1, names.compressionMethodName);
  if (body.left > 0) extensions(body, facts.retry ? 'HelloRetryRequest' : 'ServerHello', facts);
}

/** @param {Cursor} body @param {Facts} facts */
function serverRandom(body, facts) {
  const random = body.peek(32);
  facts.retry = hex(random) === RETRY_RANDOM;
  facts.downgrade = DOWNGRADE_SENTINELS[hex(random.subarray(24))];
  if (facts.retry) {
    facts.random = body.bytes('Random', 32, () => 'HelloRetryRequest');
  } else if (facts.downgrade !== undefined) {
    const meaning = `the server supports a version newer than ${facts.downgrade}`;
    facts.random = body.branch('Random', (inner, field) => {
      field.value = `ends with a downgrade sentinel: ${meaning}`;
      inner.bytes('Random bytes', 24);
      inner.bytes('Downgrade sentinel', 8, () => meaning);
      return random;
    });
  } else {
    facts.random = body.bytes('Random', 32);
  }
}
