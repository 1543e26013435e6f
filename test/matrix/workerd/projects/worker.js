/** A Worker with pagetls, bundled as wrangler does. Each path is one function below; the body has its arguments as JSON. */
import { connect as connectTcp } from 'cloudflare:sockets';
import { connect, load, startTls, TrustStore, verifyChain } from 'pagetls';
import { createFetch } from 'pagetls/fetch';
import wasm from 'pagetls/pagetls.wasm';
import mozillaRoots from 'pagetls/mozilla-roots.bin';
import publicSuffixes from 'pagetls/public-suffixes.txt';

/** Sends a line and returns what comes back, until the end. */
async function exchange(socket, text) {
  const { protocol, verification } = await socket.opened;
  await socket.write(text);
  let answer = '';
  const decoder = new TextDecoder();
  while (answer.length < text.length) {
    const bytes = await socket.read();
    if (bytes === null) break;
    answer += decoder.decode(bytes, { stream: true });
  }
  await socket.close();
  return { protocol, ok: verification.ok, answer: answer.length > 20 ? answer.length : answer };
}

const options = async ({ roots, now, ...others }) => ({
  ...others,
  ...(roots ? { trust: await TrustStore.from(roots) } : {}),
  ...(now ? { now: new Date(now) } : {}),
});

/** Kept by the module: shared by requests. */
let shared;

const FUNCTIONS = {
  facts: () => ({ process: typeof process, registry: typeof FinalizationRegistry, url: typeof import.meta.url }),
  tcp: async ({ hostname, port, text, ...more }) => exchange(connect({ hostname, port }, await options(more)), text),
  async streams({ port, text, ...more }) {
    const socket = connectTcp({ hostname: '127.0.0.1', port }, { allowHalfOpen: true });
    return exchange(startTls(socket, await options(more)), text);
  },
  async download({ hostname, port, length, ...more }) {
    const socket = connect({ hostname, port }, await options(more));
    let sum = 0;
    let got = 0;
    for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
      got += bytes.length;
      for (const byte of bytes) sum = (sum * 31 + byte) >>> 0;
    }
    await socket.close();
    return { got, sum };
  },
  async verify({ chain, hostname, ...more }) {
    const { roots, now, ...others } = more;
    const trust = roots ? await TrustStore.from(roots) : await TrustStore.mozilla();
    const { ok, problems } = await verifyChain(chain, { trust, hostname, now: new Date(now), ...others });
    return { ok, codes: problems.map(({ code }) => code), size: trust.size };
  },
  async fetch({ url, keep, ...more }) {
    const fetchTls = keep ? (shared ??= createFetch(await options(more))) : createFetch(await options(more));
    const response = await fetchTls(url);
    const text = await response.text();
    if (!keep) await fetchTls.close();
    return { status: response.status, text };
  },
};

async function answer(request) {
  const name = new URL(request.url).pathname.slice(1);
  const { assets, ...given } = await request.json();
  if (assets !== 'none') await load(wasm, assets === 'module' ? undefined : { mozillaRoots, publicSuffixes });
  return FUNCTIONS[name](given);
}

export default {
  fetch: (request) =>
    answer(request).then(
      (value) => Response.json({ value }),
      ({ name, code, message, hint, stack, cause, verification }) =>
        Response.json({
          error: {
            name,
            code,
            message,
            hint,
            stack,
            cause: String(cause),
            problems: verification?.problems.map((one) => one.code),
          },
        }),
    ),
};
