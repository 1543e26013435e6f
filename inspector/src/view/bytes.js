/** A message or record: the tree of its fields, and its bytes beside it. */
import { html, nothing } from 'lit';
import { count, visible } from '../model/format.js';
import { PageElement } from './element.js';
import { hexRows } from './hex-bytes.js';

/** @typedef {import('../tls/types.js').Field} Field */

/** A field as a row of the tree. @typedef {{ field: Field, level: number, parent: Field | null, position: number, siblings: number }} Row */

/** How many bytes are shown at first, and how many fields side by side. */
const BYTES = 2048;
const FIELDS = 300;

/** Fields of this level and above are open at first, where there is more than a value inside and not too much. */
const OPEN_LEVELS = 1;
const OPEN_FIELDS = 40;

/** About how high a row of bytes is, in pixels. */
const LINE = 24;

export class Bytes extends PageElement {
  /** @override */
  static properties = {
    bytes: { attribute: false },
    fields: { attribute: false },
    label: {},
    open: { state: true },
    active: { state: true },
    shown: { state: true },
  };

  constructor() {
    super();
    this.bytes = new Uint8Array();
    /** @type {Field[]} */
    this.fields = [];
    /** What it is, for those who do not see it. */
    this.label = '';
    /** Those whose inside is shown. @type {Set<Field>} */
    this.open = new Set();
    /** The one that the keyboard is at. @type {Field | null} */
    this.active = null;
    this.shown = BYTES;
    /** What stands for each byte that is shown. @type {HTMLElement[][]} */
    this.cells = [];
    /** The bytes that are marked. @type {[number, number]} */
    this.marked = [0, 0];
  }

  /** @override @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('fields')) return;
    this.active = null;
    this.open = new Set();
    const visit = (/** @type {Field[]} */ fields, /** @type {number} */ level) => {
      for (const field of fields) {
        const { children } = field;
        const hasMore = children.length > 2 || children.some((child) => child.children.length > 0); // than a length and content
        if (field.malformed || (level <= OPEN_LEVELS && hasMore && children.length <= OPEN_FIELDS))
          this.open.add(field);
        visit(field.children, level + 1);
      }
    };
    visit(this.fields, 1);
  }

  /** @override @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('bytes') || changed.has('shown')) {
      const { rows, cells } = hexRows(this.bytes.subarray(0, this.shown));
      this.querySelector('.dump')?.replaceChildren(rows);
      this.cells = cells;
      this.marked = [0, 0];
    }
    this.mark(this.active);
  }

  /* --- the tree ---------------------------------------------------------------------- */

  /** Those that can be seen, from top to bottom. @returns {Row[]} */
  get rows() {
    /** @type {Row[]} */
    const rows = [];
    const visit = (/** @type {Field[]} */ fields, /** @type {number} */ level, /** @type {Field | null} */ parent) => {
      fields.slice(0, FIELDS).forEach((field, i) => {
        rows.push({ field, level, parent, position: i + 1, siblings: fields.length });
        if (this.open.has(field)) visit(field.children, level + 1, field);
      });
    };
    visit(this.fields, 1, null);
    return rows;
  }

  /** @param {Field} field @param {boolean} [open] the other way round when left out */
  toggle(field, open = !this.open.has(field)) {
    if (field.children.length === 0 || open === this.open.has(field)) return;
    this.open = new Set(this.open);
    if (open) this.open.add(field);
    else this.open.delete(field);
  }

  /** @param {Field | null | undefined} field */
  async goTo(field) {
    if (!field) return;
    this.active = field;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector('.tree-row[tabindex="0"]'))?.focus();
  }

  /** As trees do: ARIA Authoring Practices, tree view. @param {KeyboardEvent} event @param {Row} row */
  onKey(event, { field, parent }) {
    const { rows } = this;
    const at = rows.findIndex((row) => row.field === field);
    const isOpen = this.open.has(field);
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => this.goTo(rows[at + 1]?.field),
      ArrowUp: () => this.goTo(rows[at - 1]?.field),
      Home: () => this.goTo(rows[0].field),
      End: () => this.goTo(rows[rows.length - 1].field),
      ArrowRight: () => (isOpen ? this.goTo(field.children[0]) : this.toggle(field, true)),
      ArrowLeft: () => (isOpen ? this.toggle(field, false) : this.goTo(parent)),
      Enter: () => this.toggle(field),
      ' ': () => this.toggle(field),
    };
    if (!Object.hasOwn(keys, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  }

  /* --- the bytes ---------------------------------------------------------------------- */

  /** Shows which bytes are a field's. @param {Field | null} field */
  mark(field) {
    const [from, to] = field ? [field.from, field.to] : [0, 0];
    if (from === this.marked[0] && to === this.marked[1]) return;
    for (const cell of this.cells.slice(...this.marked).flat()) cell.classList.remove('lit');
    this.marked = [from, to];
    const lit = this.cells.slice(from, to).flat();
    for (const cell of lit) cell.classList.add('lit');
    const box = this.querySelector('.dump');
    if (!box || lit.length === 0) return;
    const above = lit[0].getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (above < 0 || above > box.clientHeight - LINE) box.scrollTop += above - LINE;
  }

  /** The leaf that a byte is in, and all it is inside of. @param {EventTarget | null} target @returns {Field[]} outermost first */
  pathTo(target) {
    const at = target instanceof HTMLElement ? Number(target.dataset.at ?? NaN) : NaN;
    /** @type {Field[]} */
    const path = [];
    for (let fields = this.fields; ;) {
      const inside = fields.find(({ from, to }) => at >= from && at < to);
      if (!inside) return path;
      path.push(inside);
      fields = inside.children;
    }
  }

  /** @param {Event} event */
  onByte(event) {
    const path = this.pathTo(event.target);
    this.open = new Set([...this.open, ...path.slice(0, -1)]);
    this.active = path.at(-1) ?? this.active;
  }

  /* --- the picture ---------------------------------------------------------------------- */

  /** @override */
  render() {
    const { bytes, label, shown } = this;
    const more = bytes.length - shown;
    return html`
      <div class="wire-bytes" @mouseleave=${() => this.mark(this.active)}>
        <div class="tree" role="tree" aria-label=${`Fields: ${label}`}>
          ${this.rows.map((row, i) => this.row(row, this.active ? row.field === this.active : i === 0))}
        </div>
        <div class="dump-frame">
          <div
            class="dump"
            role="group"
            tabindex="0"
            aria-label=${`Bytes in hexadecimal: ${label}`}
            @mouseover=${(/** @type {MouseEvent} */ event) => this.mark(this.pathTo(event.target).at(-1) ?? this.active)}
            @click=${(/** @type {MouseEvent} */ event) => this.onByte(event)}
          ></div>
          ${
            more > 0
              ? html`<button type="button" class="small" @click=${() => (this.shown = shown + 8 * BYTES)}>
                  Show more of ${count(more, 'further byte')}
                </button>`
              : nothing
          }
        </div>
      </div>
    `;
  }

  /** @param {Row} row @param {boolean} inTabOrder */
  row(row, inTabOrder) {
    const { field, level, position, siblings } = row;
    const isOpen = this.open.has(field);
    const isParent = field.children.length > 0;
    return html`
      <div
        class=${`tree-row tree-level-${Math.min(level, 9)}${field.kind === 'malformed' ? ' tree-malformed' : ''}`}
        role="treeitem"
        aria-level=${level}
        aria-posinset=${position}
        aria-setsize=${siblings}
        aria-expanded=${isParent ? isOpen : nothing}
        aria-selected=${field === this.active}
        tabindex=${inTabOrder ? 0 : -1}
        @click=${() => {
          this.toggle(field);
          this.goTo(field);
        }}
        @focus=${() => (this.active = field)}
        @keydown=${(/** @type {KeyboardEvent} */ event) => this.onKey(event, row)}
        @mouseenter=${() => this.mark(field)}
      >
        <span class="tree-name">${visible(field.name)}</span>
        <bdi class=${isHex(field) ? 'tree-value tree-digits' : 'tree-value'}>${visible(field.value)}</bdi>
        <span class="tree-range">${rangeText(field)}</span>
      </div>
      ${
        position === FIELDS && siblings > FIELDS
          ? html`<p class=${`tree-more tree-level-${Math.min(level, 9)}`}>
              and ${count(siblings - FIELDS, 'more field')}
            </p>`
          : nothing
      }
    `;
  }
}

/** Whether its value is digits, not words. @param {Field} field */
function isHex({ value }) {
  return /^[0-9a-f]{8,}(…|$)/.test(value);
}

/** @param {Field} field */
function rangeText({ from, to }) {
  if (to === from) return 'no byte';
  return to - from === 1 ? `byte ${from}` : `bytes ${from}–${to - 1}`;
}

customElements.define('pt-bytes', Bytes);
