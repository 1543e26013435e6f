/** verifyChain() without a connection: ordinary chains, and hostile ones, whose cost the path search's budgets limit. */
import { rootCertificates } from 'node:tls';
import { subjectAltName } from '../../certs/extensions.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { HOST, threeCertificates } from '../lib/chain.js';
import { doublingPaths, longExponents, manyParents } from '../lib/hostile.js';
import { timed } from '../lib/rounds.js';

export const about = 'verifyChain(), milliseconds per call; hostile chains must be rejected';

const NAMES = [...Array.from({ length: 99 }, (_, i) => ({ dns: `host${i}.example.com` })), { dns: HOST }];

/**
 * @param {string} name
 * @param {Uint8Array[]} chain
 * @param {{trust: TrustStore, hostname?: string}} options
 * @param {boolean} valid the expected result
 * @returns {import('../lib/rounds.js').Contestant}
 */
function contestant(name, chain, options, valid) {
  return {
    name,
    async sample() {
      let ok;
      const { ms, 'cpu ms': cpu } = await timed(async () => {
        ({ ok } = await verifyChain(chain, { hostname: HOST, ...options }));
      });
      if (ok !== valid) throw new Error(`${name}: verifyChain() returned ok: ${ok}.`);
      return { 'cpu ms': cpu, ms };
    },
  };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds }) {
  const mozilla = rootCertificates.join('\n');
  const p256 = threeCertificates('P-256');
  const rsa = threeCertificates('RSA-2048');
  const names = threeCertificates('P-256', { extensions: { subjectAltName: subjectAltName(NAMES) } });
  const own = { trust: await TrustStore.from(p256.roots) };
  const many = { trust: await TrustStore.from(mozilla, p256.roots) };
  yield {
    name: 'ordinary chains of three',
    contestants: [
      contestant('P-256, one anchor', p256.ders, own, true),
      contestant(`P-256, ${many.trust.size} anchors`, p256.ders, many, true),
      contestant('P-256, 100 names in the leaf', names.ders, { trust: await TrustStore.from(names.roots) }, true),
      contestant('RSA-2048, one anchor', rsa.ders, { trust: await TrustStore.from(rsa.roots) }, true),
    ],
    rounds: rounds(200, 20),
    warmUp: rounds(20, 10),
  };
  yield {
    name: `hostile chains, ${many.trust.size} anchors`,
    contestants: [
      contestant('60 issuers of one name, P-256', manyParents('prime256v1', 60), many, false),
      contestant('60 issuers of one name, P-521', manyParents('secp521r1', 60), many, false),
      contestant('8 levels of two issuers each', doublingPaths(8), many, false),
      contestant('5 issuers, RSA-4096, long e', longExponents(4096, 5), many, false),
    ],
    rounds: rounds(5, 1),
    warmUp: rounds(1, 1),
  };
}
