/** The base class of the pages' elements. */
import { LitElement } from 'lit';

/**
 * An element without a shadow root: all share one style sheet and one set of ids for labels, and text selection and search
 * work across them.
 */
export class PageElement extends LitElement {
  /** @override */
  createRenderRoot() {
    return this;
  }
}
