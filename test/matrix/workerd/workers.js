/** Bundles a Worker as wrangler does, and runs it in workerd, the runtime of Cloudflare Workers. */
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from '../../../scripts/run.js';

/** What wrangler's rules make of the files that a Worker imports. @type {Record<string, string>} */
const KINDS = { '.js': 'esModule', '.wasm': 'wasm', '.bin': 'data', '.txt': 'text' };

/** It ends with this process, even by SIGKILL, and an endless loop does not take all memory. */
const LIMITS = findProgram('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', 'prlimit', `--data=${4 * 1024 ** 3}`] : [];

/**
 * @param {string} folder a project that has installed the package
 * @param {string} entry a module in it
 * @param {string[]} [conditions] wrangler's by default
 * @returns {Promise<string>} a folder with the modules of the Worker
 */
export async function bundleWorker(folder, entry, conditions = ['workerd', 'worker', 'browser']) {
  const outdir = join(folder, 'out', basename(entry), conditions.join('-'));
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
 * @param {(output: string) => void} [onOutput]
 */
export async function startWorker(folder, modules, { date, flags }, onOutput = () => {}) {
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
  // Not workerd/bin/workerd: without install scripts that is a script of Node, which starts this one.
  const platforms = join(folder, 'node_modules/@cloudflare');
  const binary = join(platforms, readdirSync(platforms)[0], 'bin/workerd');
  const command = [binary, 'serve', config, '--control-fd=3'];
  const [program, ...args] = [...LIMITS, ...command];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
      onOutput(output);
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
     * Calls a function of a guest.
     * @param {string} name file and function, such as `package.verify`
     * @param {object} [given]
     * @param {{files?: 'all' | 'wasm' | 'none', milliseconds?: number}} [options]
     * @returns {Promise<any>} its result
     * @throws {Error} with the fields of its error
     */
    async call(name, given = {}, { files = 'all', milliseconds = 20_000 } = {}) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(new Error(`No answer within ${milliseconds} ms.`)), milliseconds);
      const answering = fetch(`http://127.0.0.1:${port}/${name}`, {
        method: 'POST',
        headers: { files },
        body: JSON.stringify(given),
        signal: controller.signal,
      });
      const text = await answering.then((response) => response.text()).finally(() => clearTimeout(timer));
      const { result, error } = text.startsWith('{') ? JSON.parse(text) : { error: { message: text } };
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    },
    async close() {
      child.kill('SIGKILL'); // a Worker that hangs ends by nothing less
      await ended;
    },
  };
}
