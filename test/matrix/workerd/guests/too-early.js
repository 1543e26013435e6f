/** A Worker that loads the package before there is a request. */
import { load } from 'pagetls';
import wasm from 'pagetls/pagetls.wasm';

/** @type {any} */
let failure;
try {
  await load(wasm);
} catch (error) {
  failure = error;
}

// eslint-disable-next-line no-restricted-exports -- what a Worker is
export default {
  async fetch() {
    const { code, hint } = failure ?? {};
    return Response.json({ result: { code, hint, later: (await load(wasm)) === wasm } });
  },
};
