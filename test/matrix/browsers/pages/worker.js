/** A worker of any kind: runs functions of tasks.js. */
import * as tasks from './tasks.js';

/** @param {MessageEvent} event whose port gets the answer */
function answer({ data: { name, args }, ports: [port] }) {
  const run = /** @type {Record<string, (...args: any[]) => any>} */ (tasks)[name];
  return Promise.resolve()
    .then(() => run(...args))
    .then(
      (result) => port.postMessage({ result }),
      (error) => port.postMessage({ failed: `${error}\n${error?.stack ?? ''}` }),
    );
}

addEventListener('message', (event) => {
  const answered = answer(/** @type {MessageEvent} */ (event));
  if ('waitUntil' in event) /** @type {any} */ (event).waitUntil(answered);
});
addEventListener('connect', (event) => {
  const [port] = /** @type {MessageEvent} */ (event).ports;
  port.onmessage = answer;
});
