/** Whether there may be TCP, as far as that is known before a connection is opened. */

/** False in pages, which have a location and no modules of Node; some have a `process` from a bundler. */
export const mayHaveTcp = () => 'getBuiltinModule' in (globalThis.process ?? {}) || typeof location !== 'object';
