/** Weak references. Cloudflare Workers lack them at compatibility dates before 2025-05-05. */

/**
 * @template T
 * @param {(held: T) => void} cleanup called some time after a registered object has gone; without such a feature, never
 * @returns {{register(target: object, held: T, token?: object): void, unregister(token: object): void}}
 */
export const newRegistry = (cleanup) =>
  typeof FinalizationRegistry === 'function' ? new FinalizationRegistry(cleanup) : { register() {}, unregister() {} };

/**
 * @template {object} T
 * @param {T} target
 * @returns {{deref(): T | undefined}}
 */
export const weakReference = (target) =>
  typeof WeakRef === 'function' ? new WeakRef(target) : { deref: () => target };
