/** A Worker that runs the guests of test/matrix/runtimes/: a request names file and function, its body has the arguments. */
import { load } from 'pagetls';
import wasm from 'pagetls/pagetls.wasm';
// @ts-expect-error: a file, which the bundler of Workers makes an ArrayBuffer
import mozillaRoots from 'pagetls/mozilla-roots.bin';
// @ts-expect-error: likewise
import rootSignatures from 'pagetls/mozilla-root-signatures.bin';
import publicSuffixes from 'pagetls/public-suffixes.txt';
import * as connections from '../../runtimes/guests/connections.js';
import * as cloudflare from './cloudflare.js';
import * as others from '../../runtimes/guests/package.js';

/** @type {Record<string, any>} */
const GUESTS = { connections, cloudflare, package: others };

/** What load() is given, by the header `files`. @type {Record<string, () => Promise<unknown>>} */
const LOADS = {
  all: () => load(wasm, { mozillaRoots, rootSignatures, publicSuffixes }),
  wasm: () => load(wasm),
  none: async () => {},
};

/** @param {Request} request */
async function answer(request) {
  const [file, name] = new URL(request.url).pathname.slice(1).split('.');
  await LOADS[request.headers.get('files') ?? 'all']();
  return GUESTS[file][name](await request.json());
}

// eslint-disable-next-line no-restricted-exports -- what a Worker is
export default {
  /** @param {Request} request */
  fetch: (request) =>
    answer(request).then(
      (result) => Response.json({ result }),
      ({ name, code, message, hint }) => Response.json({ error: { name, code, message, hint } }),
    ),
};
