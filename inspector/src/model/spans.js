/** Validity periods of a chain's certificates. */

/** @typedef {import('../types.js').Verification} Verification */

/** @typedef {{ from: Date, to: Date }} Span */

/**
 * For the path, or the certificates sent if there is none; leaf first, without invalid periods.
 * @param {Verification} verification
 * @returns {Span[]}
 */
export function spansOf({ path, sent }) {
  return (path.length > 0 ? path : sent).flatMap((certificate) => {
    const from = Date.parse(certificate.validity?.notBefore ?? '');
    const to = Date.parse(certificate.validity?.notAfter ?? '');
    return from < to ? [{ from: new Date(from), to: new Date(to) }] : [];
  });
}
