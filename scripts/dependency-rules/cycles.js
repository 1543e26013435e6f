/** Cycles in the dependency graph of files. */

/**
 * @typedef {object} Dependency
 * @property {string} from
 * @property {string} to
 * @property {string} description file, line and statement: "wasm/x509/crl.c:5 includes x509/certificate.h"
 */

/** @typedef {Map<string, Map<string, string>>} Graph `from` -> `to` -> the first description */

/** @param {Dependency[]} dependencies @returns {Graph} */
function graphOf(dependencies) {
  /** @type {Graph} */
  const graph = new Map();
  for (const { from, to, description } of dependencies) {
    if (from === to) continue;
    const targets = graph.get(from) ?? new Map();
    if (!targets.has(to)) targets.set(to, description);
    graph.set(from, targets);
  }
  return graph;
}

/**
 * Breadth-first search.
 * @param {Graph} graph
 * @param {string} start
 * @returns {string[] | undefined} the shortest cycle through `start`, which is listed once
 */
function shortestCycle(graph, start) {
  const paths = [[start]];
  const seen = new Set();
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    for (const next of graph.get(path[path.length - 1])?.keys() ?? []) {
      if (next === start) return path;
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

/**
 * The shortest cycle through each file, without duplicates.
 * @param {Dependency[]} dependencies
 * @returns {string[]} a text of several lines for each cycle
 */
export function dependencyCycles(dependencies) {
  const graph = graphOf(dependencies);
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const start of graph.keys()) {
    const cycle = shortestCycle(graph, start);
    if (cycle === undefined) continue;
    const steps = cycle.map((from, i) => graph.get(from)?.get(cycle[(i + 1) % cycle.length]));
    found.set([...cycle].sort().join(' '), `cycle of ${cycle.length} files:\n  ${steps.join('\n  ')}`);
  }
  return [...found.values()];
}
