/** A hex dump in which each byte is an element. */

/** Bytes per row, and per half row; on narrow screens the halves wrap. */
const ROW = 16;
const HALF = 8;

/** @param {number} byte */
function character(byte) {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}

/**
 * @param {string} className
 * @param {string | Node[]} content
 * @param {number} [at] offset of the byte that it shows
 */
function span(className, content, at) {
  const element = document.createElement('span');
  if (className !== '') element.className = className;
  if (typeof content === 'string') element.textContent = content;
  else element.append(...content);
  if (at !== undefined) element.dataset.at = String(at);
  return element;
}

/**
 * Shows each byte twice, as digits and as a character; both have its offset in `data-at`. Not a Lit template, which would
 * be slow for thousands of bytes.
 * @param {Uint8Array} bytes
 * @returns {{ rows: DocumentFragment, cells: HTMLElement[][] }} `cells`: both elements of each byte
 */
export function hexRows(bytes) {
  const rows = document.createDocumentFragment();
  /** @type {HTMLElement[][]} */
  const cells = [];
  for (let from = 0; from < bytes.length; from += ROW) {
    const row = span('dump-row', [span('dump-offset', from.toString(16).padStart(4, '0'))]);
    for (let half = from; half < Math.min(from + ROW, bytes.length); half += HALF) {
      const pairs = Array.from(bytes.subarray(half, half + HALF), (byte, i) => [
        span('', `${byte.toString(16).padStart(2, '0')} `, half + i),
        span('', character(byte), half + i),
      ]);
      cells.push(...pairs);
      row.append(
        span(
          'dump-digits',
          pairs.map(([digits]) => digits),
        ),
        span(
          'dump-characters',
          pairs.map(([, one]) => one),
        ),
      );
    }
    rows.append(row);
  }
  return { rows, cells };
}
