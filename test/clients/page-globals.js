/** Globals of Node that client libraries use in pages, and the module perf_hooks. */
export { Buffer } from 'buffer';
// @ts-expect-error it has no types of its own
export { default as process } from '@jspm/core/nodelibs/process';

/** @param {(...values: any[]) => void} callback @param {any[]} values */
export const setImmediate = (callback, ...values) => setTimeout(callback, 0, ...values);
export const clearImmediate = (/** @type {number} */ id) => clearTimeout(id);

/** That of @jspm/core cannot be called as a method. */
export const { performance } = globalThis;
