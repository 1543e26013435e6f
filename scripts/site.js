/**
 * npm run site: writes build/site, the inspector and the lab as a static site, for any web server and any bridge.
 */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPackage } from './build.js';
import { digestOf, fillFolder } from './folder-cache.js';
import { buildLab } from './lab/files.js';
import { inProject, runMain, print } from './run.js';
import { setup } from './setup.js';

/** @typedef {import('../inspector/src/types.js').Config} Config */

/** Exists after `buildSite()`. */
export const SITE = inProject('build/site');

/** The default: no bridge, no lab servers, no system roots. @type {Config} */
const DEFAULT_CONFIG = { bridge: '', targets: {}, system: false };

/**
 * Writes build/site, unless it is up to date. dist/ must be built and Vite installed.
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
    const { build } = await import('vite'); // setup() installs it after this module is loaded
    await build({
      configFile: inProject('inspector/vite.config.js'),
      logLevel: 'warn',
      build: { outDir: folder },
    });
    await cp(lab, join(folder, 'lab'), { recursive: true });
    await writeFile(join(folder, 'config.json'), `${JSON.stringify(DEFAULT_CONFIG, null, 1)}\n`);
  });
  return SITE;
}

await runMain(import.meta.url, async () => {
  const { mbedtlsSource } = await setup({ packages: 'start' });
  await buildPackage(mbedtlsSource);
  const folder = await buildSite();
  print(`
Site: ${folder}

Copy it to any static web server. Without a bridge, the pages verify the lab's chains offline.
For live connections, set your bridge in config.json, such as {"bridge": "wss://bridge.example/", …}, or let visitors
enter one; the bridge must allow the site's origin. The pages include their Content-Security-Policy. If your server can
set headers, send it as a header too, with frame-ancestors 'none'.`);
});
