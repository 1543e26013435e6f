/** For the modules of Node that pg requires, all that it calls: of `util` and `util/types`. Its cryptography is the browser's. */

/** @template T @param {T} deprecated */
export const deprecate = (deprecated) => deprecated;

/** @param {unknown} value */
export const isDate = (value) => value instanceof Date;
