/** Small parts that the views share. */
import { html, nothing } from 'lit';
import { octets, referenceUrl, visible } from '../model/format.js';
import { PageElement } from './element.js';

/** @typedef {import('lit').TemplateResult | typeof nothing | string | number} Content */

let ids = 0;

/** For labels: there may be several of an element in a page. @param {string} name */
export function newId(name) {
  return `${name}-${++ids}`;
}

/** Text of strangers, kept apart from the direction of writing around it. @param {string} text */
export function foreign(text) {
  return html`<bdi>${visible(text)}</bdi>`;
}

/** Octets with colons, where a line can break after each. @param {string} hex */
export function octetsView(hex) {
  const [first = '', ...rest] = octets(hex);
  return html`<code class="octets">${first}${rest.map((octet) => html`:<wbr />${octet}`)}</code>`;
}

/**
 * A list of terms and their descriptions; an entry without a description is left out.
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
 * A heading of the level that the place asks for.
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

/** Where a rule is written, as a link if it is an RFC. @param {string} reference */
export function referenceView(reference) {
  const url = referenceUrl(reference);
  if (url) return html`<a href=${url} rel="noreferrer">${reference}</a>`;
  return html`<span>${reference.replace(/^BR /, 'Baseline Requirements, ')}</span>`;
}

/**
 * <pt-details>: something to open, whose content is made at the first opening.
 * Properties: `summary`; `content`, a function; `kind`, a class for the details; `onOpen`, called at each opening.
 */
export class DetailsElement extends PageElement {
  /** @override */
  static properties = {
    summary: { attribute: false },
    content: { attribute: false },
    kind: {},
    onOpen: { attribute: false },
    made: { state: true },
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
    this.made = false;
  }

  /** @param {Event} event */
  #toggled = (event) => {
    if (!(event.target instanceof HTMLDetailsElement) || !event.target.open) return;
    this.made = true;
    this.onOpen?.();
  };

  /** @override */
  render() {
    return html`<details class=${this.kind} @toggle=${this.#toggled}>
      <summary>${this.summary}</summary>
      ${this.made ? html`<div class="disclosed">${this.content()}</div>` : nothing}
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
