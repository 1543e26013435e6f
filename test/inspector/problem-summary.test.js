/** Short texts for problems, where there is no room for the message. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemSummary, SUMMARIES } from '../../inspector/src/model/problem-summary.js';
import { FLAGS } from '../../messages/flags.js';

describe('a problem summary', () => {
  test('exists for each flag that a verification sets, and for no other', () => {
    const set = Object.keys(FLAGS).filter((flag) => FLAGS[flag].certificate !== undefined);
    assert.deepEqual(Object.keys(SUMMARIES).sort(), set.sort());
  });

  test('exists for a certificate that cannot be read', () => {
    assert.equal(problemSummary({ flag: null, code: 'ERR_TLS_CERT_PARSE' }), 'cannot be read');
  });
});
