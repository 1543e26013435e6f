/** Reads and writes on an HTTPS server behind a private CA. In your project: 'pagetls' and 'pagetls/fetch'. */
import { TrustStore } from '../../dist/index.js';
import { createFetch } from '../../dist/fetch/index.js';

/** From your server: the bridge, and the certificate of your CA in PEM. */
const { bridge, url, ca } = await (await fetch('config.json')).json();

/** @template {Element} T @param {string} selector @returns {T} */
const find = (selector) => /** @type {T} */ (document.querySelector(selector));

/** @type {HTMLFormElement} */
const form = find('form');
const { elements } = /** @type {{elements: any}} */ (form);
elements.url.value = `${url}/orders.json`;
elements.ca.value = ca;
/** @type {HTMLButtonElement} */
const button = find('button');
button.disabled = false;

elements.method.addEventListener('change', () => {
  const isPut = elements.method.value === 'PUT';
  elements.body.parentElement.hidden = !isPut;
  elements.url.value = `${url}/${elements.method.value === 'GET' ? 'orders.json' : 'notes/page.txt'}`;
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    const privateFetch = createFetch({ bridge, trust: await TrustStore.from(elements.ca.value) });
    const method = elements.method.value;
    const body = method === 'PUT' ? elements.body.value : null;
    const response = await privateFetch(elements.url.value, { method, body, signal: AbortSignal.timeout(10_000) });
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    show(`${response.status} ${response.statusText}`, headers, await response.text());
    await privateFetch.close();
  } catch (error) {
    const { message, cause } = /** @type {Error & {cause?: any}} */ (error);
    const problems = cause?.verification?.problems ?? [];
    show('It failed', [message], problems.map((/** @type {{message: string}} */ one) => one.message).join('\n'));
  }
  button.disabled = false;
});

/** @param {string} title @param {string[]} lines @param {string} body */
function show(title, lines, body) {
  find('section').removeAttribute('hidden');
  find('section h2').textContent = title;
  find('#headers').textContent = lines.join('\n');
  find('#body').textContent = body;
  find('#body').toggleAttribute('hidden', body === '');
}
