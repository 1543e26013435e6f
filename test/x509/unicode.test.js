/** The Unicode tables of the core. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { currentUnicodeTables, fold, isPlain, UNICODE_TABLES } from '../../scripts/unicode-tables.js';

const all = Array.from({ length: 0x11_0000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);

describe('the tables of Unicode', () => {
  const written = readFileSync(UNICODE_TABLES, 'utf8');
  const [, version] = /Unicode ([\d.]+)/.exec(written) ?? [];
  const skip =
    version === process.versions.unicode ? false : `they are of Unicode ${version}, Node has another version`;

  test('are those of Node', { skip }, () => {
    assert.equal(written, currentUnicodeTables(), 'run: node scripts/unicode-tables.js');
  });

  test('fold two characters to the same one exactly if a regular expression ignores their difference', () => {
    const cased = all.filter(
      (code) => /[\p{L}\p{M}\p{N}\p{S}]/u.test(String.fromCodePoint(code)) && fold(code) !== code,
    );
    const targets = String.fromCodePoint(...new Set(cased.map(fold)));
    const text = String.fromCodePoint(...cased) + targets;
    for (const code of cased) {
      const equal = text.match(new RegExp(`\\u{${code.toString(16)}}`, 'giu')) ?? [];
      const folded = [...text].filter((other) => fold(Number(other.codePointAt(0))) === fold(code));
      assert.deepEqual(equal, folded);
    }
  });

  test('call no character plain that combines with the one before it, or that another form of Unicode replaces', () => {
    for (const code of all.filter((one) => one < 0x1_0000)) {
      const parts = [...String.fromCodePoint(code).normalize('NFD')];
      for (const part of parts.slice(1)) assert.ok(!isPlain(Number(part.codePointAt(0))), part);
      if (isPlain(code)) assert.equal(String.fromCodePoint(code).normalize('NFKC').codePointAt(0), code);
    }
    assert.deepEqual(
      [...'aZ9é東ÿжẞßﬃ\u0301\u00ad\u200b'].filter((one) => isPlain(Number(one.codePointAt(0)))).join(''),
      'aZ9é東ÿж',
    );
  });
});
