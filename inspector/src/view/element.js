/** What the pages' elements have in common. */
import { LitElement } from 'lit';

/**
 * An element whose content is in the document itself: one style sheet, one set of ids for labels, and what a reader
 * selects or searches is one text.
 */
export class PageElement extends LitElement {
  /** @override */
  createRenderRoot() {
    return this;
  }
}
