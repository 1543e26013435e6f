/** The same chain judged by several trust stores, side by side, at another time, for another name, by other rules. */
import { html, nothing } from 'lit';
import { criteriaFor, verifyAgain, TRUST_NAMES, trustKind } from '../model/criteria.js';
import { toPem } from '../model/pem.js';
import { PROFILES } from '../model/permalink.js';
import { readCertificates } from '../model/read-certificates.js';
import { spansOf } from '../model/spans.js';
import { count, generalName, moment, visible } from '../model/format.js';
import { PageElement } from './element.js';
import { endsView, spansView } from './spans.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').Criteria} Criteria */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').TrustKind} TrustKind */
/** @typedef {import('../types.js').Verification} Verification */

/** @typedef {{ verification: Verification | null, size: number, error: string | null }} Column */

const DAY = 86_400_000;
/** Steps of the slider. */
const STEPS = 1000;
/** Names of the leaf that are offered. */
const NAMES = 12;

/** @type {Record<import('../types.js').Profile, string>} */
const PROFILE_WORDS = {
  webpki: 'Web PKI, as browsers judge',
  rfc5280: 'RFC 5280 alone, laxer',
  suiteb: 'Suite B, ECDSA with P-256 and P-384 only',
};

export class CriteriaElement extends PageElement {
  /** @override */
  static properties = {
    request: { attribute: false },
    config: { attribute: false },
    sent: { attribute: false },
    criteria: { attribute: false },
    verification: { attribute: false },
    columns: { state: true },
    open: { state: true },
    trouble: { state: true },
  };

  constructor() {
    super();
    /** @type {Request | null} */
    this.request = null;
    /** @type {Config | null} */
    this.config = null;
    /** @type {Certificate[]} */
    this.sent = [];
    /** What the outcome that is shown was judged by. @type {Criteria | null} */
    this.criteria = null;
    /** That outcome: the times of its path are drawn. @type {Verification | null} */
    this.verification = null;
    /** @type {Map<TrustKind, Column>} */
    this.columns = new Map();
    /** What is wrong with a file of one's own. @type {string | null} */
    this.trouble = null;
    /** Whether the settings are: once they are, only the user closes them. */
    this.open = false;
    this.turn = 0;
    /** What the slider of the time spans. @type {(import('../model/spans.js').Span & { leaf: string | undefined }) | null} */
    this.whole = null;
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  willUpdate(changed) {
    if (changed.has('criteria') || changed.has('sent')) this.verifyAll();
    if (changed.has('request')) this.open ||= this.request !== null && isChanged(this.request);
  }

  /** The stores that can be asked. @returns {TrustKind[]} */
  kinds() {
    const { request, config } = this;
    /** @type {TrustKind[]} */
    const all = ['mozilla', 'system', 'lab', 'own'];
    const there = {
      mozilla: true,
      system: config?.system ?? false,
      lab: Boolean(request?.lab),
      own: Boolean(request?.ownRoots),
    };
    return all.filter((kind) => there[kind]);
  }

  async verifyAll() {
    const { request, criteria, sent } = this;
    if (!request || !criteria) return;
    const turn = ++this.turn;
    const columns = await Promise.all(
      this.kinds().map(async (kind) => /** @type {const} */ ([kind, await this.column(kind, request, criteria, sent)])),
    );
    if (turn === this.turn) this.columns = new Map(columns);
  }

  /**
   * @param {TrustKind} kind
   * @param {Request} request
   * @param {Criteria} criteria
   * @param {Certificate[]} sent
   * @returns {Promise<Column>}
   */
  async column(kind, request, criteria, sent) {
    try {
      const { trust } = await criteriaFor({ ...request, trust: kind }, criteria.hostname);
      const verification = await verifyAgain(sent, { ...criteria, trust });
      return { verification, size: trust.store.size, error: null };
    } catch (error) {
      return { verification: null, size: 0, error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** @param {Partial<Request>} change */
  change(change) {
    this.dispatchEvent(new CustomEvent('change-request', { detail: change }));
  }

  /* --- the picture ------------------------------------------------------------- */

  /** @override */
  render() {
    const { request, criteria } = this;
    if (!request || !criteria) return nothing;
    return html`<section class="criteria" aria-labelledby="criteria-title">
      <h2 id="criteria-title">Judged by</h2>
      <p class="lead">
        Each change judges the same certificates again, in this page, without a new
        connection${request.file === null ? '; the link in the address bar keeps it' : nothing}.
      </p>
      ${this.stores()}
      <details
        class="settings-box"
        ?open=${this.open}
        @toggle=${(/** @type {Event & { currentTarget: HTMLDetailsElement }} */ { currentTarget }) => {
          this.open = currentTarget.open;
        }}
      >
        <summary>At another time, for another name, by other rules, with lists and anchors of your own</summary>
        <div class="settings">
          ${this.clock(criteria)} ${this.name(criteria)} ${this.rules(criteria)} ${this.lists(request, criteria)}
          ${this.ownRoots(request)}
        </div>
      </details>
      ${this.trouble ? html`<p class="field-error" role="alert"><bdi>${visible(this.trouble)}</bdi></p>` : nothing}
    </section>`;
  }

  stores() {
    const { request } = this;
    if (!request) return nothing;
    const chosen = trustKind(request);
    return html`<fieldset class="stores">
      <legend>Trust anchors</legend>
      ${this.kinds().map((kind) => {
        const column = this.columns.get(kind);
        const ok = column?.verification?.ok;
        const state = ok === undefined ? 'waiting' : ok ? 'good' : 'bad';
        return html`<label class="store store-${state}">
          <input
            type="radio"
            name="trust"
            .value=${kind}
            .checked=${kind === chosen}
            @change=${() => this.change({ trust: kind })}
          />
          <span class="store-name">${TRUST_NAMES[kind]}</span>
          <span class="store-result">${columnWords(column)}</span>
          <small>${column?.size ? count(column.size, 'anchor') : nothing}</small>
        </label>`;
      })}
    </fieldset>`;
  }

  /** @param {Criteria} criteria */
  clock({ now }) {
    const whole = this.span(now);
    const [from, to] = [whole.from.getTime(), whole.to.getTime()];
    const place = Math.round(((now.getTime() - from) / (to - from)) * STEPS);
    return html`<div class="field">
      <label for="clock">Time, UTC</label>
      <input
        id="clock"
        type="datetime-local"
        step="1"
        .value=${now.toISOString().slice(0, 19)}
        @change=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ { currentTarget }) => {
          const time = Date.parse(`${currentTarget.value}Z`);
          if (!Number.isNaN(time)) this.change({ now: new Date(time) });
        }}
      />
      ${this.verification ? spansView(spansOf(this.verification), whole, now, this.verification) : nothing}
      <input
        type="range"
        min="0"
        max=${STEPS}
        aria-label="Time, from before the chain is valid until after"
        aria-valuetext=${moment(now)}
        .value=${String(place)}
        @input=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ { currentTarget }) => {
          const time = from + (Number(currentTarget.value) / STEPS) * (to - from);
          this.change({ now: new Date(Math.round(time / 1000) * 1000) });
        }}
      />
      ${endsView(whole)}
      <p class="note">The bars are the certificates, the leaf at the top: when each of them holds.</p>
      <button type="button" class="small" @click=${() => this.change({ now: null })}>
        ${this.request?.lab?.clock ? "The lab's clock" : 'Now'}
      </button>
    </div>`;
  }

  /**
   * What the slider spans: the leaf's validity, the time that is judged at, and a part more at either end. It stays while
   * one drags, or it would grow under the hand, and is made anew for another leaf and for a time that lies outside of it.
   * @param {Date} now
   * @returns {import('../model/spans.js').Span}
   */
  span(now) {
    const [leaf] = this.sent;
    const { whole } = this;
    if (whole && whole.leaf === leaf?.pem && whole.from <= now && now <= whole.to) return whole;
    const times = [leaf?.validity?.notBefore, leaf?.validity?.notAfter].map((text) => Date.parse(text ?? ''));
    const known = [...times.filter((time) => !Number.isNaN(time)), now.getTime()];
    const [first, last] = [Math.min(...known), Math.max(...known)];
    const margin = Math.max(30 * DAY, (last - first) / 10);
    const from = new Date(Math.floor((first - margin) / 1000) * 1000);
    const to = new Date(Math.ceil((last + margin) / 1000) * 1000);
    this.whole = { leaf: leaf?.pem, from, to };
    return this.whole;
  }

  /** @param {Criteria} criteria */
  name({ hostname }) {
    const names = (this.sent[0]?.subjectAltName ?? [])
      .filter(({ type }) => type === 'dNSName' || type === 'iPAddress')
      .slice(0, NAMES)
      .map((name) => generalName(name).value);
    return html`<div class="field">
      <label for="name">Name to ask for</label>
      <input
        id="name"
        type="text"
        list="names"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        placeholder=${this.request?.file ? 'no name is asked for' : nothing}
        .value=${hostname}
        @change=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ { currentTarget }) =>
          this.change({ servername: currentTarget.value.trim() })}
      />
      <datalist id="names">
        ${names.map((name) => html`<option value=${name.replace(/^\*\./, 'any.')}></option>`)}
      </datalist>
      <p class="note">
        The server is asked for this name when you connect again; it may have another certificate then.
      </p>
    </div>`;
  }

  /** @param {Criteria} criteria */
  rules({ profile }) {
    return html`<div class="field">
      <label for="profile">Rules</label>
      <select
        id="profile"
        @change=${(/** @type {Event & { currentTarget: HTMLSelectElement }} */ { currentTarget }) =>
          this.change({ profile: PROFILES.find((known) => known === currentTarget.value) ?? null })}
      >
        ${PROFILES.map(
          (known) => html`<option value=${known} ?selected=${known === profile}>${PROFILE_WORDS[known]}</option>`,
        )}
      </select>
    </div>`;
  }

  /** @param {Request} request @param {Criteria} criteria */
  lists({ crls, lab }, criteria) {
    const chosen = criteria.crls === null ? 'none' : crls ? 'own' : 'lab';
    return html`<div class="field">
      <label for="crl-choice">Revocation lists</label>
      <select
        id="crl-choice"
        @change=${(/** @type {Event & { currentTarget: HTMLSelectElement }} */ { currentTarget }) => {
          if (currentTarget.value === 'none') this.change({ crls: '' });
          if (currentTarget.value === 'lab') this.change({ crls: null });
        }}
      >
        <option value="none" ?selected=${chosen === 'none'}>none: revocation is not checked</option>
        ${lab?.hasCrl ? html`<option value="lab" ?selected=${chosen === 'lab'}>those of the lab</option>` : nothing}
        ${crls ? html`<option value="own" ?selected=${chosen === 'own'}>your own</option>` : nothing}
      </select>
      <label class="file-label" for="crl-file">A list of your own, PEM or DER</label>
      <input id="crl-file" type="file" @change=${(/** @type {Event} */ event) => this.takeFile(event, 'crls')} />
    </div>`;
  }

  /** @param {Request} request */
  ownRoots({ ownRoots }) {
    return html`<div class="field">
      <label for="roots-file">Trust anchors of your own, PEM or DER</label>
      <input id="roots-file" type="file" @change=${(/** @type {Event} */ event) => this.takeFile(event, 'ownRoots')} />
      ${
        ownRoots
          ? html`<button type="button" class="small" @click=${() => this.change({ ownRoots: '', trust: null })}>
              Forget them
            </button>`
          : nothing
      }
    </div>`;
  }

  /** @param {Event} event @param {'crls' | 'ownRoots'} what */
  async takeFile({ currentTarget }, what) {
    const input = /** @type {HTMLInputElement} */ (currentTarget);
    const file = input.files?.[0];
    input.value = '';
    if (!file) return;
    this.trouble = null;
    try {
      const { certificates, crls } = readCertificates(new Uint8Array(await file.arrayBuffer()));
      const found = what === 'crls' ? crls : certificates;
      if (found.length === 0)
        throw new Error(`${file.name} has no ${what === 'crls' ? 'revocation list' : 'certificate'}.`);
      const text = found.map((der) => toPem(what === 'crls' ? 'X509 CRL' : 'CERTIFICATE', der)).join('');
      this.change(what === 'crls' ? { crls: text } : { ownRoots: text, trust: 'own' });
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}

/** Whether anything but the trust anchors is set. @param {Request} request */
function isChanged({ now, servername, profile, crls }) {
  return Boolean(now || servername || profile || crls);
}

/** @param {Column | undefined} column */
function columnWords(column) {
  if (!column) return '…';
  if (column.error !== null) return html`<bdi>${visible(column.error)}</bdi>`;
  const problems = column.verification?.problems ?? [];
  if (column.verification?.ok) return '✓ good';
  const [first] = problems;
  const more = problems.length > 1 ? `, and ${count(problems.length - 1, 'more problem')}` : '';
  return html`✕ <code>${first?.flag ?? first?.code ?? 'not good'}</code>${more}`;
}

customElements.define('pt-criteria', CriteriaElement);
