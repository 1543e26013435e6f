/** A page in a frame: loads the package, connects, and tells the page around it. */
import { load } from '../../../../dist/index.js';
import { outcome } from './tasks.js';

const endpoint = await (await fetch('/frame.json')).json();
const loaded = await load().then(
  () => true,
  () => false,
);
parent.postMessage({ origin, loaded, outcome: await outcome(endpoint) }, '*');
