/** The lab: its filter, its groups, its cards. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { loadLab, namesIn, neverPasses, passes, readHash } from '../../model/lab.js';
import { OUTCOMES } from '../../model/lab-words.js';
import { count } from '../../model/format.js';
import { PageElement } from '../element.js';
import { withCode } from './short-outcome.js';
import './card.js';

/** @typedef {import('../../types.js').Config} Config */
/** @typedef {import('../../types.js').LabIndex} LabIndex */
/** @typedef {import('../../types.js').Unreachable} Unreachable */
/** @typedef {import('../../model/lab.js').Filter} Filter */
/** @typedef {import('./card.js').Address} Address */
/** @typedef {import('./card.js').LabCard} LabCard */

const NEVER = 'Cannot happen';

/** Browsers object to an address that changes with every step of a slider; it waits this long, in milliseconds. */
const SETTLED = 200;

export class Lab extends PageElement {
  /** @override */
  static properties = {
    config: { state: true },
    index: { state: true },
    filter: { state: true },
    problem: { state: true },
    said: { state: true },
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
    this.problem = null;
    /** For those who hear the page. */
    this.said = '';
    this.followHash = () => this.#follow();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.settling = undefined;
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
      ({ config: this.config, index: this.index } = await loadLab());
      await this.updateComplete;
      await this.#follow();
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** Opens the case that the address names, or goes to the group: neither was there when the browser looked for it. */
  async #follow() {
    const wanted = readHash(location.hash);
    if (!wanted) return;
    if (!this.index?.cases.some(({ id }) => id === wanted.id)) {
      this.querySelector(`#${CSS.escape(wanted.id)}`)?.scrollIntoView();
      return;
    }
    this.filter = { text: '', flag: '', outcome: '' };
    await this.updateComplete;
    const cards = /** @type {NodeListOf<LabCard>} */ (this.querySelectorAll('pt-lab-card'));
    await [...cards].find(({ one }) => one?.id === wanted.id)?.show(wanted.changes);
  }

  /** @param {Partial<Filter>} change */
  #filter(change) {
    this.filter = { ...this.filter, ...change };
    this.said = this.#countText();
  }

  /** Of a card that was opened, changed or closed. @param {Address} address */
  #address({ id, hash }) {
    clearTimeout(this.settling);
    if (hash === '' && readHash(location.hash)?.id !== id) return;
    this.settling = setTimeout(
      () => history.replaceState(null, '', hash || location.pathname + location.search),
      SETTLED,
    );
  }

  #countText() {
    const { index, filter } = this;
    if (!index) return '';
    const { flags, errors } = index.unreachable;
    const cases = index.cases.filter((one) => passes(one, filter)).length;
    const never = this.#neverShown(index).length;
    return `${cases} of ${count(index.cases.length, 'case')}, and ${never} of ${flags.length + errors.length} that cannot happen`;
  }

  /** @override */
  render() {
    if (this.problem) return html`<p class="problem" role="alert">${this.problem}</p>`;
    const { config, index } = this;
    if (!config || !index) return html`<p class="note">Loading the cases …</p>`;
    const groups = [...new Set(index.cases.map(({ group }) => group))];
    const found = index.cases.filter((one) => passes(one, this.filter));
    return html`
      ${
        Object.keys(config.targets).length === 0
          ? html`<p class="notice">
              <strong>No live servers here.</strong> Every chain is judged in this page by the TLS client itself; none
              of it is a live handshake. “npm start” has a server for each case.
            </p>`
          : nothing
      }
      ${this.#toolbar(index)}
      ${this.#contents([...new Set(found.map(({ group }) => group)), ...(this.#neverShown(index).length > 0 ? [NEVER] : [])])}
      <div
        id="cases"
        tabindex="-1"
        @address=${(/** @type {CustomEvent<Address>} */ { detail }) => this.#address(detail)}
        @say=${(/** @type {CustomEvent<string>} */ { detail }) => {
          this.said = detail;
        }}
      >
        ${groups.map((group) => this.#group(group, config, index))} ${this.#never(index)}
      </div>
      <p class="visually-hidden" role="status">${this.said}</p>
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
          placeholder="wildcard, SHA-1, key …"
          autocomplete="off"
          .value=${text}
          @input=${(/** @type {Event} */ event) => this.#filter({ text: value(event).trim() })}
        />
      </div>
      <div class="field">
        <label for="filter-flag">Flag or error</label>
        <select id="filter-flag" @change=${(/** @type {Event} */ event) => this.#filter({ flag: value(event) })}>
          <option value="">Any</option>
          ${namesIn(index).map((name) => html`<option value=${name} .selected=${live(name === flag)}>${name}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="filter-outcome">Outcome</label>
        <select
          id="filter-outcome"
          @change=${(/** @type {Event} */ event) =>
            this.#filter({ outcome: /** @type {Filter['outcome']} */ (value(event)) })}
        >
          ${Object.entries({ '': 'Any', ...OUTCOMES, disagree: 'others disagree', never: 'cannot happen' }).map(
            ([name, words]) => html`<option value=${name} .selected=${live(name === outcome)}>${words}</option>`,
          )}
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
    const all = cases.filter((one) => one.group === group);
    const shown = all.filter((one) => passes(one, this.filter));
    return html`<section class="group" aria-labelledby=${idOf(group)} ?hidden=${shown.length === 0}>
      <h2 id=${idOf(group)}>${group} <small>${shown.length}</small></h2>
      <div class="cards">
        ${repeat(
          all,
          ({ id }) => id,
          (one) => html`<pt-lab-card .one=${one} .config=${config} ?hidden=${!shown.includes(one)}></pt-lab-card>`,
        )}
      </div>
    </section>`;
  }

  /** @param {LabIndex} index */
  #neverShown({ unreachable: { flags, errors } }) {
    return [...flags, ...errors].filter((one) => neverPasses(one, this.filter));
  }

  /** @param {LabIndex} index */
  #never(index) {
    const shown = this.#neverShown(index);
    return html`<section class="group" aria-labelledby=${idOf(NEVER)} ?hidden=${shown.length === 0}>
      <h2 id=${idOf(NEVER)}>${NEVER} <small>${shown.length}</small></h2>
      <p class="lead">
        Verify flags that no server can bring about, and fields that no certificate of a server has, each with the
        reason.
      </p>
      <div class="cards">${shown.map((one) => neverCard(one))}</div>
    </section>`;
  }
}
customElements.define('pt-lab', Lab);

/** @param {Unreachable} one */
function neverCard({ name, means, reason }) {
  return html`<article class="case case-never">
    <h3><code>${name}</code></h3>
    <p class="case-explain">${means}</p>
    <p class="case-tags"><span class="badge badge-never">Cannot happen</span></p>
    <p class="case-reason"><strong>Why not.</strong> ${withCode(reason)}</p>
  </article>`;
}

/** @param {string} group */
function idOf(group) {
  return `group-${group.toLowerCase().replaceAll(' ', '-')}`;
}
