/** When each certificate of a chain holds. */

/** @typedef {import('../types.js').Verification} Verification */

/** @typedef {{ from: Date, to: Date }} Span */

/**
 * Of the path, or of what was sent where there is none; leaf first, without those whose times make no sense.
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
