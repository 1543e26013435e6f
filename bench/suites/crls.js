/** Verifying a certificate with a CRL as large as those of big CAs, compared with OpenSSL. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pem } from '../../certs/der.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { chain, HOST, NOW } from '../../test/helpers/chains.js';
import { pemOf } from '../lib/chain.js';
import { largeCrl } from '../lib/large-crl.js';
import { OPENSSL_VERIFY } from '../lib/goals.js';
import { PAGETLS } from '../lib/remote.js';

export const about =
  'a leaf that a CRL does not list, verified with that CRL; OpenSSL in a process of its own (`openssl verify`), whose ' +
  'start takes a few milliseconds';

const ENTRIES = 400_000;

/**
 * @param {string} folder
 * @param {import('../../test/helpers/chains.js').Chain} made
 * @param {string | Uint8Array} crl
 * @returns {() => Promise<Record<string, number>>}
 */
function openssl(folder, made, crl) {
  const file = (/** @type {string} */ name, /** @type {string | Uint8Array} */ content) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const files = [
    '-CAfile',
    file('root.pem', pemOf(made.root)),
    '-untrusted',
    file('sub.pem', pemOf(made.intermediate)),
  ];
  const list = ['-crl_check', '-CRLfile', file(typeof crl === 'string' ? 'crl.pem' : 'crl.der', crl)];
  const time = ['-attime', String(NOW.getTime() / 1000)];
  const args = ['verify', ...time, ...files, ...list, file('leaf.pem', pemOf(made.leaf))];
  return async () => {
    const start = performance.now();
    execFileSync('openssl', args, { stdio: 'pipe' }); // throws if the chain is not valid
    return { ms: performance.now() - start };
  };
}

/**
 * @param {TrustStore} trust
 * @param {import('../../test/helpers/chains.js').Chain} made
 * @param {string | Uint8Array} crls
 * @returns {() => Promise<Record<string, number>>}
 */
function ours(trust, made, crls) {
  return async () => {
    const start = performance.now();
    const options = { trust, crls, hostname: HOST, now: NOW };
    const { revocation } = await verifyChain([made.leaf.der, made.intermediate.der], options);
    const ms = performance.now() - start;
    if (!revocation[0]) throw new Error('The CRL was not used.');
    const { memory } = await loadCore();
    return { ms, 'MB of WebAssembly memory': memory.buffer.byteLength / 1e6 };
  };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds }) {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-crl-'));
  const made = chain();
  const trust = await TrustStore.from(made.root.der);
  const der = largeCrl(made.intermediate, ENTRIES);
  try {
    for (const [form, crl] of /** @type {[string, string | Uint8Array][]} */ ([
      ['DER', der],
      ['PEM', pem('X509 CRL', der)],
    ])) {
      yield {
        name: `${form}, ${(crl.length / 1e6).toFixed(1)} MB, ${ENTRIES.toLocaleString('en-US')} entries`,
        contestants: [
          { name: PAGETLS, sample: ours(trust, made, crl) },
          { name: OPENSSL_VERIFY, sample: openssl(folder, made, crl) },
        ],
        rounds: rounds(10, 2),
        warmUp: rounds(2, 1),
      };
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
