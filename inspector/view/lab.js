/** The list of the lab's servers. */
import { h } from './dom.js';

/** @typedef {import('../inspect.js').LabEntry} LabEntry */

const MARKS = { good: '✓', bad: '✕', fails: '!' };
const WORDS = { good: 'good', bad: 'not good', fails: 'no handshake' };

/** @param {LabEntry[]} entries */
export function labView(entries) {
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const wide = matchMedia('(min-width: 60rem)');
  const details = h(
    'details',
    { class: 'lab', open: wide.matches },
    h('summary', null, h('h2', null, 'The lab')),
    h('p', { class: 'lead' }, 'Servers on this computer. Each is right or wrong in a way of its own.'),
    ...groups.map((group) =>
      h(
        'section',
        null,
        h('h3', null, group),
        h('ul', null, ...entries.filter((entry) => entry.group === group).map(labItem)),
      ),
    ),
  );
  wide.addEventListener('change', () => {
    details.open = wide.matches;
  });
  // Where the list lies above the result, it makes way.
  details.addEventListener('click', ({ target }) => {
    if (!wide.matches && target instanceof Element && target.closest('a')) details.open = false;
  });
  return details;
}

/** @param {LabEntry} entry */
function labItem({ id, hostname, title, explain, expected }) {
  return h(
    'li',
    null,
    h(
      'a',
      { href: `#${hostname}`, title: explain, 'data-lab': id },
      h('span', { class: `dot dot-${expected}`, 'aria-hidden': 'true' }, MARKS[expected]),
      h('span', null, title, h('span', { class: 'visually-hidden' }, ` (${WORDS[expected]})`)),
    ),
  );
}

/**
 * Marks the one that is being looked at.
 * @param {Element} lab
 * @param {string | null} id
 */
export function markCurrent(lab, id) {
  for (const link of lab.querySelectorAll('a[data-lab]')) {
    if (link.getAttribute('data-lab') === id) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}
