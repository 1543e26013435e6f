/** One case of the lab: what it is about, its outcome, and what one can change about it. */
import { html, nothing } from 'lit';
import { hashOf, isUsual, CaseVerifier, settingsOf, usualSettings } from '../../model/lab.js';
import { inspectLive } from '../../model/lab-inspect.js';
import { provenance, reachOf, outcomeFor } from '../../model/lab-words.js';
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
 * What a card shows: a outcome, where it comes from, and what it was judged by.
 * @typedef {object} Shown
 * @property {Verification | null} verification
 * @property {TLSError | null} error
 * @property {Inspection['info']} info
 * @property {Inspection | null} live the connection that the chain is from
 * @property {boolean} reverified
 * @property {Settings} settings
 */

/** The part of the page's address after #, for a case; empty when it is closed. @typedef {{ id: string, hash: string }} Address */

/**
 * Fires `address` with the Address of what it shows, `say` with what is to be read out, and bubbles both.
 */
export class LabCard extends PageElement {
  /** @override */
  static properties = {
    one: { attribute: false },
    config: { attribute: false },
    open: { state: true },
    busy: { state: true },
    settings: { state: true },
    shown: { state: true },
    problem: { state: true },
    nameError: { state: true },
    recording: { state: true },
    outcome: { state: true },
  };

  constructor() {
    super();
    /** @type {LabCase | undefined} */
    this.one = undefined;
    /** @type {Config | undefined} */
    this.config = undefined;
    this.open = false;
    this.busy = false;
    /** @type {Settings | null} */
    this.settings = null;
    /** @type {Shown | null} */
    this.shown = null;
    /** A file that could not be loaded, or a mistake of this page. @type {string | null} */
    this.problem = null;
    /** @type {string | null} */
    this.nameError = null;
    /** Of the last connection that nobody changed. @type {import('../../types.js').Recording | null} */
    this.recording = null;
    /** @type {{ tamper: Tamper, result: Inspection } | null} */
    this.outcome = null;
    /** @type {Promise<CaseVerifier> | null} */
    this.verifier = null;
    /** Of what was asked for last: what comes later for an earlier question is dropped. */
    this.question = 0;
    /** @type {AbortController | null} */
    this.controller = null;
  }

  /** @returns {LabCase} */
  get case() {
    if (!this.one) throw new Error('a card without a case');
    return this.one;
  }

  get target() {
    return this.config?.targets[this.case.id];
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.controller?.abort();
  }

  /* --- what one does ---------------------------------------------------------------------- */

  /**
   * Opens it, and judges the chain of its files, if there is one.
   * @param {URLSearchParams} [changes] to what it is judged by
   */
  async show(changes = new URLSearchParams()) {
    this.open = true;
    this.settings = settingsOf(this.case, changes);
    this.#announceAddress();
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
    this.settings ??= usualSettings(this.case);
    this.#announceAddress();
    if (this.shown === null && this.case.hasChain) this.verify();
  }

  /** Judges the chain of the files. */
  async verify() {
    this.open = true;
    await this.#verify(null);
  }

  /** @param {Inspection | null} live whose chain is judged; that of the files without one */
  async #verify(live) {
    const settings = (this.settings ??= usualSettings(this.case));
    const question = ++this.question;
    this.controller?.abort();
    this.busy = false;
    try {
      const verifier = await this.#verifierOf();
      const sent = live?.verification?.sent;
      const chain = sent && sent.length > 0 ? sent.map(({ pem }) => pem).join('') : undefined;
      const verification = await verifier.verify(settings, chain);
      if (question !== this.question) return;
      const reverified = live !== null && chain !== undefined;
      this.#show({ verification, error: null, info: null, live: reverified ? live : null, reverified, settings });
    } catch (error) {
      if (question === this.question) this.#refuse(error);
    }
  }

  /**
   * Connects to the server, with what is set.
   * @param {Tamper | null} [tamper]
   */
  async connect(tamper = null) {
    const { target, config } = this;
    if (!target || !config) return;
    this.open = true;
    const settings = (this.settings ??= usualSettings(this.case));
    this.controller?.abort();
    const { signal } = (this.controller = new AbortController());
    const question = ++this.question;
    this.busy = true;
    this.problem = null;
    this.#announceAddress();
    try {
      const verifier = await this.#verifierOf();
      const result = await inspectLive({ bridge: config.bridge, target, verifier, settings, tamper, signal });
      if (question !== this.question) return;
      if (tamper) {
        this.outcome = { tamper, result };
        return;
      }
      this.recording = result.recording;
      this.outcome = null;
      const { verification, error, info } = result;
      this.#show({ verification, error, info, live: result, reverified: false, settings });
    } catch (error) {
      if (question === this.question) this.#refuse(error);
    } finally {
      if (question === this.question) this.busy = false;
    }
  }

  /** @param {Settings} settings */
  #set(settings) {
    this.settings = settings;
    this.#announceAddress();
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
    this.problem = null;
    this.shown = shown;
    this.#fire('say', this.#outcomeFor(shown).sentence);
  }

  /** @param {unknown} error */
  #refuse(error) {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof TLSError && error.code === 'ERR_TLS_INVALID_ADDRESS') this.nameError = text;
    else this.problem = text;
  }

  /** @param {Shown} shown */
  #outcomeFor(shown) {
    return outcomeFor(shown.settings, {
      ...shown,
      recording: shown.live?.recording,
      bridge: this.config?.bridge ?? '',
    });
  }

  #announceAddress() {
    if (this.settings) this.#fire('address', { id: this.case.id, hash: hashOf(this.case, this.settings) });
  }

  /** @param {'address' | 'say'} type @param {Address | string} detail */
  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }

  /* --- how it looks ---------------------------------------------------------------------- */

  /** @override */
  render() {
    if (!this.one || !this.config) return nothing;
    const { id } = this.one;
    const state = { open: this.open, busy: this.busy, live: this.target !== undefined };
    return html`<article class="case ${this.open ? 'case-open' : ''}" data-case=${id}>
      ${caseHead(this.one, state, {
        toggle: () => this.#toggle(),
        connect: () => this.connect(),
        cancel: () => this.controller?.abort(),
        verify: () => this.verify(),
      })}
      <div class="case-body" id="${id}-body" ?hidden=${!this.open}>${this.open ? this.#body() : nothing}</div>
    </article>`;
  }

  #body() {
    const { one, shown, settings, target } = this;
    if (!one || !settings) return nothing;
    const changed = !isUsual(one, settings);
    return html`
      <p class="note">
        ${reachOf(one).explain}${target ? nothing : ' There is no live server behind this page: “npm start” has one for each case.'}
      </p>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${this.busy ? html`<p class="note">Connecting to ${one.hostname} …</p>` : nothing}
      <div class="case-columns">
        <div class="case-found">
          ${shown ? this.#outcome(one, shown) : adviceView(one)} ${opinionList(one, changed)}
        </div>
        <div class="case-change">
          ${
            shown?.verification
              ? html`<pt-lab-controls
                  .one=${one}
                  .settings=${settings}
                  .verification=${shown.verification}
                  .outcome=${this.#outcomeFor(shown)}
                  .nameError=${this.nameError}
                  @settings=${(/** @type {CustomEvent<Settings>} */ { detail }) => this.#set(detail)}
                ></pt-lab-controls>`
              : nothing
          }
          ${
            target && one.kind === 'served'
              ? html`<pt-lab-tamper
                  .one=${one}
                  .recording=${this.recording}
                  .outcome=${this.outcome}
                  .busy=${this.busy}
                  @tamper=${(/** @type {CustomEvent<Tamper | null>} */ { detail }) => this.connect(detail)}
                ></pt-lab-tamper>`
              : nothing
          }
        </div>
      </div>
    `;
  }

  /** @param {LabCase} one @param {Shown} shown */
  #outcome(one, shown) {
    const { verification, error, live, reverified, settings } = shown;
    const found = this.#outcomeFor(shown);
    const fails = found.kind !== 'good' && found.kind !== 'cancelled';
    return shortOutcome(found, {
      verification,
      error,
      advice: fails && isUsual(one, settings) ? one.advice : null,
      from: provenance(one, { live, reverified }),
    });
  }
}
customElements.define('pt-lab-card', LabCard);

/** For where no outcome says it: nobody has connected yet, or nobody can from here. @param {LabCase} one */
function adviceView({ advice, hasChain }) {
  return hasChain ? nothing : toDoView(advice);
}
