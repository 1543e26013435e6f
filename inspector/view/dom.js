/** Makes elements. Text always goes in as text. */
import { octets } from '../words.js';

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>} Attributes */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes | null} attributes an attribute that is true is written empty; one that is false, null or undefined is
 *   left out; functions are listeners
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...present(children));
  return element;
}

/** @param {(Child | Child[])[]} children @returns {(Node | string)[]} */
function present(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * A list of terms; those without a description are left out.
 * @param {string} className
 * @param {[string, Child | Child[]][]} entries
 */
export function facts(className, entries) {
  const rows = entries.filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined,
  );
  return h(
    'dl',
    { class: className },
    ...rows.map(([term, value]) => h('div', null, h('dt', null, term), h('dd', null, value))),
  );
}

/** Text of strangers, kept apart from the direction of writing around it. @param {string} text */
export function foreign(text) {
  return h('bdi', null, text);
}

/** @param {string} text @param {string} [className] */
export function code(text, className) {
  return h('code', { class: className }, text);
}

/** Octets with colons, where a line can break after each. @param {string} hex */
export function octetsView(hex) {
  const [first, ...rest] = octets(hex);
  return h('code', null, first, ...rest.flatMap((octet) => [':', h('wbr', null), octet]));
}

/**
 * Something to open. What is in it is made at the first opening.
 * @param {string} className
 * @param {Child | Child[]} summary
 * @param {() => Child | Child[]} content
 */
export function disclosure(className, summary, content) {
  const body = h('div', { class: 'disclosed' });
  let made = false;
  const details = h(
    'details',
    {
      class: className,
      toggle: () => {
        if (!made && details.open) {
          made = true;
          body.append(...present([content()]));
        }
      },
    },
    h('summary', null, summary),
    body,
  );
  return details;
}
