/**
 * Which files of wasm/ may depend on which. A file may include headers of, and call functions in, its own folder and the
 * folders that FOLDERS lists for it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { dependencyCycles } from './cycles.js';
import { functionsOf, includesOf, findIdentifiers } from './c-source.js';
import { readFiles, joinList } from './files.js';

/** @type {Record<string, string[]>} folder -> the folders it may use */
const FOLDERS = {
  host: [],
  x509: ['host'],
  crypto: ['host'],
  verify: ['x509', 'host', 'crypto'],
  describe: ['verify', 'x509', 'host', 'crypto'],
  identity: ['x509', 'host', 'crypto'],
  mbedtls: ['identity', 'verify', 'x509', 'crypto', 'host'],
  tls: ['describe', 'mbedtls', 'verify', 'x509', 'crypto', 'host'],
};

/** The interface to JavaScript, and the error codes it includes. They are in no folder. */
const PUBLIC_HEADER = 'pagetls.h';
const ERROR_CODES = 'errors.def';
/** Folders that must not include it: they neither return error codes nor implement exported functions. */
const WITHOUT_PUBLIC_HEADER = ['x509', 'crypto'];

/**
 * Headers whose functions the host or Mbed TLS implements. A call to one depends on the header, not on the file that
 * defines the function.
 */
const INTERFACES = ['host/host.h', 'verify/signature_check.h', 'crypto/digest.h'];

/** The headers of Mbed TLS that tls/ may include: the public API for connections. */
const MBEDTLS_TLS_HEADERS = ['mbedtls/psa_util.h', 'mbedtls/ssl.h', 'mbedtls/ssl_ciphersuites.h'];

/** Macros that give access to private members of Mbed TLS's structs. */
const PRIVATE_ACCESS = /MBEDTLS_ALLOW_PRIVATE_ACCESS|MBEDTLS_PRIVATE/;

/** C11 headers that need no operating system and that Emscripten's libc has. */
const C_HEADERS = ['limits.h', 'math.h', 'stdarg.h', 'stddef.h', 'stdint.h', 'stdlib.h', 'string.h', 'time.h'];
/** Compiler headers, each allowed in one file. */
const COMPILER_HEADERS = new Map([
  ['wasm_simd128.h', 'crypto/simd.h'],
  ['sanitizer/asan_interface.h', 'host/heap.c'],
]);

/** @typedef {{ path: string, text: string, folder: string }} Source `path` is relative to wasm/; `folder` is '' at its top */

/** @param {string} folder @returns {string} */
function allowedFolders(folder) {
  const allowed = FOLDERS[folder].map((name) => `${name}/`);
  return `${folder}/ may use ${allowed.length === 0 ? 'no other folder' : `only ${joinList(allowed)}`}`;
}

/**
 * Checks an include of a file of wasm/.
 * @param {Source} from
 * @param {string} to path of the included file, relative to wasm/
 * @returns {string | undefined} the broken rule
 */
function ownIncludeViolation({ path, folder }, to) {
  if (to === ERROR_CODES)
    return path === PUBLIC_HEADER ? undefined : `only ${PUBLIC_HEADER} may include ${ERROR_CODES}`;
  if (to === PUBLIC_HEADER)
    return WITHOUT_PUBLIC_HEADER.includes(folder) ? `${folder}/ must not include ${PUBLIC_HEADER}` : undefined;
  if (folder === '') return `${PUBLIC_HEADER} may include only C headers and ${ERROR_CODES}`;
  const target = dirname(to);
  if (to.endsWith('.c')) return '.c files must not be included';
  if (target === folder) return undefined;
  if (!FOLDERS[folder].includes(target)) return allowedFolders(folder);
  return to.endsWith('.inc') ? '.inc files may be included only from their own folder' : undefined;
}

/**
 * Checks an include of a header that is not in wasm/.
 * @param {Source} from
 * @param {string} name
 * @param {boolean} isSystem whether it is in angle brackets
 * @returns {string | undefined} the broken rule
 */
function foreignIncludeViolation({ path, folder }, name, isSystem) {
  const isMbedtls = /^(?:mbedtls|psa)\//.test(name) || !isSystem;
  if (!isMbedtls) {
    return C_HEADERS.includes(name) || COMPILER_HEADERS.get(name) === path
      ? undefined
      : `the only system headers allowed are ${joinList(C_HEADERS)}; host/ provides everything else`;
  }
  if (folder === 'mbedtls') return undefined;
  if (folder !== 'tls') return 'only mbedtls/ and tls/ may include headers of Mbed TLS';
  return MBEDTLS_TLS_HEADERS.includes(name)
    ? undefined
    : `the only headers of Mbed TLS allowed in tls/ are ${joinList(MBEDTLS_TLS_HEADERS)}`;
}

/**
 * @param {Source} source
 * @param {Map<string, Source>} sources
 * @returns {{ violations: string[], dependencies: import('./cycles.js').Dependency[] }}
 */
function checkIncludes(source, sources) {
  /** @type {string[]} */
  const violations = [];
  const dependencies = [];
  for (const { name: written, line } of includesOf(source.text)) {
    const [, name, bracket] = /^["<](.+)([">])$/.exec(written) ?? [];
    const description = `wasm/${source.path}:${line} includes ${name ?? written}`;
    const ownPath = name && [join(dirname(source.path), name), join('mbedtls', name)].find((path) => sources.has(path));
    /** @type {string | undefined} */
    let broken;
    if (name === undefined) broken = '#include must name a file';
    else if (sources.has(name)) {
      broken = ownIncludeViolation(source, name);
      dependencies.push({ from: nodeOf(source.path), to: nodeOf(name), description });
    } else if (ownPath) broken = `include it by its path from wasm/: ${ownPath}`;
    else broken = foreignIncludeViolation(source, name, bracket === '>');
    if (broken !== undefined) violations.push(`${description}: ${broken}`);
  }
  return { violations, dependencies };
}

/** A header and its .c file count as one node of the graph. @param {string} path @returns {string} */
function nodeOf(path) {
  return path.replace(/\.[ch]$/, '');
}

/**
 * @param {Source[]} sources
 * @returns {{ violations: string[], dependencies: import('./cycles.js').Dependency[] }}
 */
function checkCalls(sources) {
  const functions = new Map(sources.map((source) => [source.path, functionsOf(source.text)]));
  const ofInterfaces = new Map(
    INTERFACES.flatMap((path) => functions.get(path)?.declared.map((name) => [name, path]) ?? []),
  );
  /** @type {Map<string, string>} */
  const definitions = new Map();
  for (const [path, { defined }] of functions) for (const { name } of defined) definitions.set(name, path);

  const violations = [];
  const dependencies = [];
  for (const { path, folder } of sources) {
    /** @type {Set<string>} */
    const reported = new Set();
    for (const { name, line } of functions.get(path)?.used ?? []) {
      const target = ofInterfaces.get(name) ?? definitions.get(name);
      if (target === undefined || nodeOf(target) === nodeOf(path)) continue;
      const description = `wasm/${path}:${line} calls ${name}() in ${target}`;
      dependencies.push({ from: nodeOf(path), to: nodeOf(target), description });
      const targetFolder = dirname(target);
      if (folder === '' || targetFolder === folder || FOLDERS[folder].includes(targetFolder) || reported.has(target))
        continue;
      reported.add(target);
      violations.push(`${description}: ${allowedFolders(folder)}`);
    }
  }
  return { violations, dependencies };
}

/**
 * The compiler searches wasm/ and wasm/mbedtls/ for headers before Mbed TLS's own folders.
 * @param {Iterable<string>} paths
 * @param {string} mbedtlsSource
 * @returns {string[]}
 */
function shadowingHeaders(paths, mbedtlsSource) {
  const folders = ['include/mbedtls', 'library'].map((folder) => join(mbedtlsSource, folder));
  const theirs = new Set(folders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder)));
  return [...paths]
    .filter((path) => dirname(path) === 'mbedtls' && path.endsWith('.h') && theirs.has(basename(path)))
    .map((path) => `wasm/${path} shadows a header of Mbed TLS`);
}

/**
 * @param {string} root of the project
 * @param {string} [mbedtlsSource]
 * @returns {string[]} one sentence per violation
 */
export function wasmViolations(root, mbedtlsSource) {
  /** @type {Map<string, Source>} */
  const sources = new Map();
  const violations = [];
  for (const [full, text] of readFiles(root, 'wasm', ['.c', '.h', '.inc', '.def'])) {
    const path = full.slice('wasm/'.length);
    const folder = dirname(path);
    if (folder in FOLDERS) sources.set(path, { path, text, folder });
    else if (path === PUBLIC_HEADER || path === ERROR_CODES) sources.set(path, { path, text, folder: '' });
    else
      violations.push(
        `${full} is in no known folder: wasm/ has ${joinList(Object.keys(FOLDERS).map((name) => `${name}/`))}`,
      );
  }
  const dependencies = [];
  for (const source of sources.values()) {
    const included = checkIncludes(source, sources);
    violations.push(...included.violations);
    dependencies.push(...included.dependencies);
    if (source.folder === 'mbedtls') continue;
    for (const { name, line } of findIdentifiers(source.text, PRIVATE_ACCESS)) {
      violations.push(
        `wasm/${source.path}:${line} uses ${name}: only mbedtls/ may access private members of Mbed TLS's structs`,
      );
    }
  }
  const calls = checkCalls([...sources.values()]);
  violations.push(...calls.violations, ...dependencyCycles([...dependencies, ...calls.dependencies]));
  if (mbedtlsSource !== undefined) violations.push(...shadowingHeaders(sources.keys(), mbedtlsSource));
  return violations;
}
