/** What the server chooses of what the client offers. */
import { SUITES, GROUPS } from './keys.js';

/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./messages.js').ClientHello} ClientHello */

const TLS13 = [0x1303, 0x1301, 0x1302];
const TLS12 = { rsa: [0xcca8, 0xc02f], ecdsa: [0xcca9, 0xc02b] };

/** @param {number[]} ours best first @param {number[]} theirs @returns {number} */
export function firstOf(ours, theirs) {
  const found = ours.find((one) => theirs.includes(one));
  if (found === undefined) throw new Error(`none of ${ours.join(', ')} in ${theirs.join(', ')}`);
  return found;
}

/** Sets `connection.chosen`. @param {Connection} connection @param {ClientHello} hello @returns {number} the suite */
export function choose(connection, hello) {
  const { options, tls12 } = connection;
  const ours = tls12 ? TLS12[options.key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ecdsa'] : TLS13;
  const suiteNumber = options.suite ?? firstOf(ours, hello.suites);
  const groups = tls12 ? hello.groups : [...hello.shares.keys()];
  const group = options.group ?? groups.find((one) => one in GROUPS) ?? Number(Object.keys(GROUPS)[0]);
  const suite = SUITES[/** @type {keyof typeof SUITES} */ (suiteNumber)];
  connection.chosen = { suite, suiteNumber, group };
  return suiteNumber;
}
