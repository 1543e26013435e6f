import { load } from 'pagetls';
import mozillaRoots from 'pagetls/mozilla-roots.bin';
import wasm from 'pagetls/pagetls.wasm';
import publicSuffixes from 'pagetls/public-suffixes.txt';
import { ask } from './ask.js';

async function start() {
  await load(await WebAssembly.compile(wasm), { mozillaRoots, publicSuffixes });
  return ask(globalThis.settings);
}

const show = (result) => {
  document.querySelector('output').textContent = JSON.stringify(result instanceof Error ? result.message : result);
};
start().then(show, show);
