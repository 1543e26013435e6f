/** The parser of answers: what it accepts, what it rejects, and that neither depends on how the bytes are cut. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TLSError } from '../../dist/index.js';
import { ResponseParser } from '../../dist/fetch/parser.js';
import { randomFrom } from '../helpers/random.js';
import { INVALID, VALID } from './answers.js';

/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/**
 * Parses the pieces. Data events are joined, because a cut makes two of one.
 * @param {string} method
 * @param {Uint8Array[]} pieces
 * @param {boolean} closed the server closes the connection afterwards
 */
function parse(method, pieces, closed) {
  const parser = new ResponseParser(method);
  const result = {
    interim: 0,
    /** @type {import('../../dist/fetch/parser.js').Head | undefined} */
    head: undefined,
    body: '',
    /** @type {[string, string][] | undefined} */
    trailers: undefined,
    done: false,
    excess: false,
    /** @type {{code: string, message: string} | undefined} */
    error: undefined,
  };
  /** @param {import('../../dist/fetch/parser.js').Event[]} events */
  const handle = (events) => {
    for (const event of events) {
      assert.equal(result.trailers, undefined, 'nothing follows the end');
      if (event.kind === 'interim') result.interim++;
      else if (event.kind === 'head') result.head = event.head;
      else if (event.kind === 'data') result.body += Buffer.from(event.bytes).toString('latin1');
      else result.trailers = event.trailers;
    }
  };
  try {
    for (const piece of pieces) handle(parser.push(piece));
    if (closed) handle(parser.end());
  } catch (error) {
    assert.ok(error instanceof TLSError, String(error));
    result.error = { code: error.code, message: error.message };
  }
  return { ...result, done: parser.done, excess: parser.excess };
}

/** @param {Uint8Array} bytes @param {number} at */
const cutAt = (bytes, at) => [bytes.subarray(0, at), bytes.subarray(at)];
/** @param {Uint8Array} bytes */
const single = (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte));

/** Long inputs are not cut at every byte: at this many places. */
const MAX_CUTS = 400;

/**
 * Parses in one piece, byte by byte, and cut at every byte: the results are the same.
 * @param {string} method
 * @param {Uint8Array} bytes
 * @param {boolean} closed
 */
function parseInEveryWay(method, bytes, closed) {
  const whole = parse(method, [bytes], closed);
  // What was parsed before an error depends on the cut; nothing of it reaches the caller without the error.
  const comparable = (/** @type {ReturnType<typeof parse>} */ result) => (result.error ? result.error.code : result);
  assert.deepEqual(comparable(parse(method, single(bytes), closed)), comparable(whole), 'byte by byte');
  const step = Math.max(1, Math.floor(bytes.length / MAX_CUTS));
  for (let at = 0; at <= bytes.length; at += step) {
    assert.deepEqual(comparable(parse(method, cutAt(bytes, at), closed)), comparable(whole), `cut at ${at}`);
  }
  return whole;
}

describe('accepts', () => {
  for (const [name, answer] of Object.entries(VALID)) {
    test(name, () => {
      const { method = 'GET', bytes, closed = false, status, body = '', keepAlive = true } = answer;
      const result = parseInEveryWay(method, bytesOf(bytes), closed);
      assert.equal(result.error, undefined);
      assert.equal(result.head?.status, status);
      assert.equal(result.head?.framing.keepAlive, keepAlive);
      assert.equal(result.body, body);
      assert.deepEqual(result.trailers, answer.trailers ?? []);
      assert.equal(result.interim, answer.interim ?? 0);
      assert.equal(result.excess, answer.excess ?? false);
      assert.equal(result.done, true);
    });
  }

  test('names and values as they were sent, with a character for each byte', () => {
    const { head } = parse('GET', [bytesOf(VALID['an empty value and bytes beyond ASCII'].bytes)], false);
    assert.deepEqual(head?.fields, [
      ['X-Empty', ''],
      ['X-Latin', '\xe9\x80\xff'],
      ['Content-Length', '0'],
    ]);
  });
});

describe('rejects', () => {
  for (const [name, { bytes, closed = false, code = 'PROTOCOL', message }] of Object.entries(INVALID)) {
    test(name, () => {
      const { error } = parseInEveryWay('GET', bytesOf(bytes), closed);
      assert.equal(error?.code, `ERR_TLS_HTTP_${code}`);
      assert.match(error.message, message);
    });
  }
});

test('a cut answer without its end is incomplete, at every byte', () => {
  for (const [name, { method = 'GET', bytes, closed, excess }] of Object.entries(VALID)) {
    if (closed || excess) continue; // complete wherever the connection ends, or before the last byte
    for (let at = 0; at < bytes.length; at++) {
      const { error } = parse(method, [bytesOf(bytes.slice(0, at))], true);
      assert.equal(error?.code, 'ERR_TLS_HTTP_INCOMPLETE', `${name}, cut at ${at}`);
    }
  }
});

test('a body of 1 MB is not copied', () => {
  const parser = new ResponseParser('GET');
  parser.push(bytesOf('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n'));
  const bytes = new Uint8Array(1_000_000);
  const [data, end] = parser.push(bytes);
  assert.ok(data.kind === 'data' && data.bytes.buffer === bytes.buffer);
  assert.equal(end.kind, 'end');
});

/* --- random changes ------------------------------------------------------------------------------- */

/** Bytes that mean something to a parser of HTTP. */
const TELLING = bytesOf('\r\n\t \0:;,+-0159afx"\x0b\x7f\x80\xff');
const ROUNDS = 20_000;

test(`${ROUNDS} random changes are accepted or rejected, whatever the cuts`, (t) => {
  const { below: random } = randomFrom(0x5eed);
  const all = [...Object.values(VALID), ...Object.values(INVALID)].filter(({ bytes }) => bytes.length < 500);
  const answers = Object.values(VALID);
  /** @type {Record<string, number>} */
  const outcomes = {};
  for (let round = 0; round < ROUNDS; round++) {
    const { bytes, method = 'GET' } = answers[random(answers.length)];
    let changed = [...bytesOf(bytes)];
    for (let change = random(3); change > 0; change--) {
      const at = random(changed.length + 1);
      switch (random(4)) {
        case 0:
          changed.splice(at, 1);
          break;
        case 1:
          changed.splice(at, 0, TELLING[random(TELLING.length)]);
          break;
        case 2:
          changed[at] = random(2) ? random(256) : TELLING[random(TELLING.length)];
          break;
        default: {
          const other = bytesOf(all[random(all.length)].bytes);
          changed = [...changed.slice(0, at), ...other.slice(random(other.length + 1))];
        }
      }
    }
    const input = Uint8Array.from(changed);
    const closed = random(2) === 0;
    const whole = parse(method, [input], closed);
    /** @type {Uint8Array[]} */
    const pieces = [];
    for (let rest = input; rest.length > 0;) {
      const size = 1 + random(8);
      pieces.push(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
    const cut = parse(method, pieces, closed);
    assert.deepEqual(cut.error?.code ?? cut, whole.error?.code ?? whole, Buffer.from(input).toString('latin1'));
    const outcome = whole.error?.code ?? (whole.done ? 'done' : 'waits');
    assert.match(outcome, /^(?:ERR_TLS_HTTP_(?:PROTOCOL|LIMIT|INCOMPLETE)|done|waits)$/);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  t.diagnostic(JSON.stringify(outcomes));
  for (const outcome of ['ERR_TLS_HTTP_PROTOCOL', 'ERR_TLS_HTTP_INCOMPLETE', 'done', 'waits']) {
    assert.ok(outcomes[outcome] > ROUNDS / 100, `${outcome} occurs`);
  }
});
