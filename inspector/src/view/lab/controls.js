/** The validation settings of a case: the outcome follows each change. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { isDefault, clockRange, defaultSettings } from '../../model/lab.js';
import { MARKS } from '../../model/lab-format.js';
import { count, day, DAY_MS, generalName, moment, visible } from '../../model/format.js';
import { PageElement } from '../element.js';
import { endsView, spansView } from '../spans.js';

/** @typedef {import('../../types.js').LabCase} LabCase */
/** @typedef {import('../../types.js').Verification} Verification */
/** @typedef {import('../../model/lab.js').Settings} Settings */
/** @typedef {import('../../model/format.js').Outcome} Outcome */

/** Names of the certificate that are shown as buttons. */
const MAX_NAME_BUTTONS = 8;

const TRUST = { lab: 'The case’s own root', none: 'Nothing', mozilla: 'Mozilla’s root list' };
const PROFILES = {
  auto: 'automatic',
  webpki: 'Web PKI',
  private: 'private CA',
  rfc5280: 'RFC 5280 only (less strict)',
  suiteb: 'Suite B',
};

/**
 * Fires `settings` at every change; `detail` has the new settings.
 */
export class LabControls extends PageElement {
  /** @override */
  static properties = {
    labCase: { attribute: false },
    settings: { attribute: false },
    verification: { attribute: false },
    outcome: { attribute: false },
    nameError: { attribute: false },
  };

  constructor() {
    super();
    /** @type {LabCase | undefined} */
    this.labCase = undefined;
    /** @type {Settings | undefined} */
    this.settings = undefined;
    /** Its chain's names and dates are offered. @type {Verification | null} */
    this.verification = null;
    /** Its sentence is repeated here on narrow screens, where the card's outcome is out of sight. @type {Outcome | null} */
    this.outcome = null;
    /** Why the host name cannot be used. @type {string | null} */
    this.nameError = null;
  }

  /** @param {Partial<Settings>} change */
  #change(change) {
    this.dispatchEvent(new CustomEvent('settings', { detail: { ...this.settings, ...change } }));
  }

  /** @override */
  render() {
    const { labCase, settings } = this;
    if (!labCase || !settings) return nothing;
    return html`<div class="controls" role="group" aria-label="Validation settings">
      <div class="controls-head">
        <h4>Validation settings</h4>
        <button
          type="button"
          class="small"
          ?disabled=${isDefault(labCase, settings)}
          @click=${() => this.#change(defaultSettings(labCase))}
        >
          Reset
        </button>
      </div>
      ${this.#clock(labCase, settings)} ${this.#name(labCase, settings)}
      <div class="control-row">
        ${this.#choice('Trust anchors', 'trust', TRUST, settings.trust)}
        ${this.#choice('Rules', 'profile', PROFILES, settings.profile)}
        ${labCase.hasCrl ? this.#crl(settings) : nothing}
      </div>
      ${
        this.outcome
          ? html`<p class="controls-outcome tone-${this.outcome.kind}" aria-hidden="true">
              <span class="mark">${MARKS[this.outcome.kind]}</span><bdi>${this.outcome.sentence}</bdi>
            </p>`
          : nothing
      }
    </div>`;
  }

  /** @param {LabCase} labCase @param {Settings} settings */
  #clock({ id }, { now }) {
    const times = this.verification && clockRange(this.verification);
    const first = Math.floor((times?.from.getTime() ?? now.getTime()) / DAY_MS);
    const last = Math.ceil((times?.to.getTime() ?? now.getTime()) / DAY_MS);
    const noon = (/** @type {number} */ milliseconds) =>
      new Date(Math.floor(milliseconds / DAY_MS) * DAY_MS + DAY_MS / 2);
    return html`<div class="control">
      <label for="${id}-clock">Clock</label>
      <span class="control-value">${moment(now)}</span>
      ${times ? spansView(times.spans, times, now, this.verification) : nothing}
      <input
        id="${id}-clock"
        type="range"
        min=${first}
        max=${last}
        step="1"
        .value=${live(String(Math.floor(now.getTime() / DAY_MS)))}
        aria-valuetext=${day(now)}
        @input=${(/** @type {InputEvent} */ event) => this.#change({ now: noon(Number(valueOf(event)) * DAY_MS) })}
      />
      ${times ? endsView(times) : nothing}
      <div class="control-more">
        <label for="${id}-date">Day</label>
        <input
          id="${id}-date"
          type="date"
          .value=${live(now.toISOString().slice(0, 10))}
          @input=${(/** @type {InputEvent} */ event) => {
            const time = Date.parse(valueOf(event));
            if (!Number.isNaN(time)) this.#change({ now: noon(time) });
          }}
        />
        <button type="button" class="small" @click=${() => this.#change({ now: new Date() })}>Now</button>
        <span class="note">Each bar is the validity of one certificate, leaf first.</span>
      </div>
    </div>`;
  }

  /** @param {LabCase} labCase @param {Settings} settings */
  #name({ id }, { hostname }) {
    const names = (this.verification?.sent[0]?.subjectAltName ?? [])
      .filter(({ type }) => type === 'dNSName' || type === 'iPAddress')
      .map((name) => generalName(name).value);
    const more = names.length - MAX_NAME_BUTTONS;
    return html`<div class="control">
      <label for="${id}-name">Host name</label>
      <input
        id="${id}-name"
        type="text"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        .value=${live(hostname)}
        aria-invalid=${this.nameError ? 'true' : 'false'}
        aria-describedby="${id}-name-error"
        @input=${(/** @type {InputEvent} */ event) => this.#change({ hostname: valueOf(event).trim() })}
      />
      <p class="field-error" id="${id}-name-error" ?hidden=${this.nameError === null}>
        <bdi>${visible(this.nameError ?? '')}</bdi>
      </p>
      ${
        names.length > 0
          ? html`<p class="name-buttons">
              <span>In the certificate:</span>
              ${names.slice(0, MAX_NAME_BUTTONS).map(
                (name) =>
                  html`<button
                    type="button"
                    class="small"
                    @click=${() => this.#change({ hostname: matchingHost(name) })}
                  >
                    <bdi>${name}</bdi>
                  </button>`,
              )}
              ${more > 0 ? html`<span>and ${count(more, 'more name')}</span>` : nothing}
            </p>`
          : nothing
      }
    </div>`;
  }

  /**
   * @param {string} legend
   * @param {'trust' | 'profile'} key
   * @param {Record<string, string>} choices
   * @param {string} chosen
   */
  #choice(legend, key, choices, chosen) {
    return html`<fieldset class="control">
      <legend>${legend}</legend>
      ${Object.entries(choices).map(
        ([value, text]) =>
          html`<label class="choice"
            ><input
              type="radio"
              name="${this.labCase?.id}-${key}"
              value=${value}
              .checked=${live(value === chosen)}
              @change=${() => this.#change(/** @type {Partial<Settings>} */ ({ [key]: value }))}
            />${text}</label
          >`,
      )}
    </fieldset>`;
  }

  /** @param {Settings} settings */
  #crl({ crl }) {
    return html`<fieldset class="control">
      <legend>Revocation</legend>
      <label class="choice"
        ><input
          type="checkbox"
          .checked=${live(crl)}
          @change=${(/** @type {Event} */ event) =>
            this.#change({ crl: /** @type {HTMLInputElement} */ (event.target).checked })}
        />Use the case’s CRLs</label
      >
    </fieldset>`;
  }
}
customElements.define('pt-lab-controls', LabControls);

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}

/** A host name that matches a name in a certificate. @param {string} name */
function matchingHost(name) {
  return name.startsWith('*.') ? `any${name.slice(1)}` : name;
}
