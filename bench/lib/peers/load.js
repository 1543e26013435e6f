/**
 * Loads a peer. What it exports is described where it is used, by the part that is used: the types that come with the
 * packages would bring other versions of Node's with them.
 * @param {string} name
 */
export const load = (name) => import(name);
