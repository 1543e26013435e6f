/** A message or record: its fields as a tree, next to its bytes. */
import { html, nothing } from 'lit';
import { count, visible } from '../model/format.js';
import { PageElement } from './element.js';
import { hexRows } from './hex-bytes.js';

/** @typedef {import('../tls/types.js').Field} Field */

/** A field as a row of the tree. @typedef {{ field: Field, level: number, parent: Field | null, position: number, siblings: number }} Row */

/** Bytes shown at first, and added by “Show more”. */
const INITIAL_BYTES = 2048;
const MORE_BYTES = 8 * INITIAL_BYTES;

/** Fields shown per parent. */
const MAX_FIELDS = 300;

/** Initially open: fields down to this level that have more than a value in them, and at most this many fields. */
const OPEN_LEVELS = 1;
const OPEN_FIELDS = 40;

/** Approximate height of a row of bytes, in pixels. */
const ROW_HEIGHT = 24;

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
    /** For screen readers. */
    this.label = '';
    /** Fields whose children are shown. @type {Set<Field>} */
    this.open = new Set();
    /** The focused field. @type {Field | null} */
    this.active = null;
    this.shown = INITIAL_BYTES;
    /** The elements of each shown byte. @type {HTMLElement[][]} */
    this.cells = [];
    /** Start and end of the highlighted bytes. @type {[number, number]} */
    this.highlighted = [0, 0];
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
      this.highlighted = [0, 0];
    }
    this.highlight(this.active);
  }

  /* --- the tree ---------------------------------------------------------------------- */

  /** The visible rows, top to bottom. @returns {Row[]} */
  get rows() {
    /** @type {Row[]} */
    const rows = [];
    const visit = (/** @type {Field[]} */ fields, /** @type {number} */ level, /** @type {Field | null} */ parent) => {
      fields.slice(0, MAX_FIELDS).forEach((field, i) => {
        rows.push({ field, level, parent, position: i + 1, siblings: fields.length });
        if (this.open.has(field)) visit(field.children, level + 1, field);
      });
    };
    visit(this.fields, 1, null);
    return rows;
  }

  /** @param {Field} field @param {boolean} [open] default: the opposite of now */
  toggle(field, open = !this.open.has(field)) {
    if (field.children.length === 0 || open === this.open.has(field)) return;
    this.open = new Set(this.open);
    if (open) this.open.add(field);
    else this.open.delete(field);
  }

  /** @param {Field | null | undefined} field */
  async focusField(field) {
    if (!field) return;
    this.active = field;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector('.tree-row[tabindex="0"]'))?.focus();
  }

  /** Keys of a tree view (ARIA Authoring Practices). @param {KeyboardEvent} event @param {Row} row */
  onKeydown(event, { field, parent }) {
    const { rows } = this;
    const at = rows.findIndex((row) => row.field === field);
    const isOpen = this.open.has(field);
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => this.focusField(rows[at + 1]?.field),
      ArrowUp: () => this.focusField(rows[at - 1]?.field),
      Home: () => this.focusField(rows[0].field),
      End: () => this.focusField(rows[rows.length - 1].field),
      ArrowRight: () => (isOpen ? this.focusField(field.children[0]) : this.toggle(field, true)),
      ArrowLeft: () => (isOpen ? this.toggle(field, false) : this.focusField(parent)),
      Enter: () => this.toggle(field),
      ' ': () => this.toggle(field),
    };
    if (!Object.hasOwn(keys, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  }

  /* --- the bytes ---------------------------------------------------------------------- */

  /** Highlights the bytes of a field. @param {Field | null} field */
  highlight(field) {
    const [from, to] = field ? [field.from, field.to] : [0, 0];
    if (from === this.highlighted[0] && to === this.highlighted[1]) return;
    for (const cell of this.cells.slice(...this.highlighted).flat()) cell.classList.remove('lit');
    this.highlighted = [from, to];
    const lit = this.cells.slice(from, to).flat();
    for (const cell of lit) cell.classList.add('lit');
    const box = this.querySelector('.dump');
    if (!box || lit.length === 0) return;
    const above = lit[0].getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (above < 0 || above > box.clientHeight - ROW_HEIGHT) box.scrollTop += above - ROW_HEIGHT;
  }

  /** The fields that contain a byte. @param {EventTarget | null} target its element @returns {Field[]} outermost first */
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

  /* --- rendering ---------------------------------------------------------------------- */

  /** @override */
  render() {
    const { bytes, label, shown } = this;
    const more = bytes.length - shown;
    return html`
      <div class="wire-bytes" @mouseleave=${() => this.highlight(this.active)}>
        <div class="tree" role="tree" aria-label=${`Fields: ${label}`}>
          ${this.rows.map((row, i) => this.row(row, this.active ? row.field === this.active : i === 0))}
        </div>
        <div class="dump-frame">
          <div
            class="dump"
            role="group"
            tabindex="0"
            aria-label=${`Bytes in hexadecimal: ${label}`}
            @mouseover=${(/** @type {MouseEvent} */ event) => this.highlight(this.pathTo(event.target).at(-1) ?? this.active)}
            @click=${(/** @type {MouseEvent} */ event) => this.onByte(event)}
          ></div>
          ${
            more > 0
              ? html`<button type="button" class="small" @click=${() => (this.shown = shown + MORE_BYTES)}>
                  Show more (${count(more, 'byte')} left)
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
          this.focusField(field);
        }}
        @focus=${() => (this.active = field)}
        @keydown=${(/** @type {KeyboardEvent} */ event) => this.onKeydown(event, row)}
        @mouseenter=${() => this.highlight(field)}
      >
        <bdi class="tree-name">${visible(field.name)}</bdi>
        <bdi class=${isHex(field) ? 'tree-value tree-digits' : 'tree-value'}>${visible(field.value)}</bdi>
        <span class="tree-range">${rangeText(field)}</span>
      </div>
      ${
        position === MAX_FIELDS && siblings > MAX_FIELDS
          ? html`<p class=${`tree-more tree-level-${Math.min(level, 9)}`}>
              and ${count(siblings - MAX_FIELDS, 'more field')}
            </p>`
          : nothing
      }
    `;
  }
}

/** Whether the value is hexadecimal digits rather than words. @param {Field} field */
function isHex({ value }) {
  return /^[0-9a-f]{8,}(…|$)/.test(value);
}

/** @param {Field} field */
function rangeText({ from, to }) {
  if (to === from) return 'no bytes';
  return to - from === 1 ? `byte ${from}` : `bytes ${from}–${to - 1}`;
}

customElements.define('pt-bytes', Bytes);
