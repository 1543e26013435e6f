import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS, failureOf } from '../../scripts/check.js';

for (const check of CHECKS) {
  test(`the sources pass: ${check.name}`, async () => {
    const failure = await failureOf(check);
    if (failure !== undefined) assert.fail(failure);
  });
}
