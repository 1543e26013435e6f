/** DER as an ASN.1 tree next to its octets; those of the focused element are highlighted. */
import { html, nothing } from 'lit';
import { parseAsn1 } from '../model/asn1.js';
import { count } from '../model/format.js';
import { PageElement } from './element.js';
import { hexLines, MAX_HEX_BYTES } from './hex.js';
import { untrusted } from './pieces.js';

/** @typedef {import('../model/asn1.js').Asn1Node} Asn1Node */
/** @typedef {{ node: Asn1Node, level: number, parent: Row | null, position: number, size: number }} Row */

/** Trees with more elements than this start folded below this level, and at elements with more children than this. */
const LARGE_TREE = { elements: 400, level: 4, children: 500 };

/** Octets per line of the hex dump. */
const HEX_WIDTH = { narrow: 8, wide: 16 };

const narrow = matchMedia('(max-width: 44rem)');

/**
 * <pt-asn1>: properties `bytes`, DER; `name` of what they encode, for screen readers.
 */
export class Asn1Element extends PageElement {
  /** @override */
  static properties = {
    bytes: { attribute: false },
    name: {},
    active: { state: true },
    highlighted: { state: true },
    folded: { state: true },
    width: { state: true },
  };

  constructor() {
    super();
    this.bytes = new Uint8Array(0);
    this.name = '';
    /** The focused element. @type {Asn1Node | null} */
    this.active = null;
    /** Whether its octets are highlighted: only after the first focus. */
    this.highlighted = false;
    /** @type {ReadonlySet<Asn1Node>} */
    this.folded = new Set();
    this.width = narrow.matches ? HEX_WIDTH.narrow : HEX_WIDTH.wide;
    /** @type {Asn1Node} */
    this.root = parseAsn1(this.bytes);
  }

  #resized = () => {
    this.width = narrow.matches ? HEX_WIDTH.narrow : HEX_WIDTH.wide;
  };

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    narrow.addEventListener('change', this.#resized);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    narrow.removeEventListener('change', this.#resized);
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('bytes')) return;
    this.root = parseAsn1(this.bytes);
    this.active = this.root;
    this.highlighted = false;
    const all = this.#rows(new Set());
    const deep =
      all.length > LARGE_TREE.elements
        ? all.filter(
            ({ level, node: { children } }) =>
              (level >= LARGE_TREE.level && children.length > 0) || children.length > LARGE_TREE.children,
          )
        : [];
    this.folded = new Set(deep.map(({ node }) => node));
  }

  /** The visible rows. @param {ReadonlySet<Asn1Node>} folded @returns {Row[]} */
  #rows(folded) {
    /** @type {Row[]} */
    const rows = [];
    const add = (/** @type {Asn1Node[]} */ nodes, /** @type {number} */ level, /** @type {Row | null} */ parent) => {
      nodes.forEach((node, i) => {
        const row = { node, level, parent, position: i + 1, size: nodes.length };
        rows.push(row);
        if (!folded.has(node)) add(node.children, level + 1, row);
      });
    };
    add([this.root], 1, null);
    return rows;
  }

  /** @param {Asn1Node} node */
  #toggle(node) {
    const folded = new Set(this.folded);
    if (!folded.delete(node)) folded.add(node);
    this.folded = folded;
  }

  /** @param {Asn1Node} node */
  #focus(node) {
    this.active = node;
    this.highlighted = true;
    this.updateComplete.then(() => {
      const row = this.querySelector('[role="treeitem"][tabindex="0"]');
      if (row instanceof HTMLElement && document.activeElement !== row) row.focus();
      this.#scrollToHighlight();
    });
  }

  /** Scrolls the hex dump only, not the page. */
  #scrollToHighlight() {
    const box = this.querySelector('.hex');
    const mark = box?.querySelector('mark');
    if (!box || !mark) return;
    const top = mark.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (top < 0 || top > box.clientHeight - 40) box.scrollTop += top - box.clientHeight / 3;
  }

  /** Keys of a tree view (ARIA Authoring Practices). @param {KeyboardEvent} event */
  #onKeydown = (event) => {
    const rows = this.#rows(this.folded);
    const at = rows.findIndex(({ node }) => node === this.active);
    const row = rows[at];
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const { node, parent } = row;
    const open = node.children.length > 0 && !this.folded.has(node);
    /** @type {Record<string, () => Asn1Node | undefined | void>} */
    const keys = {
      ArrowDown: () => rows[at + 1]?.node,
      ArrowUp: () => rows[at - 1]?.node,
      Home: () => rows[0].node,
      End: () => rows[rows.length - 1].node,
      ArrowRight: () => (open ? node.children[0] : this.folded.has(node) ? this.#toggle(node) : undefined),
      ArrowLeft: () => (open ? this.#toggle(node) : parent?.node),
      Enter: () => (node.children.length > 0 ? this.#toggle(node) : undefined),
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    const next = keys[event.key]();
    if (next) this.#focus(next);
  };

  /** @override */
  render() {
    const { bytes, active, highlighted } = this;
    const marks = active && highlighted ? marksOf(active) : [];
    const of = this.name && ` of ${this.name}`;
    return html`<div class="asn1">
      <ul class="asn1-tree" role="tree" aria-label=${`ASN.1${of}`} @keydown=${this.#onKeydown}>
        ${this.#rows(this.folded).map((row) => this.#row(row))}
      </ul>
      <pre class="hex" tabindex="0" role="group" aria-label=${`Octets${of}`}>${hexLines(bytes, this.width, marks)}</pre>
      ${bytes.length > MAX_HEX_BYTES ? html`<p class="hex-more">First ${count(MAX_HEX_BYTES, 'byte')} of ${count(bytes.length, 'byte')}.</p>` : nothing}
    </div>`;
  }

  /** @param {Row} row */
  #row({ node, level, position, size }) {
    const isParent = node.children.length > 0;
    const folded = this.folded.has(node);
    return html`<li
      role="treeitem"
      class="asn1-node ${node.error ? 'asn1-bad' : ''}"
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${size}
      aria-expanded=${isParent ? String(!folded) : nothing}
      aria-selected=${String(node === this.active && this.highlighted)}
      tabindex=${node === this.active ? 0 : -1}
      @focus=${() => this.#focus(node)}
      @click=${() => this.#focus(node)}
    >
      <span class="asn1-offset">${node.offset.toString(16).padStart(4, '0')}</span>
      <span class="asn1-fold" aria-hidden="true" @click=${() => isParent && this.#toggle(node)}
        >${' '.repeat(level - 1)}${isParent ? (folded ? '▸' : '▾') : ' '}</span
      >
      <span class="asn1-words">
        <span class="asn1-name">${node.name}</span>
        ${valueView(node)} ${node.remark ? html`<span class="asn1-remark">not DER: ${node.remark}</span>` : nothing}
        ${node.error ? html`<span class="asn1-error">error at byte ${node.offset}: ${node.error}</span>` : nothing}
      </span>
    </li>`;
  }
}

/** @param {Asn1Node} node */
function valueView(node) {
  if (node.encapsulates) return html`<span class="asn1-size">${count(node.length, 'octet')}, contains</span>`;
  if (node.value !== null) return html`<span class="asn1-value">${untrusted(node.value)}</span>`;
  return html`<span class="asn1-size">${count(node.length, 'octet')}</span>`;
}

/** @param {Asn1Node} node @returns {import('./hex.js').Mark[]} */
function marksOf({ offset, header, end }) {
  return [
    { from: offset, to: offset + header, kind: 'hex-header' },
    { from: offset + header, to: end, kind: 'hex-content' },
  ];
}

customElements.define('pt-asn1', Asn1Element);
