/**
 * node scripts/known-anchors.js: writes wasm/verify/known_anchors.inc, the trust anchors in Mozilla's root list that break
 * a rule for the form of root certificates because they are older than the rule. The core accepts these even if the user
 * added them. Run it when the list has changed.
 */
import { writeFileSync } from 'node:fs';
import { buildPackage } from './build.js';
import { mozillaRoots } from './mozilla-roots.js';
import { inProject, runMain } from './run.js';
import { setup } from './setup.js';

const FILE = inProject('wasm/verify/known_anchors.inc');

/** Octets of a fingerprint that the core compares. */
const PREFIX_LENGTH = 8;

const NO_ANCHOR = '{ 0 }, /* none */\n';

await runMain(import.meta.url, async () => {
  const { mbedtlsSource } = await setup({ packages: 'build' });
  writeFileSync(FILE, NO_ANCHOR);
  await buildPackage(mbedtlsSource);
  const { TrustStore } = await import('../dist/index.js');
  const { roots } = await mozillaRoots();
  const store = await TrustStore.from(roots.map(({ der }) => der));
  const lines = store.problems('webpki').map(({ certificate, problems }) => {
    const bytes = (certificate.fingerprints.sha256.match(/../g) ?? []).slice(0, PREFIX_LENGTH);
    const codes = problems.map(({ code }) => code.replace('ERR_TLS_CERT_', '')).join(', ');
    const name = certificate.subject.text.replace(/[^\x20-\x7e]|[*/]/g, '?');
    return `{ ${bytes.map((byte) => `0x${byte}`).join(', ')} }, /* ${name}: ${codes} */\n`;
  });
  const head = `/* The first ${PREFIX_LENGTH} octets of SHA-256 fingerprints. Written by scripts/known-anchors.js. */\n`;
  writeFileSync(FILE, head + (lines.length > 0 ? lines.join('') : NO_ANCHOR));
  await buildPackage(mbedtlsSource);
  return 0;
});
