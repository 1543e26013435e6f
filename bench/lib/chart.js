/** Draws the results as an SVG bar chart for README.md, for light and dark backgrounds. */

/** @typedef {import('../run.js').SuiteResult} SuiteResult */
/** @typedef {import('./rounds.js').ContestantResult} ContestantResult */

/** @typedef {{title: string, suite: string, row: string, unit: string}} Panel `row` is the prefix of a row's name */

/** @type {Panel[]} */
const PANELS = [
  { title: 'Handshake, TLS 1.3, P-256: processor time, ms', suite: 'handshake', row: 'TLSv1.3, P-256', unit: 'cpu ms' },
  {
    title: 'Download over TCP, ChaCha20-Poly1305, MB/s',
    suite: 'bulk',
    row: 'download, TLS_CHACHA20_POLY1305_SHA256',
    unit: 'MB/s',
  },
  {
    title: 'Download over TCP, AES-128-GCM, MB/s',
    suite: 'bulk',
    row: 'download, TLS_AES_128_GCM_SHA256',
    unit: 'MB/s',
  },
];

/* In pixels. */
const WIDTH = 720;
const LABEL_WIDTH = 250;
const VALUE_WIDTH = 60;
const LINE_HEIGHT = 22;
const TITLE_HEIGHT = 34;
const GAP = 14;
const MARGIN = 12;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; }
  .label { text-anchor: end; }
  .note { font-size: 11px; fill: #57606a; }
  .bar { fill: #a8b3bf; }
  .ours { fill: #1f6feb; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .note { fill: #9198a1; }
    .bar { fill: #57606a; }
    .ours { fill: #4493f8; }
  }
`;

/** @param {string} text */
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** @param {number} value */
const figure = (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0));

/**
 * @param {ContestantResult[]} contestants
 * @param {string} unit
 * @param {number} top
 * @returns {string[]} elements
 */
function bars(contestants, unit, top) {
  const maximum = Math.max(...contestants.map(({ metrics }) => metrics[unit].median));
  const maxWidth = WIDTH - LABEL_WIDTH - VALUE_WIDTH - 2 * MARGIN;
  return contestants.flatMap(({ name, metrics }, index) => {
    const value = metrics[unit].median;
    const y = top + index * LINE_HEIGHT;
    const left = MARGIN + LABEL_WIDTH;
    const width = Math.max(1, (maxWidth * value) / maximum).toFixed(1);
    const kind = name.startsWith('pagetls') ? 'bar ours' : 'bar';
    return [
      `<text class="label" x="${left - 8}" y="${y + 14}">${escaped(name)}</text>`,
      `<rect class="${kind}" x="${left}" y="${y + 3}" width="${width}" height="${LINE_HEIGHT - 6}" rx="2"/>`,
      `<text x="${(left + Number(width) + 6).toFixed(1)}" y="${y + 14}">${figure(value)}</text>`,
    ];
  });
}

/**
 * @param {SuiteResult[]} suites
 * @param {string} note the machine that was measured
 * @returns {string | undefined} undefined if the suites have none of the rows to draw
 */
export function chart(suites, note) {
  let y = MARGIN;
  const elements = [];
  for (const { title, suite, row: start, unit } of PANELS) {
    const row = suites.find(({ name }) => name === suite)?.rows.find(({ name }) => name.startsWith(start));
    const contestants = row?.contestants.filter(({ metrics }) => unit in metrics) ?? [];
    if (contestants.length === 0) continue;
    elements.push(`<text class="title" x="${MARGIN}" y="${y + 18}">${escaped(title)}</text>`);
    elements.push(...bars(contestants, unit, y + TITLE_HEIGHT - 6));
    y += TITLE_HEIGHT + contestants.length * LINE_HEIGHT + GAP;
  }
  if (elements.length === 0) return undefined;
  elements.push(`<text class="note" x="${MARGIN}" y="${y + 4}">${escaped(`Medians. ${note}`)}</text>`);
  const height = y + MARGIN + 4;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Handshakes and downloads by client">`,
    `<style>${STYLE}</style>`,
    ...elements,
    '</svg>\n',
  ].join('\n');
}
