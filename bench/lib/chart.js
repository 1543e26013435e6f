/** The results as a picture for README.md: bars by client, an SVG that is read on light and on dark. */

/** @typedef {import('../run.js').SuiteResult} SuiteResult */
/** @typedef {import('./rounds.js').ContestantResult} ContestantResult */

/** @typedef {{title: string, suite: string, row: string, unit: string}} Panel `row` is what its name begins with */

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

const WIDTH = 720;
const LABELS = 250;
const FIGURES = 60;
const LINE = 22;
const HEAD = 34;
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
  const most = Math.max(...contestants.map(({ metrics }) => metrics[unit].median));
  const room = WIDTH - LABELS - FIGURES - 2 * MARGIN;
  return contestants.flatMap(({ name, metrics }, index) => {
    const value = metrics[unit].median;
    const y = top + index * LINE;
    const left = MARGIN + LABELS;
    const width = Math.max(1, (room * value) / most).toFixed(1);
    const kind = name.startsWith('pagetls') ? 'bar ours' : 'bar';
    return [
      `<text class="label" x="${left - 8}" y="${y + 14}">${escaped(name)}</text>`,
      `<rect class="${kind}" x="${left}" y="${y + 3}" width="${width}" height="${LINE - 6}" rx="2"/>`,
      `<text x="${(left + Number(width) + 6).toFixed(1)}" y="${y + 14}">${figure(value)}</text>`,
    ];
  });
}

/**
 * @param {SuiteResult[]} suites
 * @param {string} note what it was measured on
 * @returns {string | undefined} nothing where none of the suites has what is drawn
 */
export function chart(suites, note) {
  let y = MARGIN;
  const elements = [];
  for (const { title, suite, row: start, unit } of PANELS) {
    const row = suites.find(({ name }) => name === suite)?.rows.find(({ name }) => name.startsWith(start));
    const contestants = row?.contestants.filter(({ metrics }) => unit in metrics) ?? [];
    if (contestants.length === 0) continue;
    elements.push(`<text class="title" x="${MARGIN}" y="${y + 18}">${escaped(title)}</text>`);
    elements.push(...bars(contestants, unit, y + HEAD - 6));
    y += HEAD + contestants.length * LINE + GAP;
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
