/**
 * The arrows between the files of wasm/. A room is a folder; what it includes, and what it calls without including it,
 * is of itself or of the rooms that it may use.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { dependencyCycles } from './cycles.js';
import { functionsOf, includesOf, findIdentifiers } from './c-source.js';
import { readFiles, joinList } from './files.js';

/** @type {Record<string, string[]>} the rooms, and for each those that it may use */
const FOLDERS = {
  host: [],
  x509: ['host'],
  crypto: ['host'],
  verify: ['x509', 'host', 'crypto'],
  describe: ['verify', 'x509', 'host', 'crypto'],
  mbedtls: ['verify', 'x509', 'crypto', 'host'],
  tls: ['describe', 'mbedtls', 'verify', 'x509', 'crypto', 'host'],
};

/** What is in no room: the boundary, and the codes that it is made of. */
const PUBLIC_HEADER = 'pagetls.h';
const ERROR_CODES = 'errors.def';
/** The rooms that have nothing to do with it: they neither set a code nor answer a call from outside. */
const WITHOUT_PUBLIC_HEADER = ['x509', 'crypto'];

/**
 * Headers that say what is wanted of whoever is behind them: the host, or Mbed TLS. A call of what they declare is an
 * arrow to the header, not to the file that has the function.
 */
const INTERFACES = ['host/host.h', 'verify/signature_check.h', 'crypto/digest.h'];

/** What tls/ may include of Mbed TLS: the public calls of a connection. */
const MBEDTLS_TLS_HEADERS = ['mbedtls/psa_util.h', 'mbedtls/ssl.h', 'mbedtls/ssl_ciphersuites.h'];

/** Ways to the private members of Mbed TLS's structs. */
const PRIVATE_ACCESS = /MBEDTLS_ALLOW_PRIVATE_ACCESS|MBEDTLS_PRIVATE/;

/** Headers of C11 that are there without an operating system, and in Emscripten's libc. */
const C_HEADERS = ['limits.h', 'math.h', 'stdarg.h', 'stddef.h', 'stdint.h', 'stdlib.h', 'string.h', 'time.h'];
/** Of compilers, for one file each. */
const COMPILER_HEADERS = new Map([
  ['wasm_simd128.h', 'crypto/simd.h'],
  ['sanitizer/asan_interface.h', 'host/heap.c'],
]);

/** @typedef {{ path: string, text: string, room: string }} Source its path is from wasm/, its room '' for the boundary */

/** @param {string} room @returns {string} */
function allowedFolders(room) {
  const rooms = FOLDERS[room].map((name) => `${name}/`);
  return `${room}/ may use ${rooms.length === 0 ? 'no other room' : joinList(rooms)}`;
}

/**
 * A file of wasm/ that another includes.
 * @param {Source} from
 * @param {string} to its path from wasm/
 * @returns {string | undefined} the rule that this breaks
 */
function ownIncludeViolation({ path, room }, to) {
  if (to === ERROR_CODES) return path === PUBLIC_HEADER ? undefined : `the codes come with ${PUBLIC_HEADER} alone`;
  if (to === PUBLIC_HEADER)
    return WITHOUT_PUBLIC_HEADER.includes(room) ? `${room}/ has nothing to do with the boundary` : undefined;
  if (room === '') return 'the boundary is made of nothing but C and its codes';
  const target = dirname(to);
  if (to.endsWith('.c')) return 'a .c file is compiled, not included';
  if (target === room) return undefined;
  if (!FOLDERS[room].includes(target)) return allowedFolders(room);
  return to.endsWith('.inc') ? 'an .inc file is of its own room alone' : undefined;
}

/**
 * A header that is not in wasm/.
 * @param {Source} from
 * @param {string} name
 * @param {boolean} isSystem in angle brackets
 * @returns {string | undefined} the rule that this breaks
 */
function foreignIncludeViolation({ path, room }, name, isSystem) {
  const isMbedtls = /^(?:mbedtls|psa)\//.test(name) || !isSystem;
  if (!isMbedtls) {
    return C_HEADERS.includes(name) || COMPILER_HEADERS.get(name) === path
      ? undefined
      : `headers that are not ours are ${joinList(C_HEADERS)}: anything else comes through host/`;
  }
  if (room === 'mbedtls') return undefined;
  if (room !== 'tls') return 'no header of Mbed TLS but in mbedtls/, and its public calls in tls/';
  return MBEDTLS_TLS_HEADERS.includes(name)
    ? undefined
    : `of Mbed TLS tls/ may include ${joinList(MBEDTLS_TLS_HEADERS)} alone`;
}

/**
 * @param {Source} source
 * @param {Map<string, Source>} sources
 * @returns {{ faults: string[], arrows: import('./cycles.js').Arrow[] }}
 */
function includesFrom(source, sources) {
  /** @type {string[]} */
  const faults = [];
  const arrows = [];
  for (const { name: written, line } of includesOf(source.text)) {
    const [, name, bracket] = /^["<](.+)([">])$/.exec(written) ?? [];
    const place = `wasm/${source.path}:${line} includes ${name ?? written}`;
    const beside = name && [join(dirname(source.path), name), join('mbedtls', name)].find((path) => sources.has(path));
    /** @type {string | undefined} */
    let fault;
    if (name === undefined) fault = 'an #include names its file';
    else if (sources.has(name)) {
      fault = ownIncludeViolation(source, name);
      arrows.push({ from: withoutExtension(source.path), to: withoutExtension(name), why: place });
    } else if (beside) fault = `a file of ours is included by its path from wasm/, ${beside}`;
    else fault = foreignIncludeViolation(source, name, bracket === '>');
    if (fault !== undefined) faults.push(`${place}: ${fault}`);
  }
  return { faults, arrows };
}

/** A header and the file that defines what it declares are one. @param {string} path @returns {string} */
function withoutExtension(path) {
  return path.replace(/\.[ch]$/, '');
}

/**
 * @param {Source[]} sources
 * @returns {{ faults: string[], arrows: import('./cycles.js').Arrow[] }}
 */
function callsBetween(sources) {
  const functions = new Map(sources.map((source) => [source.path, functionsOf(source.text)]));
  const ofInterfaces = new Map(
    INTERFACES.flatMap((path) => functions.get(path)?.declared.map((name) => [name, path]) ?? []),
  );
  /** @type {Map<string, string>} */
  const homes = new Map();
  for (const [path, { defined }] of functions) for (const { name } of defined) homes.set(name, path);

  const faults = [];
  const arrows = [];
  for (const { path, room } of sources) {
    /** @type {Set<string>} */
    const said = new Set();
    for (const { name, line } of functions.get(path)?.used ?? []) {
      const home = ofInterfaces.get(name) ?? homes.get(name);
      if (home === undefined || withoutExtension(home) === withoutExtension(path)) continue;
      const why = `wasm/${path}:${line} calls ${name}() of ${home}`;
      arrows.push({ from: withoutExtension(path), to: withoutExtension(home), why });
      const target = dirname(home);
      if (room === '' || target === room || FOLDERS[room].includes(target) || said.has(home)) continue;
      said.add(home);
      faults.push(`${why}: ${allowedFolders(room)}`);
    }
  }
  return { faults, arrows };
}

/**
 * wasm/ and wasm/mbedtls/ come before Mbed TLS's own folders where the compiler looks for headers.
 * @param {Iterable<string>} paths
 * @param {string} mbedtlsSource
 * @returns {string[]}
 */
function shadowingHeaders(paths, mbedtlsSource) {
  const folders = ['include/mbedtls', 'library'].map((folder) => join(mbedtlsSource, folder));
  const theirs = new Set(folders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder)));
  return [...paths]
    .filter((path) => dirname(path) === 'mbedtls' && path.endsWith('.h') && theirs.has(basename(path)))
    .map((path) => `wasm/${path} has the name of a header of Mbed TLS, which it would hide`);
}

/**
 * @param {string} root of the project
 * @param {string} [mbedtlsSource]
 * @returns {string[]} what breaks a rule
 */
export function wasmViolations(root, mbedtlsSource) {
  /** @type {Map<string, Source>} */
  const sources = new Map();
  const faults = [];
  for (const [full, text] of readFiles(root, 'wasm', ['.c', '.h', '.inc', '.def'])) {
    const path = full.slice('wasm/'.length);
    const room = dirname(path);
    if (room in FOLDERS) sources.set(path, { path, text, room });
    else if (path === PUBLIC_HEADER || path === ERROR_CODES) sources.set(path, { path, text, room: '' });
    else faults.push(`${full} is in no room: wasm/ has ${joinList(Object.keys(FOLDERS).map((name) => `${name}/`))}`);
  }
  const arrows = [];
  for (const source of sources.values()) {
    const included = includesFrom(source, sources);
    faults.push(...included.faults);
    arrows.push(...included.arrows);
    if (source.room === 'mbedtls') continue;
    for (const { name, line } of findIdentifiers(source.text, PRIVATE_ACCESS)) {
      faults.push(
        `wasm/${source.path}:${line} has ${name}: members of Mbed TLS's structs are reached in mbedtls/ alone`,
      );
    }
  }
  const calls = callsBetween([...sources.values()]);
  faults.push(...calls.faults, ...dependencyCycles([...arrows, ...calls.arrows]));
  if (mbedtlsSource !== undefined) faults.push(...shadowingHeaders(sources.keys(), mbedtlsSource));
  return faults;
}
