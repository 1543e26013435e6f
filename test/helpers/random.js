/** Random choices, reproducible from a seed. */

/** @typedef {ReturnType<typeof randomFrom>} Random */

/** @param {number} seed an integer; the generator is mulberry32 */
export function randomFrom(seed) {
  let state = seed >>> 0;

  /** @returns {number} at least 0 and less than 1 */
  function next() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** @param {number} count @returns {number} an integer of at least 0 and less than `count` */
  const below = (count) => Math.floor(next() * count);

  /** @template T @param {readonly T[]} list not empty @returns {T} */
  const pick = (list) => list[below(list.length)];

  /** @template T @param {readonly T[]} list @returns {T[]} */
  function shuffled(list) {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }

  return { below, pick, shuffled };
}
