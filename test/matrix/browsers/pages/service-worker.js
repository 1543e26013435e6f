/** Answers /pages/over-tls/… by requests of pagetls/fetch, and messages as the other workers do. */
import { TrustStore } from '../../../../dist/service-worker.js';
import { createFetch } from '../../../../dist/fetch/index.js';
import './worker.js';

/** @typedef {Event & {request: Request, respondWith: (response: Promise<Response>) => void}} FetchEvent */
/** @typedef {Event & {waitUntil: (promise: Promise<unknown>) => void}} ExtendableEvent */
const scope = /** @type {any} */ (globalThis);

addEventListener('install', () => scope.skipWaiting());
addEventListener('activate', (event) => /** @type {ExtendableEvent} */ (event).waitUntil(scope.clients.claim()));

addEventListener('fetch', (event) => {
  const { request, respondWith } = /** @type {FetchEvent} */ (event);
  const url = new URL(request.url);
  if (url.pathname.startsWith('/pages/over-tls/')) respondWith.call(event, answer(url));
});

/** @param {URL} url */
async function answer(url) {
  const given = await (await fetch('/endpoint.json')).json();
  const { bridge, target, hostname, clock, roots } = given;
  const [, port] = target.split(':');
  const tlsFetch = createFetch({
    bridge,
    servername: hostname,
    now: new Date(clock),
    trust: await TrustStore.from(roots),
  });
  const response = await tlsFetch(`https://127.0.0.1:${port}${url.pathname.slice('/pages/over-tls'.length)}`);
  return new Response(await response.text(), { status: response.status });
}
