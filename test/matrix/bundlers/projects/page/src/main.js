import { ask } from './ask.js';

const show = (result) => {
  document.querySelector('output').textContent = JSON.stringify(result instanceof Error ? result.message : result);
};
ask(globalThis.settings).then(show, show);
