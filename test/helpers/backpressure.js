/** What tests of backpressure measure: when a transfer stands still, and memory. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export const MB = 1024 * 1024;

/** Waits until a value has not changed for 50 turns of the event loop and 200 ms. @param {() => number} figure */
export async function settled(figure) {
  let last = -1;
  let since = Date.now();
  for (let same = 0; same < 50 || Date.now() - since < 200;) {
    await nextTurn();
    if (figure() === last) {
      same++;
    } else {
      last = figure();
      same = 0;
      since = Date.now();
    }
  }
  return last;
}

setFlagsFromString('--expose-gc');
/** Collects the garbage of this process now. @type {() => void} */
export const collectGarbage = runInNewContext('gc');

/** Array buffers and wasm memories of this process in MB, without garbage. */
export function memoryInUse() {
  // Array buffers that a collection finds are freed by the next one.
  for (let round = 0; round < 2; round++) collectGarbage();
  return process.memoryUsage().external / MB;
}
