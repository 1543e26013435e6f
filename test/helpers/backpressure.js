/** What tests of backpressure measure: when a transfer stands still, and memory. */
import { setImmediate as nextTurn } from 'node:timers/promises';

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

/** Array buffers and C heap of this process, in MB. */
export function memoryInUse() {
  const { arrayBuffers, external } = process.memoryUsage();
  return (arrayBuffers + external) / MB;
}
