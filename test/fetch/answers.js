/** Answers of servers, for the tests of the parser. All text is one byte a character. */

/** @param {...string} lines */
const head = (...lines) => `${lines.join('\r\n')}\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK';
const CHUNKED = head(OK, 'Transfer-Encoding: chunked');

/**
 * @typedef {object} Valid
 * @property {string} [method] GET by default
 * @property {string} bytes
 * @property {boolean} [closed] the server closes the connection after them
 * @property {number} status
 * @property {string} [body] empty by default
 * @property {boolean} [keepAlive] true by default
 * @property {[string, string][]} [trailers]
 * @property {number} [interim]
 * @property {boolean} [excess]
 */

/** @type {Record<string, Valid>} */
export const VALID = {
  'a length': { bytes: `${head(OK, 'Content-Length: 5')}hello`, status: 200, body: 'hello' },
  'a length of 0': { bytes: head(OK, 'Content-Length: 0'), status: 200 },
  'a length with leading zeros': { bytes: `${head(OK, 'Content-Length: 005')}hello`, status: 200, body: 'hello' },
  'the same length twice': {
    bytes: `${head(OK, 'Content-Length: 5', 'content-length: 5,5')}hello`,
    status: 200,
    body: 'hello',
  },
  'no reason': { bytes: head('HTTP/1.1 200 ', 'Content-Length: 0'), status: 200 },
  'no reason and no blank': { bytes: head('HTTP/1.1 200', 'Content-Length: 0'), status: 200 },
  'blanks around a value': { bytes: `${head(OK, 'Content-Length: \t 5 \t')}hello`, status: 200, body: 'hello' },
  'an empty value and bytes beyond ASCII': {
    bytes: head(OK, 'X-Empty:', 'X-Latin: \xe9\x80\xff', 'Content-Length: 0'),
    status: 200,
  },
  chunks: { bytes: `${CHUNKED}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`, status: 200, body: 'hello world' },
  'no chunks': { bytes: `${CHUNKED}0\r\n\r\n`, status: 200 },
  'chunks with extensions, upper case and leading zeros': {
    bytes: `${CHUNKED}000A;name=value\r\n0123456789\r\na ; quoted="x;y"\r\n0123456789\r\n00;end\r\n\r\n`,
    status: 200,
    body: '01234567890123456789',
  },
  'chunks that contain line ends': { bytes: `${CHUNKED}4\r\n\r\n\r\n\r\n0\r\n\r\n`, status: 200, body: '\r\n\r\n' },
  trailers: {
    bytes: `${CHUNKED}1\r\nx\r\n0\r\nDigest: abc\r\nX-Other:  y \r\n\r\n`,
    status: 200,
    body: 'x',
    trailers: [
      ['Digest', 'abc'],
      ['X-Other', 'y'],
    ],
  },
  'Chunked in upper case': {
    bytes: `${head(OK, 'TRANSFER-ENCODING: Chunked')}1\r\nx\r\n0\r\n\r\n`,
    status: 200,
    body: 'x',
  },
  'until the connection ends': {
    bytes: `${head(OK)}hello`,
    closed: true,
    status: 200,
    body: 'hello',
    keepAlive: false,
  },
  'nothing until the connection ends': { bytes: head(OK), closed: true, status: 200, keepAlive: false },
  'Connection: close': {
    bytes: `${head(OK, 'Connection: x, Close', 'Content-Length: 1')}x`,
    status: 200,
    body: 'x',
    keepAlive: false,
  },
  'HTTP/1.0': { bytes: `${head('HTTP/1.0 200 OK', 'Content-Length: 1')}x`, status: 200, body: 'x', keepAlive: false },
  'HTTP/1.0 that keeps the connection': {
    bytes: `${head('HTTP/1.0 200 OK', 'Connection: Keep-Alive', 'Content-Length: 1')}x`,
    status: 200,
    body: 'x',
  },
  'HEAD with a length': { method: 'HEAD', bytes: head(OK, 'Content-Length: 5'), status: 200 },
  'HEAD with chunks': { method: 'HEAD', bytes: CHUNKED, status: 200 },
  'HEAD with neither': { method: 'HEAD', bytes: head(OK), status: 200 },
  204: { bytes: head('HTTP/1.1 204 No Content'), status: 204 },
  '204 with a length, which is out of step': {
    bytes: head('HTTP/1.1 204 No Content', 'Content-Length: 5'),
    status: 204,
    keepAlive: false,
  },
  '304 with a length': { bytes: head('HTTP/1.1 304 Not Modified', 'Content-Length: 5'), status: 304 },
  'interim answers': {
    bytes: `${head('HTTP/1.1 100 Continue')}${head('HTTP/1.1 103 Early Hints', 'Link: </a>; rel=preload')}${head(
      'HTTP/1.1 201 Created',
      'Content-Length: 1',
    )}x`,
    status: 201,
    body: 'x',
    interim: 2,
  },
  'bytes behind the answer': {
    bytes: `${head(OK, 'Content-Length: 1')}xHTTP/1.1 200 OK\r\n`,
    status: 200,
    body: 'x',
    excess: true,
  },
  'a body behind an answer to HEAD': {
    method: 'HEAD',
    bytes: `${head(OK, 'Content-Length: 5')}hello`,
    status: 200,
    excess: true,
  },
};

/**
 * @typedef {object} Invalid
 * @property {string} bytes
 * @property {boolean} [closed]
 * @property {'PROTOCOL' | 'LIMIT' | 'INCOMPLETE'} [code] ERR_TLS_HTTP_…; PROTOCOL by default
 * @property {RegExp} message
 */

/** @type {Record<string, Invalid>} */
export const INVALID = {
  'another protocol': { bytes: '220 mail.example ESMTP\r\n', message: /begins with "220 mai", not with "HTTP\/1\.1"/ },
  'HTTP/2': { bytes: 'HTTP/2 200\r\n\r\n', message: /begins with "HTTP\/2 "/ },
  'an empty line first': { bytes: `\r\n${head(OK)}`, message: /begins with/ },
  'HTTP/1.2': { bytes: head('HTTP/1.2 200 OK'), message: /status line/ },
  'a status of two digits': { bytes: head('HTTP/1.1 20 OK'), message: /status line/ },
  'a status of four digits': { bytes: head('HTTP/1.1 2000 OK'), message: /status line/ },
  'status 600': { bytes: head('HTTP/1.1 600 No'), message: /status line/ },
  'status 099': { bytes: head('HTTP/1.1 099 No'), message: /status line/ },
  'two blanks before the status': { bytes: head('HTTP/1.1  200 OK'), message: /status line/ },
  'a NUL in the reason': { bytes: head('HTTP/1.1 200 O\0K'), message: /status line/ },
  101: { bytes: head('HTTP/1.1 101 Switching Protocols', 'Upgrade: x'), message: /status 101/ },
  'length and chunks': {
    bytes: `${head(OK, 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    message: /both Transfer-Encoding and Content-Length/,
  },
  'length and chunks, the other way round': {
    bytes: `${head(OK, 'Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\n`,
    message: /both Transfer-Encoding and Content-Length/,
  },
  'length and chunks in an answer without body': {
    bytes: head('HTTP/1.1 304 No', 'Transfer-Encoding: chunked', 'Content-Length: 5'),
    message: /both/,
  },
  'two lengths': { bytes: head(OK, 'Content-Length: 5', 'Content-Length: 6'), message: /several values/ },
  'two lengths in one field': { bytes: head(OK, 'Content-Length: 5, 6'), message: /several values/ },
  'two lengths that only look alike': { bytes: head(OK, 'Content-Length: 5, 05'), message: /several values/ },
  'a length and an empty one': { bytes: head(OK, 'Content-Length: 5,'), message: /several values/ },
  'an empty length': { bytes: head(OK, 'Content-Length:'), message: /Content-Length is ""/ },
  'a length with a sign': { bytes: head(OK, 'Content-Length: +5'), message: /Content-Length is "\+5"/ },
  'a negative length': { bytes: head(OK, 'Content-Length: -1'), message: /Content-Length is/ },
  'a hexadecimal length': { bytes: head(OK, 'Content-Length: 0x5'), message: /Content-Length is/ },
  'a length with an exponent': { bytes: head(OK, 'Content-Length: 1e1'), message: /Content-Length is/ },
  'a length beyond 2^53': { bytes: head(OK, 'Content-Length: 9007199254740993'), message: /Content-Length is/ },
  'a length of 20 digits': { bytes: head(OK, 'Content-Length: 18446744073709551617'), message: /Content-Length is/ },
  'gzip as transfer coding': {
    bytes: head(OK, 'Transfer-Encoding: gzip, chunked'),
    message: /Transfer-Encoding is "gzip, chunked"/,
  },
  'chunked twice': { bytes: head(OK, 'Transfer-Encoding: chunked, chunked'), message: /Transfer-Encoding is/ },
  'chunked in two fields': {
    bytes: head(OK, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
    message: /Transfer-Encoding is/,
  },
  'chunked, hidden': { bytes: head(OK, 'Transfer-Encoding: xchunked'), message: /Transfer-Encoding is/ },
  'identity as transfer coding': { bytes: head(OK, 'Transfer-Encoding: identity'), message: /Transfer-Encoding is/ },
  'an empty transfer coding': { bytes: head(OK, 'Transfer-Encoding:'), message: /Transfer-Encoding is ""/ },
  'a vertical tab before chunked': { bytes: head(OK, 'Transfer-Encoding: \x0bchunked'), message: /control character/ },
  'chunks in HTTP/1.0': {
    bytes: `${head('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    message: /HTTP\/1\.0/,
  },
  'a folded line': { bytes: head(OK, 'X-Long: a', ' b'), message: /continues on the next line/ },
  'a folded line after the status line': { bytes: head(OK, ' X: a'), message: /continues on the next line/ },
  'a blank before the colon': { bytes: head(OK, 'Content-Length : 5'), message: /not a field: "Content-Length : 5"/ },
  'a field without colon': { bytes: head(OK, 'Content-Length'), message: /not a field/ },
  'a field without name': { bytes: head(OK, ': x'), message: /not a field/ },
  'a name beyond ASCII': { bytes: head(OK, 'X-\xe9: x'), message: /not a field/ },
  'a bare LF after the status line': { bytes: 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n', message: /bare LF/ },
  'a bare LF after a field': { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n', message: /bare LF/ },
  'a bare LF after the head': { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n', message: /bare LF/ },
  'a bare CR in a value': { bytes: head(OK, 'X: a\rb'), message: /control character/ },
  'two CR before LF': { bytes: head(OK, 'X: a\r'), message: /control character/ },
  'a NUL in a value': { bytes: head(OK, 'X: a\0b'), message: /control character/ },
  'DEL in a value': { bytes: head(OK, 'X: a\x7fb'), message: /control character/ },
  'a chunk without size': { bytes: `${CHUNKED}\r\nhello`, message: /size of a chunk is ""/ },
  'a chunk with a sign': { bytes: `${CHUNKED}+5\r\nhello\r\n`, message: /size of a chunk/ },
  'a chunk with 0x': { bytes: `${CHUNKED}0x5\r\nhello\r\n`, message: /size of a chunk/ },
  'a chunk with a blank first': { bytes: `${CHUNKED} 5\r\nhello\r\n`, message: /size of a chunk/ },
  'a chunk with a blank behind': { bytes: `${CHUNKED}5 \r\nhello\r\n`, message: /size of a chunk/ },
  'a chunk size beyond 2^53': { bytes: `${CHUNKED}20000000000001\r\n`, message: /size of a chunk/ },
  'a chunk size that wraps at 2^64': { bytes: `${CHUNKED}10000000000000005\r\nhello\r\n`, message: /size of a chunk/ },
  'a NUL in an extension': { bytes: `${CHUNKED}5;a\0\r\nhello\r\n`, message: /size of a chunk/ },
  'a bare CR in an extension': { bytes: `${CHUNKED}5;a\rb\r\nhello\r\n`, message: /size of a chunk/ },
  'a bare LF after the size': { bytes: `${CHUNKED}5\nhello\r\n`, message: /bare LF/ },
  'a chunk longer than its size': { bytes: `${CHUNKED}5\r\nhellox\r\n`, message: /does not end where its size says/ },
  'a bare LF after a chunk': { bytes: `${CHUNKED}5\r\nhello\n0\r\n\r\n`, message: /does not end where/ },
  'a trailer that is none': { bytes: `${CHUNKED}0\r\nhello\r\n\r\n`, message: /not a field/ },
  'a folded trailer': { bytes: `${CHUNKED}0\r\nX: a\r\n b\r\n\r\n`, message: /continues/ },
  'an end without an answer': { bytes: '', closed: true, code: 'INCOMPLETE', message: /without an answer/ },
  'an end in the status line': { bytes: 'HTTP/1.1 2', closed: true, code: 'INCOMPLETE', message: /in the head/ },
  'an end in the head': { bytes: `${OK}\r\nX: a\r\n`, closed: true, code: 'INCOMPLETE', message: /in the head/ },
  'an end after an interim answer': {
    bytes: head('HTTP/1.1 100 Continue'),
    closed: true,
    code: 'INCOMPLETE',
    message: /closed the connection/,
  },
  'an end in a body': {
    bytes: `${head(OK, 'Content-Length: 5')}hel`,
    closed: true,
    code: 'INCOMPLETE',
    message: /before its answer was complete\. 2 bytes of its body are missing/,
  },
  'an end in a chunk': { bytes: `${CHUNKED}5\r\nhel`, closed: true, code: 'INCOMPLETE', message: /complete/ },
  'an end between chunks': { bytes: `${CHUNKED}5\r\nhello\r\n`, closed: true, code: 'INCOMPLETE', message: /complete/ },
  'an end before the last line': { bytes: `${CHUNKED}0\r\n`, closed: true, code: 'INCOMPLETE', message: /complete/ },
  'a head of 100,000 bytes': {
    bytes: head(OK, `X: ${'a'.repeat(100_000)}`),
    code: 'LIMIT',
    message: /head of the answer has more than 65536 bytes/,
  },
  'a head that never ends': { bytes: `${OK}\r\nX: ${'a'.repeat(65_536)}`, code: 'LIMIT', message: /65536 bytes/ },
  '501 fields': {
    bytes: head(OK, ...Array.from({ length: 501 }, (_, at) => `X-${at}: a`)),
    code: 'LIMIT',
    message: /more than 500 fields/,
  },
  '33 interim answers': {
    bytes: head('HTTP/1.1 103 Early Hints').repeat(33),
    code: 'LIMIT',
    message: /32 interim answers/,
  },
  'a long extension of a chunk': {
    bytes: `${CHUNKED}5;${'a'.repeat(1024)}\r\nhello\r\n`,
    code: 'LIMIT',
    message: /line before a chunk .* 1024 bytes/,
  },
  'a chunk size of many zeros': {
    bytes: `${CHUNKED}${'0'.repeat(2000)}\r\n\r\n`,
    code: 'LIMIT',
    message: /line before a chunk/,
  },
  'trailers of 100,000 bytes': {
    bytes: `${CHUNKED}0\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`,
    code: 'LIMIT',
    message: /trailers of the answer/,
  },
  '501 trailers': {
    bytes: `${CHUNKED}0\r\n${'X: a\r\n'.repeat(501)}\r\n`,
    code: 'LIMIT',
    message: /more than 500 fields/,
  },
};
