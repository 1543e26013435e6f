/**
 * Writes wasm/verify/known_anchors.inc: the anchors of Mozilla's list that were made before the rules for the form of
 * a root certificate, and break one. Run it after Node's list has changed: node scripts/known-anchors.js
 */
import { writeFileSync } from 'node:fs';
import { buildPackage } from './build.js';
import { inProject, runMain } from './run.js';
import { setup } from './setup.js';

const FILE = inProject('wasm/verify/known_anchors.inc');

await runMain(import.meta.url, async () => {
  const { mbedtlsSource } = await setup({ packages: 'build' });
  writeFileSync(FILE, '{ 0 }, /* nobody */\n');
  await buildPackage(mbedtlsSource);
  const { TrustStore } = await import('../dist/index.js');
  const lines = (await TrustStore.mozilla()).problems('webpki').map(({ certificate, problems }) => {
    const bytes = certificate.fingerprints.sha256.slice(0, 16).match(/../g) ?? [];
    const codes = problems.map(({ code }) => code.replace('ERR_TLS_CERT_', '')).join(', ');
    const name = certificate.subject.text.replace(/[^\x20-\x7e]|[*/]/g, '?');
    return `{ ${bytes.map((byte) => `0x${byte}`).join(', ')} }, /* ${name}: ${codes} */\n`;
  });
  const head = '/* The first octets of their SHA-256 fingerprints. Written by scripts/known-anchors.js. */\n';
  writeFileSync(FILE, head + (lines.length > 0 ? lines.join('') : '{ 0 }, /* nobody */\n'));
  await buildPackage(mbedtlsSource);
  return 0;
});
