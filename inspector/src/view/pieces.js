/** Small templates that the views share. */
import { html, nothing } from 'lit';
import { octets, referenceUrl, visible } from '../model/format.js';
import { PageElement } from './element.js';

/** @typedef {import('lit').TemplateResult | typeof nothing | string | number} Content */

let ids = 0;

/** A unique id, for labels: a page can have several of an element. @param {string} name */
export function newId(name) {
  return `${name}-${++ids}`;
}

/** Untrusted text: control characters are made visible, and its text direction is isolated. @param {string} text */
export function untrusted(text) {
  return html`<bdi>${visible(text)}</bdi>`;
}

/** A problem's message: no line breaks inside a time. @param {string} text */
export function messageView(text) {
  const parts = visible(text).split(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/);
  return html`<bdi>${parts.map((part, i) => (i % 2 === 1 ? html`<span class="unbroken">${part}</span>` : part))}</bdi>`;
}

/** Octets separated by colons; lines can break after each. @param {string} hex */
export function octetsView(hex) {
  const [first = '', ...rest] = octets(hex);
  return html`<code class="octets">${first}${rest.map((octet) => html`:<wbr />${octet}`)}</code>`;
}

/**
 * A list of terms and their descriptions, without the terms that have no description.
 * @param {[term: string, description: Content | Content[] | null | undefined][]} rows
 * @param {string} [className]
 */
export function facts(rows, className = 'facts') {
  const shown = rows.filter(([, content]) => content !== null && content !== undefined && content !== nothing);
  return html`<dl class=${className}>
    ${shown.map(
      ([term, content]) =>
        html`<div>
          <dt>${term}</dt>
          <dd data-field=${fieldName(term)}>${content}</dd>
        </div>`,
    )}
  </dl>`;
}

/** @param {string} term */
function fieldName(term) {
  return term.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/**
 * @param {number} level 2 to 6
 * @param {Content | Content[]} content
 */
export function heading(level, content) {
  switch (level) {
    case 2:
      return html`<h2>${content}</h2>`;
    case 3:
      return html`<h3>${content}</h3>`;
    case 4:
      return html`<h4>${content}</h4>`;
    case 5:
      return html`<h5>${content}</h5>`;
    default:
      return html`<h6>${content}</h6>`;
  }
}

/** The reference of a rule; a link if it is an RFC. @param {string} reference */
export function referenceView(reference) {
  const url = referenceUrl(reference);
  if (url) return html`<a href=${url} rel="noreferrer">${reference}</a>`;
  return html`<span>${reference.replace(/^BR /, 'Baseline Requirements, ')}</span>`;
}

/**
 * <pt-details>: a <details> that renders its content when it is first opened.
 * Properties: `summary`; `content`, a function; `kind`, a class for the details; `onOpen`, called at each opening.
 */
export class DetailsElement extends PageElement {
  /** @override */
  static properties = {
    summary: { attribute: false },
    content: { attribute: false },
    kind: {},
    onOpen: { attribute: false },
    rendered: { state: true },
  };

  constructor() {
    super();
    /** @type {Content | Content[]} */
    this.summary = '';
    /** @type {() => Content | Content[]} */
    this.content = () => nothing;
    this.kind = 'more';
    /** @type {(() => void) | null} */
    this.onOpen = null;
    this.rendered = false;
  }

  /** @param {Event} event */
  #onToggle = (event) => {
    if (!(event.target instanceof HTMLDetailsElement) || !event.target.open) return;
    this.rendered = true;
    this.onOpen?.();
  };

  /** @override */
  render() {
    return html`<details class=${this.kind} @toggle=${this.#onToggle}>
      <summary>${this.summary}</summary>
      ${this.rendered ? html`<div class="disclosed">${this.content()}</div>` : nothing}
    </details>`;
  }
}

customElements.define('pt-details', DetailsElement);

/**
 * @param {Content | Content[]} summary
 * @param {() => Content | Content[]} content
 * @param {string} [kind]
 */
export function details(summary, content, kind = 'more') {
  return html`<pt-details .summary=${summary} .content=${content} kind=${kind}></pt-details>`;
}
