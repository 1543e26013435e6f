/** Characters that nobody sees are shown wherever people read the text of strangers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatVerification, toJSON } from '../../dist/cli-format.js';
import { TLSError } from '../../dist/index.js';
import { visible } from '../../messages/visible.js';
import { chain, verificationInput, verify } from '../helpers/chains.js';

/** By what they are. */
const UNSEEN = {
  NUL: '\0',
  newline: '\n',
  escape: '\u001b',
  'C1 control': '\u0085',
  'soft hyphen': '\u00ad',
  'no-break space': '\u00a0',
  'ideographic space': '\u3000',
  'line separator': '\u2028',
  'paragraph separator': '\u2029',
  'zero-width space': '\u200b',
  'zero-width joiner': '\u200d',
  'right-to-left mark': '\u200f',
  'right-to-left override': '\u202e',
  isolate: '\u2066',
  'Arabic letter mark': '\u061c',
  'byte order mark': '\ufeff',
  'combining grapheme joiner': '\u034f',
  'Hangul filler': '\u3164',
  'halfwidth Hangul filler': '\uffa0',
  'braille blank': '\u2800',
  'variation selector': '\ufe0f',
  tag: '\u{e0061}',
  'private use': '\ue000',
  unassigned: '\u0378',
  noncharacter: '\ufdd0',
  'lone surrogate': '\ud83d',
};

describe('visible()', () => {
  for (const [what, character] of Object.entries(UNSEEN)) {
    test(`shows ${what} as its code point`, () => {
      const code = Number(character.codePointAt(0)).toString(16).toUpperCase().padStart(4, '0');
      assert.equal(visible(`a${character}b`), `a‹U+${code}›b`);
    });
  }

  test('leaves what can be seen as it is', () => {
    const text = 'Zoë 東京 🔒 Ñandú ø! "quoted" \\ مثال अ';
    assert.equal(visible(text), text);
  });
});

test('an error message is visible, and ends up in no second line', () => {
  assert.equal(new TLSError('ERR_TLS_TRANSPORT', 'no\n\u202eyes').message, 'no‹U+000A›‹U+202E›yes');
});

test('names of a certificate are visible in messages and on the command line, and unchanged as data', async () => {
  const CN = `www\u202e.example.com\u200b\u3164`;
  const made = chain({ intermediate: { subject: [{ CN }] }, leaf: {} });
  const input = verificationInput(made);
  const verification = await verify({ ...input, sent: input.sent.slice(0, 1) }, 'webpki');
  const shown = 'www‹U+202E›.example.com‹U+200B›‹U+3164›';
  assert.ok(verification.problems[0].message.endsWith(`CN=${shown}`), verification.problems[0].message);
  const text = formatVerification(verification);
  assert.ok(text.includes(`issuer   CN=${shown}\n`), text);
  assert.equal(verification.path[0].issuer.attributes[0].value, CN);
  const json = toJSON(verification.path[0].issuer);
  assert.match(json, /www\\u202e\.example\.com\\u200b\\u3164/);
  assert.equal(JSON.parse(json).attributes[0].value, CN);
});
