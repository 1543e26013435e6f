/** The inspector in Chromium: the time from the click on Connect to the outcome in the page, compared with connect(). */
import { startInspector } from '../../scripts/start.js';
import { inProject, findProgram } from '../../scripts/run.js';
import { newPage, startChromium } from '../../test/helpers/page.js';

export const about =
  'ms in Chromium, for a server of the lab: connect() until the connection is open, with trust anchors already loaded, and ' +
  'the time from the click to the outcome in the page; goal: less than twice as much';

const CASE = 'good-p256';

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds, note }) {
  if (findProgram('chromium') === undefined) {
    note("browsers: install Debian's package chromium.");
    return;
  }
  const inspector = await startInspector({ port: 0, folders: { '/dist/': inProject('dist') } });
  const browser = await startChromium();
  try {
    const { page } = await newPage(browser);
    await page.goto(inspector.url);
    await page.locator('.welcome').waitFor();
    await page.evaluate(prepare, { id: CASE });
    yield {
      name: 'until the outcome is known',
      contestants: [
        { name: 'the page', sample: () => page.evaluate(click, { id: CASE }) },
        { name: 'connect() alone', sample: () => page.evaluate(bare, { id: CASE }) },
      ],
      rounds: rounds(25, 4),
      warmUp: 3,
    };
  } finally {
    await browser.close();
    await inspector.close();
  }
}

/* --- in the page -------------------------------------------------------------------- */

/** @typedef {typeof globalThis & { bare: () => Promise<void> }} Prepared */

/** @param {{ id: string }} of */
async function prepare({ id }) {
  const path = '/dist/index.js';
  /** @type {typeof import('../../dist/index.js')} */
  const { connect, TrustStore } = await import(path);
  const { bridge, targets } = await (await fetch('config.json')).json();
  const { cases } = await (await fetch('lab/index.json')).json();
  /** @type {import('../../inspector/src/types.js').LabCase} */
  const { hostname, clock } = cases.find((/** @type {{ id: string }} */ entry) => entry.id === id);
  const trust = await TrustStore.from(await (await fetch(`lab/${id}/roots.pem`)).text());
  /** @type {Prepared} */ (globalThis).bare = async () => {
    const now = clock ? new Date(clock) : undefined;
    const socket = connect(targets[id], { bridge, trust, servername: hostname, now });
    await socket.opened;
    socket.close().catch(() => {});
  };
}

/** @param {{ id: string }} _of */
async function bare(_of) {
  const started = performance.now();
  await /** @type {Prepared} */ (globalThis).bare();
  return { ms: performance.now() - started };
}

/** @param {{ id: string }} of */
async function click({ id }) {
  const field = /** @type {HTMLInputElement} */ (document.querySelector('#host'));
  const result = /** @type {HTMLElement} */ (document.querySelector('#result'));
  field.value = `${id}.pagetls.test`;
  const started = performance.now();
  let hasBegun = false;
  const seen = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const busy = result.getAttribute('aria-busy') === 'true';
      hasBegun ||= busy;
      if (hasBegun && !busy && document.querySelector('[data-outcome="good"]')) {
        observer.disconnect();
        resolve(performance.now() - started);
      }
    });
    observer.observe(result, { attributes: true, childList: true, subtree: true });
  });
  /** @type {HTMLElement} */ (document.querySelector('#connect')).click();
  const ms = /** @type {number} */ (await seen);
  await new Promise((resolve) => setTimeout(resolve, 400)); // let the page close the connection
  return { ms };
}
