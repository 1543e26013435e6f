import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS } from '../../scripts/check.js';

for (const { name, failure, skipped } of CHECKS) {
  test(`the sources pass: ${name}`, async (t) => {
    const reason = await skipped?.();
    if (reason !== undefined) {
      t.skip(reason);
      return;
    }
    const wrong = await failure();
    if (wrong !== undefined) assert.fail(wrong);
  });
}
