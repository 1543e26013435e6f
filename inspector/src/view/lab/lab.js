/** The lab: its filter, its groups, its cards. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { filterNames, unreachableMatchesFilter, matchesFilter, readHash } from '../../model/lab.js';
import { loadConfig, loadLab } from '../../model/config.js';
import { OUTCOMES } from '../../model/lab-format.js';
import { count, visible } from '../../model/format.js';
import { PageElement } from '../element.js';
import { withCode } from './short-outcome.js';
import './card.js';

/** @typedef {import('../../types.js').Config} Config */
/** @typedef {import('../../types.js').LabIndex} LabIndex */
/** @typedef {import('../../types.js').Unreachable} Unreachable */
/** @typedef {import('../../model/lab.js').Filter} Filter */
/** @typedef {import('./card.js').Address} Address */
/** @typedef {import('./card.js').LabCard} LabCard */

const UNREACHABLE = 'Cannot happen';

/** Browsers limit how often a page may change its URL, so it waits for a slider to rest this long, in milliseconds. */
const URL_DELAY_MS = 200;

export class Lab extends PageElement {
  /** @override */
  static properties = {
    config: { state: true },
    index: { state: true },
    filter: { state: true },
    loadError: { state: true },
    announcement: { state: true },
  };

  constructor() {
    super();
    /** @type {Config | null} */
    this.config = null;
    /** @type {LabIndex | null} */
    this.index = null;
    /** @type {Filter} */
    this.filter = { text: '', flag: '', outcome: '' };
    /** @type {string | null} */
    this.loadError = null;
    /** For screen readers. */
    this.announcement = '';
    this.followHash = () => this.#follow();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.urlTimer = undefined;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('hashchange', this.followHash);
    this.#load();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.followHash);
  }

  async #load() {
    try {
      [this.config, this.index] = await Promise.all([loadConfig(), loadLab()]);
      await this.updateComplete;
      await this.#follow();
    } catch (error) {
      this.loadError = error instanceof Error ? error.message : String(error);
    }
  }

  /** Opens the case or scrolls to the group that the URL names: neither existed when the browser looked for it. */
  async #follow() {
    const link = readHash(location.hash);
    if (!link) return;
    if (!this.index?.cases.some(({ id }) => id === link.id)) {
      this.querySelector(`#${CSS.escape(link.id)}`)?.scrollIntoView();
      return;
    }
    this.filter = { text: '', flag: '', outcome: '' };
    await this.updateComplete;
    const cards = /** @type {NodeListOf<LabCard>} */ (this.querySelectorAll('pt-lab-card'));
    await [...cards].find(({ labCase }) => labCase?.id === link.id)?.show(link.changes);
  }

  /** @param {Partial<Filter>} change */
  #filter(change) {
    this.filter = { ...this.filter, ...change };
    this.announcement = this.#countText();
  }

  /** Updates the URL for a card that was opened, changed or closed. @param {Address} address */
  #address({ id, hash }) {
    clearTimeout(this.urlTimer);
    if (hash === '' && readHash(location.hash)?.id !== id) return;
    this.urlTimer = setTimeout(
      () => history.replaceState(null, '', hash || location.pathname + location.search),
      URL_DELAY_MS,
    );
  }

  #countText() {
    const { index, filter } = this;
    if (!index) return '';
    const { flags, errors } = index.unreachable;
    const cases = index.cases.filter((labCase) => matchesFilter(labCase, filter)).length;
    const unreachable = this.#unreachableShown(index).length;
    return `${cases} of ${count(index.cases.length, 'case')}, ${unreachable} of ${flags.length + errors.length} impossible flags and errors`;
  }

  /** @override */
  render() {
    if (this.loadError) return html`<p class="problem" role="alert"><bdi>${visible(this.loadError)}</bdi></p>`;
    const { config, index } = this;
    if (!config || !index) return html`<p class="note">Loading the cases …</p>`;
    const groups = [...new Set(index.cases.map(({ group }) => group))];
    const found = index.cases.filter((labCase) => matchesFilter(labCase, this.filter));
    return html`
      ${
        Object.keys(config.targets).length === 0
          ? html`<p class="notice">
              <strong>No live servers here.</strong> This page verifies every chain offline, without a live handshake.
              Run “npm start” to get a live server for each case.
            </p>`
          : nothing
      }
      ${this.#toolbar(index)}
      ${found.length + this.#unreachableShown(index).length === 0 ? html`<p class="note">Nothing matches. Try fewer or other words, or set flag and outcome to “Any”.</p>` : nothing}
      ${this.#contents([...new Set(found.map(({ group }) => group)), ...(this.#unreachableShown(index).length > 0 ? [UNREACHABLE] : [])])}
      <div
        id="cases"
        tabindex="-1"
        @address=${(/** @type {CustomEvent<Address>} */ { detail }) => this.#address(detail)}
        @announce=${(/** @type {CustomEvent<string>} */ { detail }) => {
          this.announcement = detail;
        }}
      >
        ${groups.map((group) => this.#group(group, config, index))} ${this.#unreachable(index)}
      </div>
      <p class="visually-hidden" role="status"><bdi>${visible(this.announcement)}</bdi></p>
    `;
  }

  /** @param {LabIndex} index */
  #toolbar(index) {
    const { text, flag, outcome } = this.filter;
    const value = (/** @type {Event} */ { target }) => /** @type {HTMLInputElement} */ (target).value;
    return html`<form
      class="filter"
      role="search"
      aria-label="Cases"
      @submit=${(/** @type {Event} */ event) => event.preventDefault()}
    >
      <div class="field">
        <label for="filter-text">Search</label>
        <input
          id="filter-text"
          type="search"
          placeholder="expired, SAN, SHA-1, MITM …"
          autocomplete="off"
          .value=${text}
          @input=${(/** @type {Event} */ event) => this.#filter({ text: value(event).trim() })}
        />
      </div>
      <div class="field">
        <label for="filter-flag">Flag or error</label>
        <select id="filter-flag" @change=${(/** @type {Event} */ event) => this.#filter({ flag: value(event) })}>
          <option value="">Any</option>
          ${filterNames(index).map((name) => html`<option value=${name} .selected=${live(name === flag)}>${name}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="filter-outcome">Outcome</label>
        <select
          id="filter-outcome"
          @change=${(/** @type {Event} */ event) =>
            this.#filter({ outcome: /** @type {Filter['outcome']} */ (value(event)) })}
        >
          ${Object.entries({
            '': 'Any',
            ...OUTCOMES,
            disagree: 'OpenSSL or GnuTLS disagrees',
            never: 'cannot happen',
          }).map(([name, words]) => html`<option value=${name} .selected=${live(name === outcome)}>${words}</option>`)}
        </select>
      </div>
      <p class="filter-count" data-count>${this.#countText()}</p>
    </form>`;
  }

  /** @param {string[]} groups */
  #contents(groups) {
    return html`<nav class="contents" aria-label="Groups">
      <ul>
        ${groups.map((group) => html`<li><a href="#${idOf(group)}">${group}</a></li>`)}
      </ul>
    </nav>`;
  }

  /** @param {string} group @param {Config} config @param {LabIndex} index */
  #group(group, config, { cases }) {
    const all = cases.filter((labCase) => labCase.group === group);
    const shown = all.filter((labCase) => matchesFilter(labCase, this.filter));
    return html`<section class="group" aria-labelledby=${idOf(group)} ?hidden=${shown.length === 0}>
      <h2 id=${idOf(group)}>${group} <small>${shown.length}</small></h2>
      <div class="cards">
        ${repeat(
          all,
          ({ id }) => id,
          (labCase) =>
            html`<pt-lab-card .labCase=${labCase} .config=${config} ?hidden=${!shown.includes(labCase)}></pt-lab-card>`,
        )}
      </div>
    </section>`;
  }

  /** @param {LabIndex} index */
  #unreachableShown({ unreachable: { flags, errors } }) {
    return [...flags, ...errors].filter((one) => unreachableMatchesFilter(one, this.filter));
  }

  /** @param {LabIndex} index */
  #unreachable(index) {
    const shown = this.#unreachableShown(index);
    return html`<section class="group" aria-labelledby=${idOf(UNREACHABLE)} ?hidden=${shown.length === 0}>
      <h2 id=${idOf(UNREACHABLE)}>${UNREACHABLE} <small>${shown.length}</small></h2>
      <p class="lead">
        Verify flags that no server can cause, and fields that no server’s certificate has, each with the reason.
      </p>
      <div class="cards">${shown.map((unreachable) => unreachableCard(unreachable))}</div>
    </section>`;
  }
}
customElements.define('pt-lab', Lab);

/** @param {Unreachable} unreachable */
function unreachableCard({ name, means, reason }) {
  return html`<article class="case case-never">
    <h3><code>${name}</code></h3>
    <p class="case-explain">${means}</p>
    <p class="case-tags"><span class="badge badge-never">Cannot happen</span></p>
    <p class="case-reason"><strong>Why not:</strong> ${withCode(reason)}</p>
  </article>`;
}

/** @param {string} group */
function idOf(group) {
  return `group-${group.toLowerCase().replaceAll(' ', '-')}`;
}
