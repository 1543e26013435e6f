/**
 * npm run site: build/site, the two pages and the files of the lab, for any server of static files and any bridge.
 */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPackage } from './build.js';
import { digestOf, fillFolder } from './folder-cache.js';
import { buildLab } from './lab/files.js';
import { inProject, runMain, print } from './run.js';
import { setup } from './setup.js';

/** @typedef {import('../inspector/src/types.js').Config} Config */

/** Where it is, once `buildSite` has been called. */
export const SITE = inProject('build/site');

/** Where nothing else is known: no bridge, no lab servers, nothing of the machine. @type {Config} */
const CONFIG = { bridge: '', targets: {}, system: false };

/**
 * Writes build/site, unless it is there for these very sources. dist/ must be built, and Vite installed.
 * @returns {Promise<string>} the folder
 */
export async function buildSite() {
  const lab = await buildLab();
  const sources = [
    'inspector',
    'dist',
    'messages',
    'scripts/serve.js',
    'scripts/site.js',
    'package.json',
    'package-lock.json',
  ];
  const digest = await digestOf([...sources.map((path) => inProject(path)), lab]);
  await fillFolder(SITE, digest, async (folder) => {
    const { build } = await import('vite'); // not at the top: it is installed by setup()
    await build({
      configFile: inProject('inspector/vite.config.js'),
      logLevel: 'warn',
      build: { outDir: folder },
    });
    await cp(lab, join(folder, 'lab'), { recursive: true });
    await writeFile(join(folder, 'config.json'), `${JSON.stringify(CONFIG, null, 1)}\n`);
  });
  return SITE;
}

await runMain(import.meta.url, async () => {
  const { mbedtlsSource } = await setup({ packages: 'start' });
  await buildPackage(mbedtlsSource);
  const folder = await buildSite();
  print(`
The site: ${folder}

Put it on any server of static files. It works as it is: chains of the lab are judged in the page.
For live connections, name your bridge in config.json, such as {"bridge": "wss://bridge.example/", …}, or let each
visitor fill it in; the bridge must allow the site's origin. Each page has its policy (CSP) in it; a server that can
should send it as a header too, with frame-ancestors.`);
});
