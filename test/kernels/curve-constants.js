/**
 * Computes the constants of wasm/crypto/p256.c, p384.c, p521.c and ed25519.c from the parameters of the curves (NIST SP
 * 800-186, section 3.2.1; RFC 8032, section 5.1). `node test/kernels/curve-constants.js` prints them.
 */
import { fileURLToPath } from 'node:url';

/** @param {string} digits */
const number = (digits) => BigInt(`0x${digits}`);

export const CURVES = {
  p256: {
    limbs: 9,
    limbBits: 29,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    n: number('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
    b: number('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b'),
    x: number('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'),
    y: number('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5'),
  },
  p384: {
    limbs: 14,
    limbBits: 28,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    n: number('ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
    b: number('b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef'),
    x: number('aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7'),
    y: number('3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f'),
  },
  p521: {
    limbs: 19,
    limbBits: 28,
    p: 2n ** 521n - 1n,
    n: number(
      '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    ),
    b: number(
      '0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
    ),
    x: number(
      '00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66',
    ),
    y: number(
      '011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650',
    ),
  },
};

/** @typedef {typeof CURVES.p256} Curve */

const P25519 = 2n ** 255n - 19n;
export const ED25519 = {
  limbs: 9,
  limbBits: 29,
  p: P25519,
  n: 2n ** 252n + 27742317777372353535851937790883648493n,
  d: (-121665n * power(121666n, P25519 - 2n, P25519)) % P25519,
  x: 15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  y: 46316835694926478169428394003475163141307993866256225615783033603165251855960n,
};

/** @param {bigint} base @param {bigint} exponent @param {bigint} p */
function power(base, exponent, p) {
  let out = 1n;
  for (; exponent > 0n; exponent >>= 1n, base = (base * base) % p) {
    if (exponent & 1n) out = (out * base) % p;
  }
  return out;
}

/** Signed limbs of an absolute value of at most half of 2^limbBits. @param {Omit<Curve, 'b'>} curve @param {bigint} value */
function toLimbs({ limbs, limbBits }, value) {
  const out = [];
  for (let i = 0; i < limbs; i++) {
    const low = BigInt.asIntN(limbBits, value);
    out.push(Number(low));
    value = (value - low) >> BigInt(limbBits);
  }
  if (value !== 0n) throw new Error('The value does not fit the limbs.');
  return out;
}

/** Limbs by the names that the C files define. @param {Curve} curve @returns {Record<string, number[]>} */
export function curveConstants(curve) {
  const { p, limbs, limbBits } = curve;
  const r = 2n ** BigInt(limbs * limbBits);
  const times = { ONE: 1n, R_SQUARED: r, CURVE_B: curve.b, BASE_X: curve.x, BASE_Y: curve.y };
  return Object.fromEntries(Object.entries(times).map(([name, value]) => [name, toLimbs(curve, (value * r) % p)]));
}

/** The same for ed25519.c. The order has limbs of 28 bits, which are not signed. @returns {Record<string, number[]>} */
export function edwardsConstants() {
  const { p, n, d, x, y } = ED25519;
  const numbers = { CURVE_D: d + p, ROOT_OF_MINUS_ONE: power(2n, (p - 1n) / 4n, p), BASE_X: x, BASE_Y: y };
  const constants = Object.entries(numbers).map(([name, value]) => [name, toLimbs(ED25519, value)]);
  const rest = [0, 1, 2, 3, 4].map((i) => Number(BigInt.asUintN(28, (n - 2n ** 252n) >> BigInt(28 * i))));
  return { ...Object.fromEntries(constants), ORDER_REST: rest };
}

/** The big-endian bytes of a number, as many as p has. @param {Curve} curve @param {bigint} value */
export function toBytes({ p }, value) {
  const digits = value.toString(16).padStart(Math.ceil(p.toString(16).length / 2) * 2, '0');
  return [...Buffer.from(digits, 'hex')];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = Object.entries(CURVES).map(([name, curve]) => {
    const bytes = { PRIME: toBytes(curve, curve.p), ORDER: toBytes(curve, curve.n) };
    return [name, { ...bytes, ...curveConstants(curve) }];
  });
  for (const [name, constants] of Object.entries({ ...Object.fromEntries(all), ed25519: edwardsConstants() })) {
    console.log(`${name}:`);
    for (const [constant, numbers] of Object.entries(constants)) {
      console.log(`#define ${constant} { ${numbers.join(', ')} }`);
    }
  }
}
