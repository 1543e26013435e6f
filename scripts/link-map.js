/** What the linker put into pagetls.wasm, from the map that wasm/link_map.cmake keeps beside it. */

/** @typedef {{ archive: string, object: string }} LinkedObject `archive` is empty for an object that is in none */

/**
 * @param {string} map what wasm-ld prints with --print-map
 * @returns {LinkedObject[]} every object of which something is in the module, sorted
 */
export function linkedObjects(map) {
  const found = new Set();
  // Address, offset and size; then the file and, after a colon, the section in parentheses.
  for (const [, path] of map.matchAll(/^ *\S+ +[0-9a-f]+ +[0-9a-f]+ +(\S.*?):\([^\n]*$/gm)) {
    if (path !== '<internal>') found.add(path.slice(path.lastIndexOf('/') + 1));
  }
  return [...found].sort().map((name) => {
    const [, archive = '', object = name] = /^(.+\.a)\((.+)\)$/.exec(name) ?? [];
    return { archive, object };
  });
}
