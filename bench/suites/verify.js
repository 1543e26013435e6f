/** verifyChain() without a connection: ordinary chains, and hostile ones, whose cost the budgets of a search bound. */
import { rootCertificates } from 'node:tls';
import { subjectAltName } from '../../certs/extensions.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { HOST, threeCertificates } from '../lib/chain.js';
import { ladder, longExponents, manyParents } from '../lib/hostile.js';
import { timed } from '../lib/rounds.js';

export const about = 'verifyChain(), milliseconds a call; the chains called hostile must be refused';

const NAMES = [...Array.from({ length: 99 }, (_, i) => ({ dns: `host${i}.example.com` })), { dns: HOST }];

/**
 * @param {string} name
 * @param {Uint8Array[]} chain
 * @param {{trust: TrustStore, hostname?: string}} options
 * @param {boolean} good what the verdict must be
 * @returns {import('../lib/rounds.js').Contestant}
 */
function contestant(name, chain, options, good) {
  return {
    name,
    async sample() {
      let ok;
      const { ms, 'cpu ms': cpu } = await timed(async () => {
        ({ ok } = await verifyChain(chain, { hostname: HOST, ...options }));
      });
      if (ok !== good) throw new Error(`${name}: the verdict is ${ok}.`);
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
      contestant('60 parents of one name, P-256', manyParents('prime256v1', 60), many, false),
      contestant('60 parents of one name, P-521', manyParents('secp521r1', 60), many, false),
      contestant('ladder of 8 rungs of two', ladder(8), many, false),
      contestant('5 parents, RSA-4096, long e', longExponents(4096, 5), many, false),
    ],
    rounds: rounds(5, 1),
    warmUp: rounds(1, 1),
  };
}
