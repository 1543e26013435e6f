/**
 * Loads a peer without its types, which would pull in other versions of Node's types. Each user declares the part of the
 * interface that it needs.
 * @param {string} name
 */
export const load = (name) => import(name);
