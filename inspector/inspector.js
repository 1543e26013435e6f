/** The page: its form, its address, and what is going on. */
import { inspect, loadConfig } from './inspect.js';
import { chainView } from './view/chain.js';
import { connectionView } from './view/connection.js';
import { h } from './view/dom.js';
import { labView, markCurrent } from './view/lab.js';
import { verdictView } from './view/verdict.js';
import { verdict, visible } from './words.js';

/** @typedef {import('./inspect.js').Config} Config */
/** @typedef {import('./inspect.js').Result} Result */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return element;
}

const form = byId('form', HTMLFormElement);
const host = byId('host', HTMLInputElement);
const hostError = byId('host-error', HTMLElement);
const bridge = byId('bridge', HTMLInputElement);
const connectButton = byId('connect', HTMLButtonElement);
const cancelButton = byId('cancel', HTMLButtonElement);
const labPlace = byId('lab', HTMLElement);
const resultPlace = byId('result', HTMLElement);
const statusLine = byId('status', HTMLElement);

/** Work that takes longer than this, in milliseconds, is shown. */
const PATIENCE = 200;

/** @type {Config} */
let config = { bridge: '', lab: [] };
/** The look that is under way. @type {AbortController | undefined} */
let current;

/* --- addresses ---------------------------------------------------------------------- */

/** People paste whole URLs. @param {string} text */
function tidyAddress(text) {
  const trimmed = text.trim();
  return /^https?:\/\//i.test(trimmed) && URL.canParse(trimmed) ? new URL(trimmed).host : trimmed;
}

/** What the part after # asks for. */
function addressInHash() {
  try {
    return tidyAddress(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return '';
  }
}

/** The hash is the permalink. @param {string} address */
function hashOf(address) {
  return `#${encodeURIComponent(address).replace(/%(3A|5B|5D)/g, decodeURIComponent)}`;
}

/* --- looking ---------------------------------------------------------------------- */

/** @param {string} text */
async function look(text) {
  const address = tidyAddress(text);
  current?.abort();
  host.value = address;
  showHostError(address === '' ? 'Type the name of a server first, such as example.org.' : null);
  if (address === '') {
    host.focus();
    return;
  }
  if (location.hash !== hashOf(address)) history.pushState(null, '', hashOf(address));
  const lab = config.lab.find((entry) => entry.hostname === address.toLowerCase().replace(/:443$/, '')) ?? null;
  markCurrent(labPlace, lab?.id ?? null);

  const controller = new AbortController();
  current = controller;
  setBusy(true);
  const stopProgress = showProgress(address);
  try {
    const result = await inspect({ address, bridge: bridge.value.trim(), lab }, controller.signal);
    if (current === controller) show(result);
  } catch (error) {
    if (current === controller) showFault(error);
  } finally {
    stopProgress();
    if (current === controller) {
      current = undefined;
      setBusy(false);
    }
  }
}

/** @param {boolean} busy */
function setBusy(busy) {
  const hadFocus = document.activeElement === cancelButton;
  cancelButton.disabled = !busy;
  connectButton.classList.toggle('busy', busy);
  resultPlace.setAttribute('aria-busy', String(busy));
  if (!busy && hadFocus) connectButton.focus();
}

/** @param {string | null} message */
function showHostError(message) {
  hostError.hidden = message === null;
  hostError.textContent = message;
  if (message === null) host.removeAttribute('aria-invalid');
  else host.setAttribute('aria-invalid', 'true');
}

/**
 * After PATIENCE, says that it takes a while and how long it has taken; returns what ends that.
 * @param {string} address
 */
function showProgress(address) {
  const started = performance.now();
  const seconds = h('span', { class: 'seconds', 'aria-hidden': 'true' });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticking;
  const timer = setTimeout(() => {
    const sentence = `Connecting to ${visible(address)} …`;
    resultPlace.replaceChildren(
      h(
        'section',
        { class: 'progress' },
        h('p', null, h('bdi', null, sentence), ' ', seconds),
        h('progress', { 'aria-label': sentence }),
      ),
    );
    statusLine.textContent = sentence;
    const tick = () => {
      seconds.textContent = `${((performance.now() - started) / 1000).toFixed(0)} s`;
    };
    tick();
    ticking = setInterval(tick, 1000);
  }, PATIENCE);
  return () => {
    clearTimeout(timer);
    clearInterval(ticking);
  };
}

/** @param {Result} result */
function show(result) {
  const { sentence, kind } = verdict(result);
  statusLine.textContent = sentence;
  document.title = `${kind === 'good' ? '✓' : kind === 'bad' ? '✕' : '!'} ${visible(result.request.address)} · pagetls`;
  if (result.error?.code === 'ERR_TLS_INVALID_ADDRESS') showHostError(sentence);
  resultPlace.replaceChildren(
    verdictView(result),
    ...[
      result.verification && chainView(result.verification),
      (result.info || result.verification) && connectionView(result),
    ].filter((view) => view instanceof Node),
  );
}

/** A mistake of this page itself. @param {unknown} error */
function showFault(error) {
  const text = error instanceof Error ? error.message : String(error);
  statusLine.textContent = 'Something went wrong in this page.';
  resultPlace.replaceChildren(
    h(
      'section',
      { class: 'verdict verdict-error', 'data-verdict': 'error' },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, '!'),
      h(
        'div',
        { class: 'verdict-body' },
        h('h2', null, 'Something went wrong in this page.'),
        h('p', null, visible(text)),
      ),
    ),
  );
}

function showWelcome() {
  document.title = 'Certificate inspector · pagetls';
  resultPlace.replaceChildren(
    h(
      'section',
      { class: 'welcome' },
      h('h2', null, 'Whose certificate shall it be?'),
      h(
        'p',
        null,
        'Type the name of a server above',
        config.lab.length > 0 ? ', or choose one from the lab, where certificates go wrong in every way.' : '.',
      ),
    ),
  );
}

/* --- events ---------------------------------------------------------------------- */

form.addEventListener('submit', (event) => {
  event.preventDefault();
  look(host.value);
});
cancelButton.addEventListener('click', () => current?.abort());
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') current?.abort();
});
host.addEventListener('input', () => showHostError(null));
labPlace.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-lab]') : null;
  // The link to where one is already: look again.
  if (link?.getAttribute('href') === location.hash) look(addressInHash());
});

/** Links to a server, the back button, and an address typed above. */
function followHash() {
  const address = addressInHash();
  if (address !== '') {
    look(address);
    return;
  }
  current?.abort();
  current = undefined;
  setBusy(false);
  markCurrent(labPlace, null);
  showWelcome();
}
window.addEventListener('hashchange', followHash);

/* --- start ---------------------------------------------------------------------- */

try {
  config = await loadConfig();
} catch {
  // Served without a lab: the bridge is the user's to name.
}
bridge.value = config.bridge;
if (config.lab.length > 0) {
  labPlace.append(labView(config.lab));
  labPlace.hidden = false;
}
followHash();
