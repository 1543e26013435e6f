/**
 * prepack, which `npm pack` and `npm publish` run: builds dist/, so that the tarball is complete and made of these sources, and
 * writes the documents as they are packed, which postpack.js undoes.
 * Their stdout may be JSON for a program, so nothing is written to it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { replaceDocuments } from './packed-documents.js';
import { inProject, runMain, UserError } from './run.js';

/** Settings of the npm that runs this script, which are not for the `npm ci` of the build. */
const OUTER_SETTINGS = { npm_config_dry_run: undefined, npm_config_json: undefined };

await runMain(import.meta.url, async () => {
  const child = spawn(process.execPath, [inProject('scripts/build.js')], {
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, ...OUTER_SETTINGS },
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new UserError('The package was not packed, because it could not be built: see above.');
  await replaceDocuments();
});
