/**
 * The style of C: clang-format for all files, clang-tidy for the core. Their results depend on the version, so only
 * Debian 12's version is used. `node scripts/c-style.js` formats all files.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configureTidy } from './cmake.js';
import { readFiles } from './dependency-rules/files.js';
import { mbedtlsSource } from './mbedtls-source.js';
import { findProgram, inProject, runOrFail, runMain, root, run, print, UserError } from './run.js';

/** The required version of clang-format and clang-tidy: Debian 12's. */
const CLANG_VERSION = 14;

const FORMATTED_FOLDERS = ['wasm', 'test/native', 'test/fuzz', 'test/kernels', 'test/interop', 'bench/native'];
/** scripts/known-anchors.js writes one line per trust anchor, whatever its length. */
const GENERATED = ['wasm/verify/known_anchors.inc'];

/** For files that only the WebAssembly build compiles. They need no headers except the compiler's own. */
const WASM_FLAGS = ['--target=wasm32', '-ffreestanding', '-mbulk-memory', '-std=c11', '-Iwasm'];

/** @param {string} name @returns {string | undefined} its path */
function findTool(name) {
  return findProgram(`${name}-${CLANG_VERSION}`) ?? findProgram(name);
}

/**
 * @param {'clang-format' | 'clang-tidy'} name
 * @returns {Promise<string | undefined>} why the installed version cannot be used; undefined also if none is installed
 */
export async function versionMismatch(name) {
  const tool = findTool(name);
  if (tool === undefined) return undefined;
  const { output } = await run(tool, ['--version']);
  const [, version] = /version (\d+)/.exec(output) ?? [];
  return Number(version) === CLANG_VERSION
    ? undefined
    : `found ${name} ${version}, but the project uses version ${CLANG_VERSION}`;
}

/** @param {string} name @returns {string} its path @throws {UserError} */
function requireTool(name) {
  const tool = findTool(name);
  if (tool === undefined) throw new UserError(`${name} is not installed. Run 'npm run setup' first.`);
  return tool;
}

/** @returns {string[]} paths from the root */
function formattedFiles() {
  const paths = FORMATTED_FOLDERS.flatMap((folder) => [...readFiles(root, folder, ['.c', '.h', '.inc']).keys()]);
  return paths.filter((path) => !GENERATED.includes(path));
}

/** @returns {Promise<string | undefined>} the files that are not formatted */
export async function unformattedFiles() {
  const { status, output } = await run(requireTool('clang-format'), ['--dry-run', '-Werror', ...formattedFiles()]);
  if (status === 0) return undefined;
  const files = new Set(
    [...output.matchAll(/^(.+?):\d+:\d+: error: code should be clang-formatted/gm)].map(([, file]) => file),
  );
  return files.size === 0
    ? output.trimEnd()
    : `${[...files].join('\n')}\nRun 'npm run format' to format ${files.size === 1 ? 'it' : `these ${files.size} files`}.`;
}

/**
 * Writes the compile command of each core file for clang-tidy, once per file: the kernels are also compiled for tests.
 * @param {string} build folder with the compile_commands.json of a native build
 * @param {string[]} files
 * @returns {string} the folder for clang-tidy -p
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
 * Runs one process per file: with several files, clang-tidy 14 reports false positives for uninitialized va_lists.
 * @returns {Promise<string | undefined>} the findings
 */
export async function tidyFindings() {
  const tidy = requireTool('clang-tidy');
  const files = [...readFiles(root, 'wasm', ['.c']).keys()];
  const commands = writeCommands(await configureTidy(await mbedtlsSource()), files);
  /** @type {Set<string>} unique: a finding in a header is reported for each file that includes it */
  const findings = new Set();
  const remaining = [...files];
  const work = async () => {
    for (let file = remaining.pop(); file !== undefined; file = remaining.pop()) {
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
  const mismatch = await versionMismatch('clang-format');
  if (mismatch !== undefined) throw new UserError(`C was not formatted: ${mismatch}.`);
  const files = formattedFiles();
  await runOrFail('Formatting C', requireTool('clang-format'), ['-i', ...files]);
  print(`Formatted ${files.length} C files.`);
});
