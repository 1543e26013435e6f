/** The card of one case: what is wrong, the outcome, and settings to change. */
import { html, nothing } from 'lit';
import { hashFor, isDefault, CaseVerifier, settingsFrom, defaultSettings } from '../../model/lab.js';
import { inspectLive } from '../../model/lab-inspect.js';
import { provenance, deliveryOf, outcomeFor } from '../../model/lab-format.js';
import { visible } from '../../model/format.js';
import { TLSError } from '../../../../dist/index.js';
import { PageElement } from '../element.js';
import { caseHead } from './case-head.js';
import { opinionList } from './opinions.js';
import { shortOutcome, toDoView } from './short-outcome.js';
import './controls.js';
import './tamper.js';

/** @typedef {import('../../types.js').Config} Config */
/** @typedef {import('../../types.js').LabCase} LabCase */
/** @typedef {import('../../types.js').Tamper} Tamper */
/** @typedef {import('../../types.js').Verification} Verification */
/** @typedef {import('../../model/lab.js').Settings} Settings */
/** @typedef {import('../../model/inspect-server.js').Inspection} Inspection */

/**
 * What a card shows: a result, its source and its settings.
 * @typedef {object} Shown
 * @property {Verification | null} verification
 * @property {TLSError | null} error
 * @property {Inspection['info']} info
 * @property {Inspection | null} live the connection that sent the chain
 * @property {boolean} reverified
 * @property {Settings} settings
 */

/** The URL fragment of a case; `hash` is empty for a closed card. @typedef {{ id: string, hash: string }} Address */

/**
 * Fires `address` with an Address, and `announce` with a text for screen readers; both bubble.
 */
export class LabCard extends PageElement {
  /** @override */
  static properties = {
    labCase: { attribute: false },
    config: { attribute: false },
    open: { state: true },
    busy: { state: true },
    settings: { state: true },
    shown: { state: true },
    failure: { state: true },
    nameError: { state: true },
    recording: { state: true },
    tampering: { state: true },
  };

  constructor() {
    super();
    /** @type {LabCase | undefined} */
    this.labCase = undefined;
    /** @type {Config | undefined} */
    this.config = undefined;
    this.open = false;
    this.busy = false;
    /** @type {Settings | null} */
    this.settings = null;
    /** @type {Shown | null} */
    this.shown = null;
    /** A file that could not be loaded, or a bug in this page. @type {string | null} */
    this.failure = null;
    /** @type {string | null} */
    this.nameError = null;
    /** Of the last connection without tampering. @type {import('../../types.js').Recording | null} */
    this.recording = null;
    /** @type {{ tamper: Tamper, inspection: Inspection } | null} */
    this.tampering = null;
    /** @type {Promise<CaseVerifier> | null} */
    this.verifier = null;
    /** Counts verifications and connections: a late result of an earlier one is dropped. */
    this.turn = 0;
    /** @type {AbortController | null} */
    this.controller = null;
  }

  /** @returns {LabCase} */
  get case() {
    if (!this.labCase) throw new Error('The card has no case.');
    return this.labCase;
  }

  get target() {
    return this.config?.targets[this.case.id];
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.controller?.abort();
  }

  /* --- actions ---------------------------------------------------------------------- */

  /**
   * Opens the card and verifies the chain from the lab's files, if there is one.
   * @param {URLSearchParams} [changes] to the settings
   */
  async show(changes = new URLSearchParams()) {
    this.open = true;
    this.settings = settingsFrom(this.case, changes);
    this.#updateAddress();
    if (this.case.hasChain) await this.verify();
    await this.updateComplete;
    this.querySelector('h3 button')?.scrollIntoView({ block: 'start' });
    /** @type {HTMLElement | null} */ (this.querySelector('h3 button'))?.focus({ preventScroll: true });
  }

  #toggle() {
    this.open = !this.open;
    if (!this.open) {
      this.#fire('address', { id: this.case.id, hash: '' });
      return;
    }
    this.settings ??= defaultSettings(this.case);
    this.#updateAddress();
    if (this.shown === null && this.case.hasChain) this.verify();
  }

  /** Verifies the chain from the lab's files. */
  async verify() {
    this.open = true;
    await this.#verify(null);
  }

  /** @param {Inspection | null} live the connection whose chain is verified; null: the chain from the lab's files */
  async #verify(live) {
    const settings = (this.settings ??= defaultSettings(this.case));
    const turn = ++this.turn;
    this.controller?.abort();
    this.busy = false;
    try {
      const verifier = await this.#verifierOf();
      const sent = live?.verification?.sent;
      const chain = sent && sent.length > 0 ? sent.map(({ pem }) => pem).join('') : undefined;
      const verification = await verifier.verify(settings, chain);
      if (turn !== this.turn) return;
      const reverified = live !== null && chain !== undefined;
      this.#show({ verification, error: null, info: null, live: reverified ? live : null, reverified, settings });
    } catch (error) {
      if (turn === this.turn) this.#fail(error);
    }
  }

  /**
   * Connects to the live server with the current settings.
   * @param {Tamper | null} [tamper]
   */
  async connect(tamper = null) {
    const { target, config } = this;
    if (!target || !config) return;
    this.open = true;
    const settings = (this.settings ??= defaultSettings(this.case));
    this.controller?.abort();
    const { signal } = (this.controller = new AbortController());
    const turn = ++this.turn;
    this.busy = true;
    this.failure = null;
    this.#updateAddress();
    try {
      const verifier = await this.#verifierOf();
      const inspection = await inspectLive({ bridge: config.bridge, target, verifier, settings, tamper, signal });
      if (turn !== this.turn) return;
      if (tamper) {
        this.tampering = { tamper, inspection };
        return;
      }
      this.recording = inspection.recording;
      this.tampering = null;
      const { verification, error, info } = inspection;
      this.#show({ verification, error, info, live: inspection, reverified: false, settings });
    } catch (error) {
      if (turn === this.turn) this.#fail(error);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }

  /** @param {Settings} settings */
  #set(settings) {
    this.settings = settings;
    this.#verify(this.shown?.live ?? null);
  }

  #verifierOf() {
    this.verifier ??= CaseVerifier.load(this.case).catch((error) => {
      this.verifier = null;
      throw error;
    });
    return this.verifier;
  }

  /** @param {Shown} shown */
  #show(shown) {
    this.nameError = null;
    this.failure = null;
    this.shown = shown;
    if (this.open) this.#updateAddress(shown.settings);
    this.#fire('announce', this.#outcomeFor(shown).sentence);
  }

  /** @param {unknown} error */
  #fail(error) {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof TLSError && error.code === 'ERR_TLS_INVALID_ADDRESS') this.nameError = text;
    else this.failure = text;
  }

  /** @param {Shown} shown */
  #outcomeFor(shown) {
    return outcomeFor(this.case, shown.settings, {
      ...shown,
      recording: shown.live?.recording,
      bridge: this.config?.bridge ?? '',
    });
  }

  /** @param {Settings | null} [settings] */
  #updateAddress(settings = this.settings) {
    if (settings) this.#fire('address', { id: this.case.id, hash: hashFor(this.case, settings) });
  }

  /** @param {'address' | 'announce'} type @param {Address | string} detail */
  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }

  /* --- rendering ---------------------------------------------------------------------- */

  /** @override */
  render() {
    if (!this.labCase || !this.config) return nothing;
    const { id } = this.labCase;
    const state = { open: this.open, busy: this.busy, live: this.target !== undefined };
    return html`<article class="case ${this.open ? 'case-open' : ''}" data-case=${id}>
      ${caseHead(this.labCase, state, {
        toggle: () => this.#toggle(),
        connect: () => this.connect(),
        cancel: () => this.controller?.abort(),
        verify: () => this.verify(),
      })}
      <div class="case-body" id="${id}-body" ?hidden=${!this.open}>${this.open ? this.#body() : nothing}</div>
    </article>`;
  }

  #body() {
    const { labCase, shown, settings, target } = this;
    if (!labCase || !settings) return nothing;
    const changed = !isDefault(labCase, settings);
    return html`
      <p class="note">
        ${deliveryOf(labCase).explain}${target ? nothing : ' This page has no live server for it: run “npm start” to get one.'}
      </p>
      ${this.failure ? html`<p class="problem" role="alert"><bdi>${visible(this.failure)}</bdi></p>` : nothing}
      ${this.busy ? html`<p class="note">Connecting to ${labCase.hostname} …</p>` : nothing}
      <div class="case-columns">
        <div class="case-found">
          ${shown ? this.#outcome(labCase, shown) : adviceView(labCase)} ${opinionList(labCase, changed)}
        </div>
        <div class="case-change">
          ${
            shown?.verification
              ? html`<pt-lab-controls
                  .labCase=${labCase}
                  .settings=${settings}
                  .verification=${shown.verification}
                  .outcome=${this.#outcomeFor(shown)}
                  .nameError=${this.nameError}
                  @settings=${(/** @type {CustomEvent<Settings>} */ { detail }) => this.#set(detail)}
                ></pt-lab-controls>`
              : nothing
          }
          ${
            target && labCase.kind === 'served'
              ? html`<pt-lab-tamper
                  .labCase=${labCase}
                  .recording=${this.recording}
                  .result=${this.tampering}
                  .busy=${this.busy}
                  @tamper=${(/** @type {CustomEvent<Tamper | null>} */ { detail }) => this.connect(detail)}
                ></pt-lab-tamper>`
              : nothing
          }
        </div>
      </div>
    `;
  }

  /** @param {LabCase} labCase @param {Shown} shown */
  #outcome(labCase, shown) {
    const { verification, error, live, reverified, settings } = shown;
    const found = this.#outcomeFor(shown);
    const fails = found.kind !== 'good' && found.kind !== 'cancelled';
    return shortOutcome(found, {
      verification,
      error,
      advice: fails && isDefault(labCase, settings) ? labCase.advice : null,
      from: provenance(labCase, { live, reverified }),
    });
  }
}
customElements.define('pt-lab-card', LabCard);

/** Advice for a case without an outcome, because it needs a connection. @param {LabCase} labCase */
function adviceView({ advice, hasChain }) {
  return hasChain ? nothing : toDoView(advice);
}
