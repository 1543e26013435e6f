/**
 * Assembles and checks dist/, the package.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants as zlib } from 'node:zlib';
import { FILES } from '../messages/page.js';
import { withoutGenericArrays, writeDeclarations } from './declarations.js';
import { readManifest } from './manifest.js';
import { versionOf } from './mbedtls-source.js';
import { mozillaRoots } from './mozilla-roots.js';
import { noticesText } from './notices.js';
import { publicSuffixes } from './public-suffixes.js';
import { encodeRoots, encodeRootSignatures } from './roots-file.js';
import { filesIn, inProject, print, UserError } from './run.js';
import { sbomText } from './sbom.js';
import { thirdParties } from './third-party.js';

const REQUIRED_IMPORTS = ['pagetls.now', 'pagetls.random'];
/** Missing in builds with PAGETLS_HOST_AEAD=OFF. */
const OPTIONAL_IMPORTS = ['pagetls.aead'];
/** Maximum sizes in bytes after brotli compression. */
const BROTLI_LIMITS = { wasm: 115_000, code: 244 * 1024 };

/**
 * The folder in dist/ with the files that are no scripts. It is called as the package, and so are they, without './':
 * `new URL('pagetls/pagetls.wasm', import.meta.url)` is a path from the module, which browsers and bundlers know, and the
 * name of an export of the package, which Vite's development server finds where it has moved the module elsewhere.
 */
const DATA = 'pagetls';

/** Modules of messages/ that only the pages use. */
const PAGE_ONLY_MESSAGES = ['failures.js'];

/** @returns {string[]} the functions that pagetls.h declares, which CMakeLists.txt exports */
function declaredFunctions() {
  const header = readFileSync(inProject('wasm/pagetls.h'), 'utf8');
  return [...header.matchAll(/^[a-z].*[ *](pagetls_[a-z_]+)\(/gm)].map(([, name]) => name);
}

/**
 * Checks imports and exports. The linker cannot (see CMakeLists.txt), and the loader relies on them.
 * @param {string} path of pagetls.wasm
 * @throws {UserError}
 */
export async function checkWasmModule(path) {
  const module = await WebAssembly.compile(readFileSync(path));
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  const allowed = [...OPTIONAL_IMPORTS, ...REQUIRED_IMPORTS];
  if (!REQUIRED_IMPORTS.every((name) => imports.includes(name)) || !imports.every((name) => allowed.includes(name))) {
    throw new UserError(
      `pagetls.wasm must import ${allowed.join(', ')} and nothing else, but it imports ${imports.join(', ')}. ` +
        'The linker turns functions that C does not define into imports.',
    );
  }
  const exports = new Set(WebAssembly.Module.exports(module).map((entry) => entry.name));
  const missing = declaredFunctions().filter((name) => !exports.has(name));
  if (missing.length > 0) {
    throw new UserError(`wasm/pagetls.h declares ${missing.join(', ')}, but pagetls.wasm does not export it.`);
  }
}

/** Copies the modification time too, to recognize unchanged files. @param {string} from @param {string} to */
function copyIfChanged(from, to) {
  const { atime, mtime, mtimeMs, size } = statSync(from);
  const existing = statSync(to, { throwIfNoEntry: false });
  if (existing !== undefined && existing.size === size && Math.abs(existing.mtimeMs - mtimeMs) < 1) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o644); // linkers make programs
  utimesSync(to, atime, mtime);
}

/** @param {string} path @param {string | Buffer} contents */
function writeIfChanged(path, contents) {
  if (!existsSync(path) || !readFileSync(path).equals(Buffer.from(contents))) writeFileSync(path, contents);
}

/**
 * Removes comments, which the declarations have. Keeps every line where it was.
 * @param {string} program
 */
async function removeComments(program) {
  const { parse } = await import('acorn'); // setup() installs it after this module is loaded
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
 * Adjusts imports of messages/ for dist/, where it is one level lower.
 * @param {string} module a script or a declaration file
 */
export function relocateImports(module) {
  return module.replace(
    /(\b(?:from|import)\s*\(?\s*['"])\.\.\/((?:\.\.\/)*)messages\//g,
    (_, before, up) => `${before}${up || './'}messages/`,
  );
}

/**
 * js/version.d.ts declares it.
 * @param {string} version of the package
 * @param {string} mbedtlsSource folder
 */
function versionModule(version, mbedtlsSource) {
  return `export const VERSION = '${version}';\nexport const MBEDTLS_VERSION = '${versionOf(mbedtlsSource)}';\n`;
}

/**
 * Writes dist/: the wasm module, the JavaScript without comments, its declarations, Mozilla's roots, public suffixes, and what
 * is in it of others. Files of js/ go to its top level, messages/ becomes a folder in it.
 * @param {string} wasm path of the wasm module; the linker's map is beside it
 * @param {string} mbedtlsSource folder
 * @throws {UserError}
 */
export async function assembleDist(wasm, mbedtlsSource) {
  const dist = inProject('dist');
  const declarations = await writeDeclarations();
  const wanted = new Set([join(DATA, 'pagetls.wasm')]);
  /** @param {string} path in dist @param {string | Buffer} contents */
  const write = (path, contents) => {
    wanted.add(path);
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeIfChanged(join(dist, path), contents);
  };

  mkdirSync(dist, { recursive: true });
  copyIfChanged(wasm, join(dist, DATA, 'pagetls.wasm'));
  const program = filesIn(inProject('js'));
  if (!program.includes('index.js')) throw new UserError('js/index.js is missing.');
  for (const path of program.filter((name) => name.endsWith('.d.ts'))) {
    write(path, readFileSync(inProject('js', path), 'utf8'));
  }
  const messages = filesIn(inProject('messages')).filter((name) => !PAGE_ONLY_MESSAGES.includes(name));
  for (const [source, files, target] of /** @type {const} */ ([
    ['js', program, ''],
    ['messages', messages, 'messages'],
  ])) {
    for (const path of files.filter((name) => name.endsWith('.js'))) {
      write(join(target, path), relocateImports(await removeComments(readFileSync(inProject(source, path), 'utf8'))));
      const types = path.replace(/\.js$/, '.d.ts');
      const declaration = relocateImports(readFileSync(join(declarations, source, types), 'utf8'));
      write(join(target, types), withoutGenericArrays(declaration));
    }
  }
  const list = await mozillaRoots();
  write(join(DATA, 'mozilla-roots.bin'), encodeRoots(list));
  write(join(DATA, 'mozilla-root-signatures.bin'), encodeRootSignatures(list));
  print(`dist/${DATA}/mozilla-roots.bin: version ${list.version} of ${list.date}, ${list.roots.length} roots`);
  write(join(DATA, 'public-suffixes.txt'), await publicSuffixes());
  write('version.js', versionModule(readManifest().version, mbedtlsSource));
  const parts = await thirdParties(readFileSync(wasm.replace(/\.wasm$/, '.map'), 'utf8'), mbedtlsSource);
  write('THIRD-PARTY-NOTICES.txt', noticesText(parts));
  const data = Object.values(FILES).map((name) => join(DATA, name));
  const files = data.map((path) => /** @type {const} */ ([`dist/${path}`, readFileSync(join(dist, path))]));
  const pyproject = readFileSync(inProject('bridge/pyproject.toml'), 'utf8');
  write('sbom.cdx.json', sbomText({ manifest: readManifest(), pyproject, parts, files: Object.fromEntries(files) }));
  for (const path of filesIn(dist)) if (!wanted.has(path)) rmSync(join(dist, path));
}

/** @param {string} path @returns {{ raw: number, brotli: number }} sizes in bytes */
function sizes(path) {
  const bytes = readFileSync(path);
  const compressed = brotliCompressSync(bytes, { params: { [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  return { raw: bytes.length, brotli: compressed.length };
}

/**
 * @returns {string[]} the sizes, as lines to print
 * @throws {UserError} if the wasm module, or all code together, exceeds its limit
 */
export function checkSizes() {
  const dist = inProject('dist');
  const code = filesIn(dist).filter((path) => path.endsWith('.js') || path.endsWith('.wasm'));
  const wasm = sizes(join(dist, DATA, 'pagetls.wasm'));
  const total = code
    .map((path) => sizes(join(dist, path)))
    .reduce((sum, size) => ({ raw: sum.raw + size.raw, brotli: sum.brotli + size.brotli }));
  /** @param {string} name @param {{ raw: number, brotli: number }} size @param {number} limit @returns {string} */
  const line = (name, size, limit) => {
    const [raw, brotli, maximum] = [size.raw, size.brotli, limit].map((bytes) => bytes.toLocaleString('en-US'));
    if (size.brotli <= limit) return `${name}: ${raw} bytes, brotli ${brotli} (limit ${maximum})`;
    throw new UserError(`${name} is too large: ${brotli} bytes after brotli compression; the limit is ${maximum}.`);
  };
  return [
    line(`dist/${DATA}/pagetls.wasm`, wasm, BROTLI_LIMITS.wasm),
    line(`dist, ${code.length} files (.wasm and .js)`, total, BROTLI_LIMITS.code),
  ];
}
