/** Globals of Node that pg uses. */
export { Buffer } from 'buffer';

export const process = {
  env: {},
  nextTick: (/** @type {(...values: any[]) => void} */ call, /** @type {any[]} */ ...values) =>
    queueMicrotask(() => call(...values)),
};
