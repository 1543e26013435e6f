/** Prints results as text tables. */

/** @typedef {import('./rounds.js').RowResult} RowResult */
/** @typedef {import('./rounds.js').Metric} Metric */
/** @typedef {import('./statistics.js').Summary} Summary */

/** @param {number} value @returns {string} with three significant digits */
function number(value) {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}

/** @param {Summary} summary @param {(value: number) => string} format */
const range = ({ low, high }, format) => `${format(low)} – ${format(high)}`;

/** @param {number} value */
const factor = (value) => (value < 10 ? value.toFixed(3) : number(value));

/** Column widths: contestant, median, unit, quartiles, ratio, its interval. Negative: left-aligned. */
const WIDTHS = [36, 9, -9, -19, 7, -16];

/** @param {string[]} cells */
function line(cells) {
  const padded = cells.map((cell, i) =>
    WIDTHS[i] > 0 && i > 0 ? cell.padStart(WIDTHS[i]) : cell.padEnd(Math.abs(WIDTHS[i])),
  );
  return `  ${padded.join('  ')}`.trimEnd();
}

/**
 * @param {RowResult} row
 * @returns {string[]} lines
 */
export function rowLines({ name, rounds, contestants, unable = [], limit }) {
  const lines = ['', `${name} (${rounds} ${rounds === 1 ? 'round' : 'rounds'})`];
  lines.push(line(['', 'median', '', 'quartiles', '× first', '95 %']));
  for (const contestant of contestants) {
    for (const [index, [unit, metric]] of Object.entries(contestant.metrics).entries()) {
      const { ratio } = metric;
      lines.push(
        line([
          index === 0 ? contestant.name : '',
          number(metric.median),
          unit,
          metric.low === metric.high ? '' : range(metric, number),
          ratio ? factor(ratio.median) : '',
          ratio && ratio.low !== ratio.high ? range(ratio, factor) : '',
        ]),
      );
    }
  }
  for (const { name: which, failures } of contestants) {
    if (failures) lines.push(`  ${which} failed ${failures} times and was retried`);
  }
  for (const { name: which, error } of unable) lines.push(`  ${which} cannot: ${error}`);
  if (limit) {
    const result = limit.met ? 'met' : 'NOT MET';
    lines.push(
      `  limit: ${limit.contestant} at most ${limit.ratio} × ${contestants[0].name}, in ${limit.unit}: ${result}`,
    );
  }
  return lines;
}
