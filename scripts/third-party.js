/**
 * The work of others that is in the package: what is linked into pagetls.wasm, by the linker's map, and the lists that the
 * build reads. For THIRD-PARTY-NOTICES.txt and the SBOM.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { linkedObjects } from './link-map.js';
import { versionOf } from './mbedtls-source.js';
import { certdataFolder, mozillaRoots } from './mozilla-roots.js';
import { emscriptenFolder, emscriptenVersion } from './packages.js';
import { publicSuffixFile } from './public-suffixes.js';
import { filesIn, inProject, UserError } from './run.js';

/**
 * @typedef {object} ThirdParty
 * @property {string} name
 * @property {string} [version]
 * @property {'library' | 'data'} type
 * @property {string} [partOf] the project whose copy of it was used
 * @property {string} where in which files of the package it is
 * @property {string} url
 * @property {string} [purl] for package scanners
 * @property {string} license SPDX expression of the license that it is used under
 * @property {string} [licenseNote] what else is to be said about the license
 * @property {string[]} copyright
 * @property {string[]} texts of licenses, besides LICENSE of this package
 * @property {string} [sha256] of the file that the build read
 * @property {string} [sha256OfSources] of the lines that sha256sum prints for its files, sorted by path
 */

const WASM = 'dist/pagetls/pagetls.wasm';

/** @param {string} name @returns {string} */
const licenseText = (name) => readFileSync(inProject('scripts/licenses', name), 'utf8');

/** @param {string | Uint8Array} bytes @returns {string} in hexadecimal digits */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * `find FOLDERS -type f | LC_ALL=C sort | xargs sha256sum | sha256sum`, in the folder `root`.
 * @param {string} root
 * @param {string[]} folders in it
 * @returns {string}
 */
export function sha256OfFiles(root, folders) {
  const paths = folders.flatMap((folder) => filesIn(join(root, folder)).map((path) => join(folder, path)));
  const lines = paths
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((path) => `${sha256(readFileSync(join(root, path)))}  ${path}\n`);
  return sha256(lines.join(''));
}

/** @param {string[]} paths of sources @returns {string[]} their lines about copyright, each once */
function copyrightIn(paths) {
  const lines = paths.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/Copyright .*?(?= *(?:\*\/)?$)/gim)].map(([line]) => line),
  );
  return [...new Set(lines)].sort();
}

/** @param {string} folder @returns {Set<string>} the names of the C files in it and below */
function sourcesIn(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.c'));
  return new Set(names.map((path) => basename(path)));
}

const EVEREST = '3rdparty/everest/library';
/** The other names there are also names of ours. */
const EVEREST_OBJECT = /^(?:Hacl_|everest\.c)/;

/** The libraries of Emscripten that may be linked, in all their variants. */
const EMSCRIPTEN_LIBRARIES = {
  musl: /^libc(?:-\w+)*\.a$/,
  'compiler-rt': /^lib(?:compiler_rt|clang_rt\.builtins)(?:-\w+)*\.a$/,
  Emscripten: /^(?:lib(?:emmalloc|standalonewasm|stubs|noexit)(?:-\w+)*\.a|crt1\w*\.o)$/,
};

/**
 * @param {import('./link-map.js').LinkedObject[]} objects
 * @param {string} mbedtlsSource
 * @returns {Map<string, string[]>} the names of all that is linked, with its objects; `''`: our own
 * @throws {UserError} if something is linked that has no name here
 */
export function linkedParts(objects, mbedtlsSource) {
  const ours = sourcesIn(inProject('wasm'));
  const theirs = sourcesIn(join(mbedtlsSource, 'library'));
  /** @param {import('./link-map.js').LinkedObject} linked @returns {string} */
  const partOf = ({ archive, object }) => {
    const source = object.replace(/\.o$/, '');
    const library = archive || object;
    if (archive === 'libmbedtls.a' && EVEREST_OBJECT.test(source)) return 'Everest';
    if (archive === 'libmbedtls.a' && theirs.has(source)) return 'Mbed TLS';
    if (['', 'libmbedtls.a', 'libcore.a'].includes(archive) && ours.has(source)) return '';
    const found = Object.entries(EMSCRIPTEN_LIBRARIES).find(([, pattern]) => pattern.test(library));
    if (found !== undefined) return found[0];
    throw new UserError(
      `pagetls.wasm has code of ${archive === '' ? object : `${object} in ${archive}`}, which scripts/third-party.js does ` +
        'not name. Add what it is and its license there.',
    );
  };
  /** @type {Map<string, string[]>} */
  const parts = new Map();
  for (const linked of objects) {
    const part = partOf(linked);
    parts.set(part, [...(parts.get(part) ?? []), linked.object.replace(/\.o$/, '')]);
  }
  return parts;
}

/** @param {string} path in Emscripten's folder @returns {string | undefined} its text */
function ofEmscripten(path) {
  const file = join(emscriptenFolder() ?? '', path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** @param {string} mbedtlsSource @returns {Record<string, (objects: string[]) => ThirdParty>} what may be linked, by its name */
function descriptions(mbedtlsSource) {
  const version = versionOf(mbedtlsSource);
  const emscripten = emscriptenVersion();
  return {
    'Mbed TLS': (objects) => ({
      name: 'Mbed TLS',
      version,
      type: 'library',
      where: WASM,
      url: 'https://www.trustedfirmware.org/projects/mbed-tls/',
      purl: `pkg:github/Mbed-TLS/mbedtls@mbedtls-${version}`,
      license: 'Apache-2.0',
      licenseNote: 'offered under Apache-2.0 OR GPL-2.0-or-later; its text is LICENSE of this package',
      copyright: copyrightIn(objects.map((name) => join(mbedtlsSource, 'library', name))),
      texts: [],
      sha256OfSources: sha256OfFiles(mbedtlsSource, ['include', 'library']),
    }),
    Everest: () => ({
      name: 'Everest (HACL*)',
      partOf: `Mbed TLS ${version}`,
      type: 'library',
      where: WASM,
      url: 'https://github.com/hacl-star/hacl-star',
      license: 'Apache-2.0',
      licenseNote: 'its text is LICENSE of this package',
      copyright: copyrightIn(
        [...sourcesIn(join(mbedtlsSource, EVEREST))].map((name) => join(mbedtlsSource, EVEREST, name)),
      ),
      texts: [],
      sha256OfSources: sha256OfFiles(mbedtlsSource, ['3rdparty/everest']),
    }),
    Emscripten: () => ({
      name: 'Emscripten',
      version: emscripten,
      type: 'library',
      where: WASM,
      url: 'https://emscripten.org/',
      purl: `pkg:github/emscripten-core/emscripten@${emscripten}`,
      license: 'MIT',
      licenseNote: 'offered under MIT OR NCSA',
      copyright: ['Copyright (c) 2010-2014 Emscripten authors, see AUTHORS file.'],
      texts: [licenseText('MIT-Emscripten')],
    }),
    musl: () => {
      const text = ofEmscripten('system/lib/libc/musl/COPYRIGHT');
      if (text === undefined) throw new UserError("Emscripten's folder lacks system/lib/libc/musl/COPYRIGHT.");
      return {
        name: 'musl',
        partOf: `Emscripten ${emscripten}`,
        version: ofEmscripten('system/lib/libc/musl/VERSION')?.trim(),
        type: 'library',
        where: WASM,
        url: 'https://musl.libc.org/',
        license: 'MIT',
        copyright: [/^Copyright .*$/m.exec(text)?.[0] ?? ''], // of the whole; the text has the others
        texts: [text],
      };
    },
    'compiler-rt': () => ({
      name: 'compiler-rt of LLVM',
      partOf: `Emscripten ${emscripten}`,
      version: /release (\d+\.\d+\.\d+)/.exec(ofEmscripten('system/lib/compiler-rt/readme.txt') ?? '')?.[1],
      type: 'library',
      where: WASM,
      url: 'https://compiler-rt.llvm.org/',
      license: 'Apache-2.0 WITH LLVM-exception',
      licenseNote: 'LICENSE of this package has the text of Apache-2.0',
      copyright: ['Copyright the LLVM Project contributors'],
      texts: [licenseText('LLVM-exception')],
    }),
  };
}

/** @returns {Promise<ThirdParty[]>} the data in the package */
async function lists() {
  const roots = await mozillaRoots();
  const suffixes = readFileSync(await publicSuffixFile());
  const unicode = /^\/\* Unicode ([\d.]+)\./.exec(readFileSync(inProject('wasm/x509/unicode_tables.inc'), 'utf8'))?.[1];
  return [
    {
      name: "Mozilla's root list",
      partOf: 'NSS',
      version: roots.version,
      type: 'data',
      where: 'dist/pagetls/mozilla-roots.bin, dist/pagetls/mozilla-root-signatures.bin',
      url: 'https://github.com/nss-dev/nss/tree/master/lib/ckfw/builtins',
      license: 'MPL-2.0',
      licenseNote: 'the Source Code Form is certdata.txt, to be had at the address above',
      copyright: [],
      texts: [licenseText('MPL-2.0')],
      sha256: sha256(readFileSync(join(await certdataFolder(), 'certdata.txt'))),
    },
    {
      name: 'Public Suffix List',
      version: /^\/\/ VERSION: (\S+)$/m.exec(suffixes.toString())?.[1],
      type: 'data',
      where: 'dist/pagetls/public-suffixes.txt',
      url: 'https://publicsuffix.org/list/',
      license: 'MPL-2.0',
      licenseNote: 'the Source Code Form is public_suffix_list.dat, to be had at the address above',
      copyright: [],
      texts: [licenseText('MPL-2.0')],
      sha256: sha256(suffixes),
    },
    {
      name: 'Unicode Character Database',
      version: unicode,
      type: 'data',
      where: WASM,
      url: 'https://www.unicode.org/ucd/',
      license: 'Unicode-3.0',
      licenseNote: 'tables of case folding and normalization are made from it, as ICU has it',
      copyright: [],
      texts: [licenseText('Unicode-3.0')],
    },
  ];
}

/**
 * @param {string} map the linker's map of pagetls.wasm
 * @param {string} mbedtlsSource
 * @returns {Promise<ThirdParty[]>}
 * @throws {UserError} if something is linked that has no name here
 */
export async function thirdParties(map, mbedtlsSource) {
  const parts = linkedParts(linkedObjects(map), mbedtlsSource);
  const described = Object.entries(descriptions(mbedtlsSource))
    .filter(([name]) => parts.has(name))
    .map(([name, describe]) => describe(parts.get(name) ?? []));
  return [...described, ...(await lists())];
}
