import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS } from '../../scripts/check.js';

for (const { name, check, skipReason } of CHECKS) {
  test(`the sources pass: ${name}`, async (t) => {
    const reason = await skipReason?.();
    if (reason !== undefined) {
      t.skip(reason);
      return;
    }
    const problem = await check();
    if (problem !== undefined) assert.fail(problem);
  });
}
