/** The rest of the package, in the runtime that runs this. */
import { connect, load, parseCertificate, TrustStore, verifyChain } from 'pagetls';
import { createFetch } from 'pagetls/fetch';
import { failureOf } from './connections.js';

/** @param {{chain: string, roots: string, hostname: string, now: string}} given */
export async function verify({ chain, roots, hostname, now }) {
  const at = { hostname, now: new Date(now) };
  const own = await verifyChain(chain, { trust: await TrustStore.from(roots), ...at });
  const mozilla = await TrustStore.mozilla();
  const others = await verifyChain(chain, at);
  const certificate = await parseCertificate(chain);
  return {
    own: own.ok,
    default: others.problems.map(({ code }) => code),
    mozilla: mozilla.size > 100,
    subject: certificate.subject.text,
  };
}

/** The core is loaded once, and its module is one that other threads can use. */
export async function loads() {
  const [first, second] = await Promise.all([load(), load()]);
  return first === second && first instanceof WebAssembly.Module;
}

/** @param {{url: string, roots: string, servername: string, now: string, bridge?: string}} given */
export async function fetches({ url, roots, now, ...more }) {
  const fetch = createFetch({ trust: await TrustStore.from(roots), now: new Date(now), ...more });
  const body = new Uint8Array(300_000).map((_, i) => i % 251);
  const response = await fetch(`${url}echo`, { method: 'POST', body });
  const echo = new Uint8Array(await response.arrayBuffer());
  const text = await (await fetch(`${url}small`)).text();
  const untrusted = await failureOf(createFetch({ ...more, trust: await TrustStore.from() })(url).catch(causeOf));
  await fetch.close();
  return {
    status: response.status,
    echo: echo.length === body.length && echo.every((b, i) => b === body[i]),
    text,
    untrusted,
  };
}

/** @param {Error} error @returns {never} */
function causeOf(error) {
  throw error.cause ?? error;
}

/** The errors of options that are wrong are the same everywhere. */
export async function errors() {
  try {
    connect('example.org', /** @type {any} */ ({ nonsense: 1 }));
  } catch (error) {
    return { name: /** @type {Error} */ (error).name, code: /** @type {{code?: string}} */ (error).code };
  }
  return 'nothing failed';
}

export const systemTrust = () => failureOf(TrustStore.system());

export const denied = () => failureOf(load());
