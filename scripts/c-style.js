/**
 * How C is written: clang-format over every file of it, clang-tidy over the core. What they find depends on their
 * version, so another one than Debian 12's is not asked. node scripts/c-style.js formats.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configureTidy } from './cmake.js';
import { readFiles } from './dependency-rules/files.js';
import { mbedtlsSource } from './mbedtls-source.js';
import { findProgram, inProject, runOrFail, runMain, root, run, print, UserError } from './run.js';

/** Of Clang's tools. */
const CLANG_VERSION = 14;

const FORMATTED = ['wasm', 'test/native', 'test/fuzz', 'test/kernels', 'bench/native'];
/** Written by scripts/known-anchors.js, a line for each anchor however long its name. */
const GENERATED = ['wasm/verify/known_anchors.inc'];

/** What only the WebAssembly build compiles needs nothing but the compiler's own headers. */
const WASM_FLAGS = ['--target=wasm32', '-ffreestanding', '-mbulk-memory', '-std=c11', '-Iwasm'];

/** @param {string} name of a tool @returns {string | undefined} */
function findTool(name) {
  return findProgram(`${name}-${CLANG_VERSION}`) ?? findProgram(name);
}

/**
 * @param {'clang-format' | 'clang-tidy'} name
 * @returns {Promise<string | undefined>} why it cannot be asked here, where that is no fault
 */
export async function versionMismatch(name) {
  const tool = findTool(name);
  if (tool === undefined) return undefined;
  const { output } = await run(tool, ['--version']);
  const [, version] = /version (\d+)/.exec(output) ?? [];
  return Number(version) === CLANG_VERSION
    ? undefined
    : `${name} is ${version}, and the sources are written for ${CLANG_VERSION}`;
}

/** @param {string} name @returns {string} its path @throws {UserError} */
function requireTool(name) {
  const tool = findTool(name);
  if (tool === undefined) throw new UserError(`${name} is not there: run 'npm run setup' first.`);
  return tool;
}

/** @returns {string[]} paths from the root */
function formattedFiles() {
  const paths = FORMATTED.flatMap((folder) => [...readFiles(root, folder, ['.c', '.h', '.inc']).keys()]);
  return paths.filter((path) => !GENERATED.includes(path));
}

/** @returns {Promise<string | undefined>} the files that are formatted otherwise */
export async function formatFailure() {
  const { status, output } = await run(requireTool('clang-format'), ['--dry-run', '-Werror', ...formattedFiles()]);
  if (status === 0) return undefined;
  const files = new Set(
    [...output.matchAll(/^(.+?):\d+:\d+: error: code should be clang-formatted/gm)].map(([, file]) => file),
  );
  return files.size === 0
    ? output.trimEnd()
    : `${[...files].join('\n')}\n'npm run format' formats ${files.size === 1 ? 'it' : `these ${files.size} files`}.`;
}

/**
 * Tells clang-tidy how each file of the core is compiled: once, though the kernels are also compiled for their tests.
 * @param {string} build folder with the commands of a native build
 * @param {string[]} files
 * @returns {string} the folder to give it
 */
function writeCommands(build, files) {
  /** @type {{ file: string, directory: string, command?: string, arguments?: string[] }[]} */
  const native = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'));
  const commands = files.map((file) => {
    const path = inProject(file);
    return (
      native.find((entry) => entry.file === path) ?? {
        file: path,
        directory: root,
        arguments: ['clang', ...WASM_FLAGS, '-c', path],
      }
    );
  });
  const folder = join(build, 'core');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'compile_commands.json'), JSON.stringify(commands));
  return folder;
}

/**
 * A process for each file: given several, clang-tidy 14 finds va_lists uninitialized that are not.
 * @returns {Promise<string | undefined>} what it finds
 */
export async function tidyFindings() {
  const tidy = requireTool('clang-tidy');
  const files = [...readFiles(root, 'wasm', ['.c']).keys()];
  const commands = writeCommands(await configureTidy(await mbedtlsSource()), files);
  /** @type {Set<string>} what is found in a header is found once for each file that includes it */
  const findings = new Set();
  const left = [...files];
  const work = async () => {
    for (let file = left.pop(); file !== undefined; file = left.pop()) {
      const { status, stdout, output } = await run(tidy, ['-p', commands, '--quiet', inProject(file)]);
      if (status === 0) continue;
      const found = stdout.replaceAll(`${root}/`, '').split(/^(?=\S+:\d+:\d+: (?:error|warning): )/m);
      for (const finding of stdout === '' ? [`${file}: ${output}`] : found) findings.add(finding.trimEnd());
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return findings.size === 0 ? undefined : [...findings].sort().join('\n');
}

await runMain(import.meta.url, async () => {
  const other = await versionMismatch('clang-format');
  if (other !== undefined) throw new UserError(`${other}: nothing is formatted.`);
  const files = formattedFiles();
  await runOrFail('Formatting C', requireTool('clang-format'), ['-i', ...files]);
  print(`${files.length} files of C are formatted`);
});
