/** postpack, which `npm pack` and `npm publish` run: writes back the documents that prepack.js replaced. */
import { restoreDocuments } from './packed-documents.js';
import { runMain } from './run.js';

await runMain(import.meta.url, async () => {
  const changed = restoreDocuments();
  if (changed.length > 0)
    process.stderr.write(`Changed while they were packed, and left as they are: ${changed.join(', ')}\n`);
});
