/**
 * Derives the tables of wasm/crypto/aes_tables.c. The formulas are in wasm/crypto/README.md.
 */

/** In GF(2^8) with AES's polynomial (FIPS 197, section 4.2). @param {number} a @param {number} b */
function times(a, b) {
  let product = 0;
  for (let i = 0; i < 8; i++) product ^= (b >> i) & 1 ? a << i : 0;
  for (let i = 14; i >= 8; i--) product ^= (product >> i) & 1 ? 0x11b << (i - 8) : 0;
  return product;
}

/** @param {number} x @param {number} n */
const power = (x, n) => Array.from({ length: n }).reduce((/** @type {number} */ product) => times(product, x), 1);

/** @param {number} x */
const inverse = (x) => power(x, 254);

/** The S-box's linear map (FIPS 197, section 5.1.1). @param {number} x */
function linear(x) {
  const rotated = [0, 4, 5, 6, 7].map((n) => (x >> n) | (x << (8 - n)));
  return rotated.reduce((sum, one) => sum ^ one) & 0xff;
}

/** @template T @param {number} count @param {(n: number) => T} make @returns {T[]} */
const range = (count, make) => Array.from({ length: count }, (_, n) => make(n));

/** @returns {Record<string, number[]>} the tables, by their names in aes.h */
export function aesTables() {
  // GF(2^4) is the set of x with x^16 = x. Its four smallest independent elements are the basis: the bits of a nibble.
  const subfield = range(256, (x) => x).filter((x) => power(x, 16) === x);
  /** @type {number[]} */
  const basis = [];
  /** @param {number} n */
  const element = (n) => basis.reduce((sum, one, bit) => sum ^ ((n >> bit) & 1 ? one : 0), 0);
  for (const x of subfield) {
    if (!range(1 << basis.length, element).includes(x)) basis.push(x);
  }
  const nibbles = new Map(range(16, (n) => [element(n), n]));
  const nibble = (/** @type {number} */ x) => /** @type {number} */ (nibbles.get(x));

  // The first a in GF(2^4) and w outside of it with w^2 + a w + 1 = 0. Bytes are x = i + j w.
  const outside = range(256, (x) => x).filter((x) => !subfield.includes(x));
  const pairs = subfield.slice(1).flatMap((one) => outside.map((other) => ({ a: one, w: other })));
  const { a, w } = /** @type {{a: number, w: number}} */ (
    pairs.find((pair) => (times(pair.w, pair.w) ^ times(pair.a, pair.w) ^ 1) === 0)
  );
  /** @type {Map<number, number>} */
  const forms = new Map();
  for (let i = 0; i < 16; i++) {
    for (let k = 0; k < 16; k++) forms.set(element(i) ^ times(element(i ^ k), w), (i << 4) | k);
  }
  const form = (/** @type {number} */ x) => /** @type {number} */ (forms.get(x));

  // 1/x is alpha (k + a i)/N + beta (k + a j)/N. An x for which one of the two is 0 yields the factor of the other.
  const parts = range(256, (x) => {
    const i = element(form(x) >> 4);
    const k = element(form(x) & 15);
    const j = i ^ k;
    const norm = inverse(times(k, k) ^ times(a, times(i, j)));
    return { x, p: times(k ^ times(a, i), norm), q: times(k ^ times(a, j), norm) };
  });
  const multiple = (/** @type {'p' | 'q'} */ one, /** @type {'p' | 'q'} */ other) => {
    const found = parts.find((part) => part.x !== 0 && part[other] === 0);
    return found === undefined ? 0 : inverse(times(found.x, found[one]));
  };
  const [alpha, beta] = [multiple('p', 'q'), multiple('q', 'p')];

  const infinity = 0x80;
  const inverseOf = (/** @type {number} */ n) => inverse(element(n));
  const subI = range(16, (n) => linear(times(alpha, inverseOf(n))));
  const subJ = range(16, (n) => linear(times(beta, inverseOf(n))));
  return {
    tower_low: range(16, form),
    tower_high: range(16, (n) => form(n << 4)),
    inverse: range(16, (n) => (n === 0 ? infinity : nibble(inverseOf(n)))),
    inverse_a: range(16, (n) => (n === 0 ? infinity : nibble(times(a, inverseOf(n))))),
    once_i: subI.map(form),
    once_j: subJ.map(form),
    twice_i: subI.map((x) => form(times(2, x))),
    twice_j: subJ.map((x) => form(times(2, x))),
    sub_i: subI,
    sub_j: subJ,
  };
}
