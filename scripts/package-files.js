/**
 * What goes into dist/, and the checks on it.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rootCertificates } from 'node:tls';
import { brotliCompressSync, constants as zlib } from 'node:zlib';
import { inProject, runOrFail, UserError } from './run.js';

/** The first is not there in a build with PAGETLS_HOST_AEAD=OFF. */
const ALLOWED_IMPORTS = ['pagetls.aead', 'pagetls.now', 'pagetls.random'];
/** In bytes, as brotli makes them. */
const BROTLI_LIMITS = { wasm: 100 * 1024, code: 130 * 1024 };

/** What of messages/ is for the pages alone. */
const PAGE_ONLY_MESSAGES = ['failures.js'];

/** @param {string} folder @returns {string[]} every file in it, relative */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** @returns {string[]} the functions that pagetls.h declares; CMakeLists.txt exports the same */
function declaredFunctions() {
  const header = readFileSync(inProject('wasm/pagetls.h'), 'utf8');
  return [...header.matchAll(/^[a-z].*[ *](pagetls_[a-z_]+)\(/gm)].map(([, name]) => name);
}

/**
 * The linker cannot check this (see CMakeLists.txt), and the loader relies on it.
 * @param {string} path of pagetls.wasm
 * @throws {UserError}
 */
export async function checkWasmModule(path) {
  const module = await WebAssembly.compile(readFileSync(path));
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  if (
    !ALLOWED_IMPORTS.slice(1).every((name) => imports.includes(name)) ||
    !imports.every((name) => ALLOWED_IMPORTS.includes(name))
  ) {
    throw new UserError(
      `pagetls.wasm must import ${ALLOWED_IMPORTS.join(', ')} and nothing else, but it imports ${imports.join(', ')}: ` +
        'a function that is not defined in C has become an import.',
    );
  }
  const exports = new Set(WebAssembly.Module.exports(module).map((entry) => entry.name));
  const missing = declaredFunctions().filter((name) => !exports.has(name));
  if (missing.length > 0) {
    throw new UserError(`pagetls.wasm does not export ${missing.join(', ')}, which wasm/pagetls.h declares.`);
  }
}

/** @param {string} from @param {string} to keeps the time, so that unchanged files stay untouched */
function copyIfChanged(from, to) {
  const { atime, mtime, mtimeMs, size } = statSync(from);
  const there = statSync(to, { throwIfNoEntry: false });
  if (there !== undefined && there.size === size && Math.abs(there.mtimeMs - mtimeMs) < 1) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  utimesSync(to, atime, mtime);
}

/** @param {string} path @param {string} text */
function writeIfChanged(path, text) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

/**
 * The program without its comments, each line where it was: what they say is in the declarations.
 * @param {string} program
 */
async function withoutComments(program) {
  const { parse } = await import('acorn'); // here, as setup installs it
  /** @type {import('acorn').Comment[]} */
  const comments = [];
  parse(program, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true, onComment: comments });
  let text = '';
  let at = 0;
  for (const { start, end } of comments.filter(({ start }) => !program.startsWith('#!', start))) {
    const before = program.slice(at, start);
    text += program[end] === '\n' ? before.replace(/[ \t]+$/, '') : before;
    text += '\n'.repeat(program.slice(start, end).split('\n').length - 1);
    at = end;
  }
  return text + program.slice(at);
}

/**
 * What js/ imports of messages/, where dist/ has it: one level less up.
 * @param {string} module a script of js/, or its declarations
 */
export function relocateImports(module) {
  return module.replace(
    /(\b(?:from|import)\s*\(?\s*['"])\.\.\/((?:\.\.\/)*)messages\//g,
    (_, before, up) => `${before}${up || './'}messages/`,
  );
}

/**
 * Writes the declarations of js/ and messages/ below build/, where they lie as their sources do.
 * @returns {Promise<string>} the folder
 */
async function writeDeclarations() {
  const folder = inProject('build/declarations');
  rmSync(folder, { recursive: true, force: true });
  await runOrFail('Writing the type declarations', inProject('node_modules/.bin/tsc'), [
    '-p',
    inProject('scripts/tsconfig.build.json'),
  ]);
  return folder;
}

/**
 * Makes dist/: the module, the JavaScript without its comments, its declarations, and Mozilla's roots. js/ becomes its
 * top, messages/ a folder in it.
 * @param {string} wasm the path of the finished module
 * @throws {UserError}
 */
export async function assembleDist(wasm) {
  const dist = inProject('dist');
  const declarations = await writeDeclarations();
  const wanted = new Set(['pagetls.wasm', 'mozilla-roots.pem']);
  /** @param {string} path in dist @param {string} text */
  const write = (path, text) => {
    wanted.add(path);
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeIfChanged(join(dist, path), text);
  };

  mkdirSync(dist, { recursive: true });
  copyIfChanged(wasm, join(dist, 'pagetls.wasm'));
  const program = filesIn(inProject('js'));
  if (!program.includes('index.js')) throw new UserError('js/index.js is missing: there is no package to build.');
  for (const path of program.filter((name) => name.endsWith('.d.ts'))) {
    write(path, readFileSync(inProject('js', path), 'utf8'));
  }
  const messages = filesIn(inProject('messages')).filter((name) => !PAGE_ONLY_MESSAGES.includes(name));
  for (const [source, files, target] of /** @type {const} */ ([
    ['js', program, ''],
    ['messages', messages, 'messages'],
  ])) {
    for (const path of files.filter((name) => name.endsWith('.js'))) {
      write(join(target, path), relocateImports(await withoutComments(readFileSync(inProject(source, path), 'utf8'))));
      const types = path.replace(/\.js$/, '.d.ts');
      write(join(target, types), relocateImports(readFileSync(join(declarations, source, types), 'utf8')));
    }
  }
  // Node's list of roots is Mozilla's.
  write('mozilla-roots.pem', `${rootCertificates.join('\n')}\n`);
  for (const path of filesIn(dist)) if (!wanted.has(path)) rmSync(join(dist, path));
}

/** @param {string} path @returns {{ raw: number, brotli: number }} sizes in bytes */
function sizes(path) {
  const bytes = readFileSync(path);
  const compressed = brotliCompressSync(bytes, { params: { [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  return { raw: bytes.length, brotli: compressed.length };
}

/**
 * @returns {string[]} the sizes, in lines to be printed
 * @throws {UserError} when the module, or the code as a whole, has become too big
 */
export function checkSizes() {
  const dist = inProject('dist');
  const code = filesIn(dist).filter((path) => path.endsWith('.js') || path.endsWith('.wasm'));
  const wasm = sizes(join(dist, 'pagetls.wasm'));
  const total = code
    .map((path) => sizes(join(dist, path)))
    .reduce((sum, size) => ({ raw: sum.raw + size.raw, brotli: sum.brotli + size.brotli }));
  /** @param {string} what @param {{ raw: number, brotli: number }} size @param {number} limit @returns {string} */
  const line = (what, size, limit) => {
    const [raw, brotli, most] = [size.raw, size.brotli, limit].map((bytes) => bytes.toLocaleString('en-US'));
    if (size.brotli <= limit) return `${what}: ${raw} bytes, brotli ${brotli} (limit ${most})`;
    throw new UserError(`${what} has become too big: ${brotli} bytes with brotli, and the limit is ${most}.`);
  };
  return [
    line('dist/pagetls.wasm', wasm, BROTLI_LIMITS.wasm),
    line(`dist, ${code.length} files (.wasm and .js)`, total, BROTLI_LIMITS.code),
  ];
}
