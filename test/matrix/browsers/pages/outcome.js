/** Errors as data. */

/**
 * @param {() => Promise<unknown>} use
 * @returns {Promise<{name?: string, code?: string, message?: string, hint?: string, codes?: string[], milliseconds: number}>}
 *   without `message` if it succeeded
 */
export async function outcomeOf(use) {
  const started = performance.now();
  /** @type {any} */
  let error;
  try {
    await use();
  } catch (thrown) {
    error = thrown;
  }
  const milliseconds = performance.now() - started;
  if (error === undefined) return { milliseconds };
  const codes = error.verification?.problems.map((/** @type {{code: string}} */ { code }) => code);
  return { name: error.name, code: error.code, message: String(error.message), hint: error.hint, codes, milliseconds };
}
