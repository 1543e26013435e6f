/** Statistics of measurements: medians, quartiles, and confidence intervals of ratios. */

/** @typedef {{median: number, low: number, high: number}} Summary */

/**
 * @param {number[]} sorted not empty
 * @param {number} fraction
 */
function quantile(sorted, fraction) {
  const at = (sorted.length - 1) * fraction;
  const below = Math.floor(at);
  return sorted[below] + ((sorted[below + 1] ?? sorted[below]) - sorted[below]) * (at - below);
}

/** @param {number[]} values */
const ascending = (values) => [...values].sort((a, b) => a - b);

/**
 * @param {number[]} values not empty
 * @returns {Summary} with the quartiles
 */
export function summary(values) {
  const sorted = ascending(values);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/**
 * A reproducible generator of random numbers from 0 to 1 (xorshift32).
 * @param {number} seed not 0
 * @returns {() => number}
 */
export function generator(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const RESAMPLES = 1000;

/**
 * The median ratio of values to base values of the same round, and the 95 % confidence interval of that median
 * (bootstrap).
 * @param {number[]} values by round
 * @param {number[]} base by round
 * @returns {Summary}
 */
export function ratio(values, base) {
  const quotients = values.map((value, i) => value / base[i]);
  const random = generator(1);
  const medians = Array.from({ length: RESAMPLES }, () =>
    quantile(ascending(quotients.map(() => quotients[Math.floor(random() * quotients.length)])), 0.5),
  ).sort((a, b) => a - b);
  return {
    median: quantile(ascending(quotients), 0.5),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
  };
}
