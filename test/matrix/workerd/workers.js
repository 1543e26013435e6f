/** Bundles a Worker as wrangler does, and runs it in workerd, the runtime of Cloudflare Workers. */
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** What wrangler's rules make of the files that a Worker imports. @type {Record<string, string>} */
const KINDS = { '.js': 'esModule', '.wasm': 'wasm', '.bin': 'data', '.txt': 'text' };

/**
 * @param {string} folder a project that has installed the package
 * @param {string} entry a module in it
 * @param {string[]} [conditions] wrangler's by default
 * @returns {Promise<string>} a folder with the modules of the Worker
 */
export async function bundleWorker(folder, entry, conditions = ['workerd', 'worker', 'browser']) {
  const outdir = join(folder, 'out', `${entry}-${conditions.join('-')}`);
  await build({
    absWorkingDir: folder,
    entryPoints: { worker: entry },
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions,
    outdir,
    assetNames: '[name]',
    loader: { '.wasm': 'copy', '.bin': 'copy', '.txt': 'copy' },
    external: ['cloudflare:*', 'node:*'],
    logLevel: 'silent',
  });
  return outdir;
}

/**
 * @param {string} folder the tools of this part of the matrix
 * @param {string} modules from bundleWorker()
 * @param {{date: string, flags: string[]}} compatibility
 */
export async function startWorker(folder, modules, { date, flags }) {
  const config = join(modules, `${[date, ...flags].join('-')}.capnp`);
  const lines = readdirSync(modules)
    .filter((name) => extname(name) in KINDS)
    .sort((one) => (one === 'worker.js' ? -1 : 1)) // the first is the entry
    .map((name) => `(name = "${name}", ${KINDS[extname(name)]} = embed "${name}")`);
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
     const config :Workerd.Config = (
       services = [
         (name = "main", worker = .main),
         (name = "internet", network = (allow = ["public", "private", "local"])),
       ],
       sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
     );
     const main :Workerd.Worker = (
       modules = [${lines.join(',\n')}],
       compatibilityDate = "${date}",
       compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(', ')}],
     );`,
  );
  const program = join(folder, 'node_modules/workerd/bin/workerd');
  const child = spawn(program, ['serve', config, '--control-fd=3'], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const ended = once(child, 'close');
  const control = /** @type {import('node:stream').Readable} */ (child.stdio[3]);
  const line = await Promise.race([once(createInterface({ input: control }), 'line'), ended.then(() => undefined)]);
  if (line === undefined) throw new Error(`workerd did not start:\n${output}`);
  const { port } = JSON.parse(line[0]);
  return {
    output: () => output,
    /**
     * Calls a function of the Worker.
     * @param {string} name
     * @param {object} given
     * @param {number} [milliseconds]
     * @returns {Promise<any>} its value
     * @throws {Error} with the fields of its error
     */
    async call(name, given, milliseconds = 5_000) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(new Error(`No answer within ${milliseconds} ms.`)), milliseconds);
      const answering = fetch(`http://127.0.0.1:${port}/${name}`, {
        method: 'POST',
        body: JSON.stringify(given),
        signal: controller.signal,
      });
      const { ok, text } = await answering
        .then(async (response) => ({ ok: response.ok, text: await response.text() }))
        .finally(() => clearTimeout(timer));
      const { value, error } = ok ? JSON.parse(text) : { value: undefined, error: { message: text } };
      if (error) throw Object.assign(new Error(error.message), error);
      return value;
    },
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
