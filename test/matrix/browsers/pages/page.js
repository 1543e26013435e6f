/** What the tests call in a page. It imports nothing itself, so that it runs where the package cannot be loaded. */

/** @typedef {'window' | 'worker' | 'nested worker' | 'blob worker' | 'shared worker' | 'service worker' | 'plain service worker'} Place */
/** @typedef {{postMessage: (message: unknown, transfer: Transferable[]) => void}} Target */

const SCRIPT = new URL('./worker.js', import.meta.url).href;

/** Violations of the page's policy: directive and what it blocked. @type {string[]} */
const violations = [];
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
  if (effectiveDirective !== 'img-src') violations.push(`${effectiveDirective} ${blockedURI}`); // the icon of the page
});

/** @param {string | URL} url @returns {Worker} */
function startWorker(url) {
  return new Worker(url, { type: 'module' });
}

/** @returns {Promise<ServiceWorker>} the one of this page, which controls it */
async function serviceWorker() {
  await navigator.serviceWorker.register('/pages/service-worker.js', { type: 'module' });
  const { active } = await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 10));
  return /** @type {ServiceWorker} */ (active);
}

/** @returns {Promise<ServiceWorker>} one that imports the package as pages do */
async function plainServiceWorker() {
  const options = /** @type {const} */ ({ type: 'module', scope: '/pages/plain/' });
  const registration = await navigator.serviceWorker.register('/pages/plain-service-worker.js', options);
  while (!registration.active) await new Promise((resolve) => setTimeout(resolve, 10));
  return registration.active;
}

/** @param {string} url of a module */
function blobOf(url) {
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
}

/** @type {Record<Exclude<Place, 'window'>, () => Target | Promise<Target>>} */
const STARTS = {
  worker: () => startWorker(SCRIPT),
  'nested worker': () => startWorker(new URL('./nesting-worker.js', import.meta.url)),
  'blob worker': () => startWorker(blobOf(SCRIPT)),
  'shared worker': () => new SharedWorker(SCRIPT, { type: 'module' }).port,
  'service worker': serviceWorker,
  'plain service worker': plainServiceWorker,
};

/** @type {Map<Place, Target>} */
const started = new Map();

/** @param {Exclude<Place, 'window'>} place @returns {Promise<Target>} */
async function targetOf(place) {
  const target = started.get(place) ?? (await STARTS[place]());
  started.set(place, target);
  return target;
}

/**
 * @param {Target} target
 * @param {string} name
 * @param {unknown[]} args
 * @returns {Promise<any>}
 */
function ask(target, name, args) {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    if (target instanceof Worker) {
      target.onerror = (event) => reject(new Error(`The worker failed: ${event.message ?? 'no reason'}`));
    }
    port1.onmessage = ({ data: { result, failed } }) =>
      failed === undefined ? resolve(result) : reject(new Error(failed));
    target.postMessage({ name, args }, [port2]);
  });
}

/** @type {any} */ (globalThis).callable = {
  /** Calls a function of tasks.js. @param {Place} place @param {string} name @param {...unknown} args */
  async run(place, name, ...args) {
    if (place !== 'window') return ask(await targetOf(place), name, args);
    const tasks = /** @type {Record<string, (...args: any[]) => any>} */ (await import('./tasks.js'));
    return tasks[name](...args);
  },
  /** The outcome of load(). @param {string} url of the package */
  async load(url) {
    const { outcomeOf } = await import('./outcome.js');
    return outcomeOf(async () => (await import(url)).load());
  },
  /** @param {string} url of a module */
  imported: async (url) => void (await Promise.all([import('./outcome.js'), import(url)])),
  /** The outcome of TrustStore.mozilla(). @param {string} url of the package */
  async mozilla(url) {
    const { outcomeOf } = await import('./outcome.js');
    return outcomeOf(async () => (await import(url)).TrustStore.mozilla());
  },
  /** The outcome of a connection. @param {string} url of the package @param {import('./tasks.js').Endpoint} endpoint */
  async connect(url, { bridge, target, hostname, clock, roots }) {
    const { outcomeOf } = await import('./outcome.js');
    return outcomeOf(async () => {
      const { connect, TrustStore } = await import(url);
      const trust = await TrustStore.from(roots);
      const socket = connect(target, { bridge, servername: hostname, now: new Date(clock), trust });
      await socket.opened;
      await socket.close();
    });
  },
  /** The outcome of load() in a blob worker that imports the package from elsewhere. @param {string} url of the package */
  async loadInBlobWorker(url) {
    const code = `import { load } from ${JSON.stringify(url)};
      onmessage = async ({ ports: [port] }) => {
        const error = await load().then(() => undefined, (error) => error);
        port.postMessage({ result: error ? { code: error.code, message: error.message, hint: error.hint } : {} });
      };`;
    const worker = startWorker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    return ask(worker, '', []);
  },
  /** A connection over fetch() of a service worker. @param {string} url */
  async fetchText(url) {
    await serviceWorker();
    const response = await fetch(url);
    return { status: response.status, text: await response.text() };
  },
  /** As in Safari before 26. Call it before the package is imported. */
  removeByteStreams() {
    const Original = /** @type {any} */ (ReadableStream);
    /** @type {any} */ (globalThis).ReadableStream = class extends Original {
      constructor(/** @type {any} */ source, /** @type {any} */ strategy) {
        if (source?.type === 'bytes') throw new RangeError('no byte streams');
        super(source, strategy);
      }
    };
  },
  violations: () => violations,
  facts: () => ({
    crossOriginIsolated,
    trustedTypes: 'trustedTypes' in globalThis,
    importMaps: HTMLScriptElement.supports?.('importmap') ?? false,
  }),
  /** @param {string} sandbox @param {string} src @returns {Promise<any>} what the frame posts */
  frame: (sandbox, src) =>
    new Promise((resolve) => {
      addEventListener('message', ({ data }) => resolve(data), { once: true });
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', sandbox);
      frame.src = src;
      document.body.append(frame);
    }),
};
