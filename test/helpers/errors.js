/** Errors that tests expect, and those that nobody handled. */
import assert from 'node:assert/strict';

/** @returns {unknown[]} errors and warnings that nobody in this process handles from now on */
export function unhandledErrors() {
  /** @type {unknown[]} */
  const errors = [];
  for (const event of /** @type {const} */ (['uncaughtException', 'unhandledRejection', 'warning'])) {
    process.on(event, (/** @type {unknown} */ error) => errors.push(error));
  }
  return errors;
}

/** @param {Promise<unknown>} promise @returns {Promise<any>} its error */
export const errorOf = (promise) =>
  promise.then(
    () => assert.fail('no error'),
    (error) => error,
  );
