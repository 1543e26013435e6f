/**
 * Circles in a graph of files: A knows B, and B knows A, over however many others.
 */

/**
 * @typedef {object} Arrow
 * @property {string} from
 * @property {string} to
 * @property {string} why where it is, and what it is: "wasm/x509/crl.c:5 includes x509/certificate.h"
 */

/** @typedef {Map<string, Map<string, string>>} Graph for each `from` its `to`s, each with the first `why` */

/** @param {Arrow[]} arrows @returns {Graph} */
function graphOf(arrows) {
  /** @type {Graph} */
  const graph = new Map();
  for (const { from, to, why } of arrows) {
    if (from === to) continue;
    const known = graph.get(from) ?? new Map();
    if (!known.has(to)) known.set(to, why);
    graph.set(from, known);
  }
  return graph;
}

/**
 * @param {Graph} graph
 * @param {string} start
 * @returns {string[] | undefined} the shortest way from there back to there, without the return
 */
function shortestCycle(graph, start) {
  const ways = [[start]];
  const seen = new Set();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of graph.get(way[way.length - 1])?.keys() ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

/**
 * One circle for each file that is in any, the shortest; none is given twice.
 * @param {Arrow[]} arrows
 * @returns {string[]} a text of several lines for each circle
 */
export function dependencyCycles(arrows) {
  const graph = graphOf(arrows);
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const start of graph.keys()) {
    const circle = shortestCycle(graph, start);
    if (circle === undefined) continue;
    const steps = circle.map((from, i) => graph.get(from)?.get(circle[(i + 1) % circle.length]));
    found.set([...circle].sort().join(' '), `a circle of ${circle.length} files:\n  ${steps.join('\n  ')}`);
  }
  return [...found.values()];
}
