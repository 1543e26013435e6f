/** The validation settings: trust store, time, host name, rules and CRLs. Shows the result of every trust store. */
import { html, nothing } from 'lit';
import { trustStore, verifyAgain, TRUST_NAMES, trustKind } from '../model/criteria.js';
import { openCrls, openRoots } from '../model/files.js';
import { PROFILES } from '../model/permalink.js';
import { spansOf } from '../model/spans.js';
import { count, day, DAY_MS, generalName, moment, visible } from '../model/format.js';
import { problemSummary } from '../model/problem-summary.js';
import { PageElement } from './element.js';
import { endsView, spansView } from './spans.js';

/** @typedef {import('../types.js').WholeCertificate} WholeCertificate */
/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').Criteria} Criteria */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').TrustKind} TrustKind */
/** @typedef {import('../types.js').Verification} Verification */

/**
 * The result of one trust store.
 * @typedef {object} StoreResult
 * @property {Verification | null} verification
 * @property {string} about the store: the number of its anchors, and the version of Mozilla's list
 * @property {string | null} error
 */

/** Steps of the time slider. */
const SLIDER_STEPS = 1000;
/** The slider's range beyond the validity, at least. */
const MIN_MARGIN_MS = 30 * DAY_MS;
/** Names of the leaf that the host name field suggests. */
const MAX_SUGGESTIONS = 12;

/** @type {Record<import('../types.js').Profile, string>} */
const PROFILE_NAMES = {
  auto: 'automatic: Web PKI for public CAs, private for your own',
  webpki: 'Web PKI, as in browsers',
  private: 'private CA: form does not count, security does',
  rfc5280: 'RFC 5280 only (less strict)',
  suiteb: 'Suite B (ECDSA with P-256 or P-384 only)',
};

export class CriteriaElement extends PageElement {
  /** @override */
  static properties = {
    request: { attribute: false },
    config: { attribute: false },
    sent: { attribute: false },
    criteria: { attribute: false },
    verification: { attribute: false },
    results: { state: true },
    open: { state: true },
    fileError: { state: true },
  };

  constructor() {
    super();
    /** @type {Request | null} */
    this.request = null;
    /** @type {Config | null} */
    this.config = null;
    /** @type {WholeCertificate[]} */
    this.sent = [];
    /** The criteria of the shown outcome. @type {Criteria | null} */
    this.criteria = null;
    /** The shown outcome's verification, whose validity periods are drawn. @type {Verification | null} */
    this.verification = null;
    /** @type {Map<TrustKind, StoreResult>} */
    this.results = new Map();
    /** Why the user's file cannot be used. @type {string | null} */
    this.fileError = null;
    /** Whether the settings are open: once open, only the user closes them. */
    this.open = false;
    /** Counts calls of verifyAll(), so that a slow one does not replace a later one's results. */
    this.turn = 0;
    /** The range of the time slider. @type {(import('../model/spans.js').Span & { leaf: string | undefined }) | null} */
    this.range = null;
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  willUpdate(changed) {
    if (changed.has('criteria') || changed.has('sent')) this.verifyAll();
    if (changed.has('request')) this.open ||= this.request !== null && isChanged(this.request);
  }

  /** The available trust stores. @returns {TrustKind[]} */
  storeKinds() {
    const { request, config } = this;
    /** @type {TrustKind[]} */
    const all = ['mozilla', 'system', 'lab', 'own'];
    const available = {
      mozilla: true,
      system: config?.system ?? false,
      lab: Boolean(request?.lab),
      own: Boolean(request?.ownRoots),
    };
    return all.filter((kind) => available[kind]);
  }

  async verifyAll() {
    const { request, criteria, sent } = this;
    if (!request || !criteria) return;
    const turn = ++this.turn;
    const results = await Promise.all(
      this.storeKinds().map(
        async (kind) => /** @type {const} */ ([kind, await this.verifyWith(kind, request, criteria, sent)]),
      ),
    );
    if (turn === this.turn) this.results = new Map(results);
  }

  /**
   * @param {TrustKind} kind
   * @param {Request} request
   * @param {Criteria} criteria
   * @param {WholeCertificate[]} sent
   * @returns {Promise<StoreResult>}
   */
  async verifyWith(kind, request, criteria, sent) {
    try {
      const store = await trustStore(kind, request);
      const verification = await verifyAgain(sent, { ...criteria, trust: { kind, name: TRUST_NAMES[kind], store } });
      return { verification, about: aboutStore(store), error: null };
    } catch (error) {
      return { verification: null, about: '', error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** @param {Partial<Request>} change */
  change(change) {
    this.dispatchEvent(new CustomEvent('change-request', { detail: change }));
  }

  /* --- rendering ------------------------------------------------------------- */

  /** @override */
  render() {
    const { request, criteria } = this;
    if (!request || !criteria) return nothing;
    return html`<section class="criteria" aria-labelledby="criteria-title">
      <h2 id="criteria-title">Validation settings</h2>
      <p class="lead">
        Each change verifies the same certificates again in this page, without a new
        connection${request.file === null ? '. The URL keeps your settings' : nothing}.
      </p>
      ${this.stores()}
      <details
        class="settings-box"
        ?open=${this.open}
        @toggle=${(/** @type {Event & { currentTarget: HTMLDetailsElement }} */ { currentTarget }) => {
          this.open = currentTarget.open;
        }}
      >
        <summary>Time, host name, rules, CRLs, your own roots</summary>
        <div class="settings">
          ${this.clockField(criteria)} ${this.nameField(criteria)} ${this.profileField(criteria)}
          ${this.crlField(request, criteria)} ${this.rootsField(request)}
        </div>
      </details>
      ${this.fileError ? html`<p class="field-error" role="alert"><bdi>${visible(this.fileError)}</bdi></p>` : nothing}
    </section>`;
  }

  stores() {
    const { request } = this;
    if (!request) return nothing;
    const chosen = trustKind(request);
    return html`<fieldset class="stores">
      <legend>Trust anchors</legend>
      ${this.storeKinds().map((kind) => {
        const result = this.results.get(kind);
        const ok = result?.verification?.ok;
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
          <span class="store-result">${storeResultView(result)}</span>
          <small>${result?.about ?? nothing}</small>
        </label>`;
      })}
    </fieldset>`;
  }

  /** @param {Criteria} criteria */
  clockField({ now }) {
    const range = this.rangeAround(now);
    const [from, to] = [range.from.getTime(), range.to.getTime()];
    const step = Math.round(((now.getTime() - from) / (to - from)) * SLIDER_STEPS);
    return html`<div class="field">
      <label for="clock">Time (UTC)</label>
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
      ${this.verification ? spansView(spansOf(this.verification), range, now, this.verification) : nothing}
      <input
        type="range"
        min="0"
        max=${SLIDER_STEPS}
        aria-label="Time, from before the chain is valid until after it expires"
        aria-valuetext=${moment(now)}
        .value=${String(step)}
        @input=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ { currentTarget }) => {
          const time = from + (Number(currentTarget.value) / SLIDER_STEPS) * (to - from);
          this.change({ now: new Date(Math.round(time / 1000) * 1000) });
        }}
      />
      ${endsView(range)}
      <p class="note">Each bar is the validity of one certificate, leaf first.</p>
      <button type="button" class="small" @click=${() => this.change({ now: null })}>
        ${this.request?.lab?.clock ? 'Use the lab’s clock' : 'Use the current time'}
      </button>
    </div>`;
  }

  /**
   * The slider's range: the leaf's validity and the verification time, with a margin at either end. It stays the same
   * during a drag, so that the slider does not move under the pointer; another leaf, or a time outside it, changes it.
   * @param {Date} now
   * @returns {import('../model/spans.js').Span}
   */
  rangeAround(now) {
    const [leaf] = this.sent;
    const { range } = this;
    if (range && range.leaf === leaf?.pem && range.from <= now && now <= range.to) return range;
    const times = [leaf?.validity?.notBefore, leaf?.validity?.notAfter].map((text) => Date.parse(text ?? ''));
    const known = [...times.filter((time) => !Number.isNaN(time)), now.getTime()];
    const [first, last] = [Math.min(...known), Math.max(...known)];
    const margin = Math.max(MIN_MARGIN_MS, (last - first) / 10);
    const from = new Date(Math.floor((first - margin) / 1000) * 1000);
    const to = new Date(Math.ceil((last + margin) / 1000) * 1000);
    this.range = { leaf: leaf?.pem, from, to };
    return this.range;
  }

  /** @param {Criteria} criteria */
  nameField({ hostname }) {
    const names = (this.sent[0]?.subjectAltName ?? [])
      .filter(({ type }) => type === 'dNSName' || type === 'iPAddress')
      .map((name) => generalName(name).value);
    const suggested = names.slice(0, MAX_SUGGESTIONS);
    return html`<div class="field">
      <label for="name">Host name</label>
      <input
        id="name"
        type="text"
        list="names"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        placeholder=${this.request?.file ? 'none: any name is accepted' : nothing}
        .value=${hostname}
        @change=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ { currentTarget }) =>
          this.change({ servername: currentTarget.value.trim() })}
      />
      <datalist id="names">
        ${suggested.map((name) => html`<option value=${name.replace(/^\*\./, 'any.')}></option>`)}
      </datalist>
      ${
        names.length > suggested.length
          ? html`<p class="note">
              The field suggests the first ${suggested.length} of the certificate’s ${count(names.length, 'name')}.
            </p>`
          : nothing
      }
      <p class="note">If you connect again, the server receives this name and may send another certificate.</p>
    </div>`;
  }

  /** @param {Criteria} criteria */
  profileField({ profile }) {
    return html`<div class="field">
      <label for="profile">Rules</label>
      <select
        id="profile"
        @change=${(/** @type {Event & { currentTarget: HTMLSelectElement }} */ { currentTarget }) =>
          this.change({ profile: PROFILES.find((known) => known === currentTarget.value) ?? null })}
      >
        ${PROFILES.map(
          (known) => html`<option value=${known} ?selected=${known === profile}>${PROFILE_NAMES[known]}</option>`,
        )}
      </select>
    </div>`;
  }

  /** @param {Request} request @param {Criteria} criteria */
  crlField({ crls, lab }, criteria) {
    const chosen = criteria.crls === null ? 'none' : crls ? 'own' : 'lab';
    return html`<div class="field">
      <label for="crl-choice">CRLs</label>
      <select
        id="crl-choice"
        @change=${(/** @type {Event & { currentTarget: HTMLSelectElement }} */ { currentTarget }) => {
          if (currentTarget.value === 'none') this.change({ crls: '' });
          if (currentTarget.value === 'lab') this.change({ crls: null });
        }}
      >
        <option value="none" ?selected=${chosen === 'none'}>none (revocation is not checked)</option>
        ${lab?.hasCrl ? html`<option value="lab" ?selected=${chosen === 'lab'}>the lab’s</option>` : nothing}
        ${crls ? html`<option value="own" ?selected=${chosen === 'own'}>your own</option>` : nothing}
      </select>
      <label class="file-label" for="crl-file">Your own CRLs (PEM, DER or PKCS#7)</label>
      <input id="crl-file" type="file" @change=${(/** @type {Event} */ event) => this.readFile(event, 'crls')} />
    </div>`;
  }

  /** @param {Request} request */
  rootsField({ ownRoots }) {
    return html`<div class="field">
      <label for="roots-file">Your own trust anchors (PEM, DER or PKCS#7)</label>
      <input id="roots-file" type="file" @change=${(/** @type {Event} */ event) => this.readFile(event, 'ownRoots')} />
      ${
        ownRoots
          ? html`<button type="button" class="small" @click=${() => this.change({ ownRoots: '', trust: null })}>
              Remove them
            </button>`
          : nothing
      }
    </div>`;
  }

  /** @param {Event} event @param {'crls' | 'ownRoots'} what */
  async readFile({ currentTarget }, what) {
    const input = /** @type {HTMLInputElement} */ (currentTarget);
    const file = input.files?.[0];
    input.value = '';
    if (!file) return;
    this.fileError = null;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const source = what === 'crls' ? 'crls' : 'trust';
      const others = (this.request?.skipped ?? []).filter((one) => one.source !== source);
      const { skipped, ...opened } =
        what === 'crls'
          ? await openCrls(bytes, file.name)
          : { ...(await openRoots(bytes, file.name)), trust: /** @type {const} */ ('own') };
      this.change({ ...opened, skipped: [...others, ...skipped] });
    } catch (error) {
      this.fileError = `${file.name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** @param {import('../types.js').TrustStore} store */
function aboutStore({ size, version, date }) {
  return [count(size, 'anchor'), version && `version ${version} of ${day(String(date))}`].filter(Boolean).join('; ');
}

/** Whether anything other than the trust anchors is set. @param {Request} request */
function isChanged({ now, servername, profile, crls }) {
  return Boolean(now || servername || profile || crls);
}

/** @param {StoreResult | undefined} result */
function storeResultView(result) {
  if (!result) return '…';
  if (result.error !== null) return html`<bdi>${visible(result.error)}</bdi>`;
  if (result.verification?.ok) return '✓ valid';
  const problems = result.verification?.problems ?? [];
  const [first] = problems;
  if (!first) return '✕ not valid';
  const more = problems.length > 1 ? ` and ${count(problems.length - 1, 'more problem')}` : '';
  return html`✕ ${problemSummary(first)}${more} <code>${first.flag ?? first.code}</code>`;
}

customElements.define('pt-criteria', CriteriaElement);
