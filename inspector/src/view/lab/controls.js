/** What a chain is judged by, to change while one watches the outcome. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { isUsual, timesOf, usualSettings } from '../../model/lab.js';
import { MARKS } from '../../model/lab-words.js';
import { count, day, generalName, moment } from '../../model/format.js';
import { PageElement } from '../element.js';
import { endsView, spansView } from '../spans.js';

/** @typedef {import('../../types.js').LabCase} LabCase */
/** @typedef {import('../../types.js').Verification} Verification */
/** @typedef {import('../../model/lab.js').Settings} Settings */
/** @typedef {import('../../model/format.js').Outcome} Outcome */

const DAY = 86_400_000;
/** Names of a certificate that have a button each. */
const NAMES = 8;

const TRUST = { lab: 'The case’s own root', none: 'Nobody', mozilla: 'Mozilla’s list' };
const PROFILES = { webpki: 'webpki', rfc5280: 'rfc5280', suiteb: 'suiteb' };

/**
 * Fires `settings`, with the new ones as its detail, at every change.
 */
export class LabControls extends PageElement {
  /** @override */
  static properties = {
    one: { attribute: false },
    settings: { attribute: false },
    verification: { attribute: false },
    outcome: { attribute: false },
    nameError: { attribute: false },
  };

  constructor() {
    super();
    /** @type {LabCase | undefined} */
    this.one = undefined;
    /** @type {Settings | undefined} */
    this.settings = undefined;
    /** Of the chain that is judged: its names and dates are offered. @type {Verification | null} */
    this.verification = null;
    /** On that chain: where the whole of it is out of sight, its sentence is here too. @type {Outcome | null} */
    this.outcome = null;
    /** What is wrong with the host name. @type {string | null} */
    this.nameError = null;
  }

  /** @param {Partial<Settings>} change */
  #change(change) {
    this.dispatchEvent(new CustomEvent('settings', { detail: { ...this.settings, ...change } }));
  }

  /** @override */
  render() {
    const { one, settings } = this;
    if (!one || !settings) return nothing;
    return html`<div class="controls" role="group" aria-label="What it is judged by">
      <div class="controls-head">
        <h4>Change what it is judged by</h4>
        <button
          type="button"
          class="small"
          ?disabled=${isUsual(one, settings)}
          @click=${() => this.#change(usualSettings(one))}
        >
          Back to the case
        </button>
      </div>
      ${this.#clock(one, settings)} ${this.#name(one, settings)}
      <div class="control-row">
        ${this.#choice('Trusted', 'trust', TRUST, settings.trust)}
        ${this.#choice('Rules', 'profile', PROFILES, settings.profile)} ${one.hasCrl ? this.#crl(settings) : nothing}
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

  /** @param {LabCase} one @param {Settings} settings */
  #clock({ id }, { now }) {
    const times = this.verification && timesOf(this.verification);
    const first = Math.floor((times?.from.getTime() ?? now.getTime()) / DAY);
    const last = Math.ceil((times?.to.getTime() ?? now.getTime()) / DAY);
    const noon = (/** @type {number} */ milliseconds) => new Date(Math.floor(milliseconds / DAY) * DAY + DAY / 2);
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
        .value=${live(String(Math.floor(now.getTime() / DAY)))}
        aria-valuetext=${day(now)}
        @input=${(/** @type {InputEvent} */ event) => this.#change({ now: noon(Number(valueOf(event)) * DAY) })}
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
        <span class="note">The bars are the certificates, the leaf at the top: when each of them holds.</span>
      </div>
    </div>`;
  }

  /** @param {LabCase} one @param {Settings} settings */
  #name({ id }, { hostname }) {
    const names = (this.verification?.sent[0]?.subjectAltName ?? [])
      .filter(({ type }) => type === 'dNSName' || type === 'iPAddress')
      .map((name) => generalName(name).value);
    const more = names.length - NAMES;
    return html`<div class="control">
      <label for="${id}-name">Host name asked for</label>
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
      <p class="field-error" id="${id}-name-error" ?hidden=${this.nameError === null}>${this.nameError}</p>
      ${
        names.length > 0
          ? html`<p class="name-buttons">
              <span>In the certificate:</span>
              ${names.slice(0, NAMES).map(
                (name) =>
                  html`<button type="button" class="small" @click=${() => this.#change({ hostname: asHost(name) })}>
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
              name="${this.one?.id}-${key}"
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
        />Use the case’s revocation lists</label
      >
    </fieldset>`;
  }
}
customElements.define('pt-lab-controls', LabControls);

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}

/** A host that a name in a certificate stands for. @param {string} name */
function asHost(name) {
  return name.startsWith('*.') ? `any${name.slice(1)}` : name;
}
