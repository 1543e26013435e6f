/**
 * The documents in the tarball. In the repository they link to much that is not in the package. There such a link leads to the
 * repository, at the version that is packed; as long as package.json names no repository, it is text with the path.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { filesIn, inProject, runOrFail } from './run.js';

/** Exists while `npm pack` runs: the documents as they were, and as they are packed. */
const KEPT = inProject('build/packed-documents');

/** @returns {Promise<string[]>} the files that npm packs, relative to the project */
export async function packedFiles() {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
  const [{ files }] = Object.values(JSON.parse(await runOrFail('npm pack --dry-run', 'npm', args)));
  return files.map((/** @type {{ path: string }} */ { path }) => path);
}

/** @param {Record<string, any>} manifest package.json @returns {string | undefined} the address of the repository for browsers */
function repositoryOf({ repository }) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return url?.replace(/^git\+/, '').replace(/\.git$/, '');
}

/**
 * Replaces the links of a document whose targets are not in the package.
 * @param {string} text Markdown
 * @param {object} context
 * @param {string} context.path of the document, relative to the package
 * @param {ReadonlySet<string>} context.files of the package
 * @param {Record<string, any>} context.manifest package.json
 * @returns {string}
 */
export function packedDocument(text, { path, files, manifest }) {
  const repository = repositoryOf(manifest);
  let named = false;
  /** @param {string} all @param {string} image @param {string} words @param {string} target */
  const replaced = (all, image, words, target) => {
    if (/^(?:[a-z]+:|#)/.test(target)) return all;
    const [file, anchor] = target.split('#');
    const there = posix.join(posix.dirname(path), file);
    if (files.has(there)) return all;
    const readme = posix.join(there, 'README.md');
    if (files.has(readme)) return `[${words}](${posix.relative(posix.dirname(path), readme)})`;
    if (repository !== undefined) {
      const kind = image ? 'raw' : 'blob';
      const fragment = anchor === undefined ? '' : `#${anchor}`;
      return `${image}[${words}](${repository}/${kind}/v${manifest.version}/${there}${fragment})`;
    }
    if (image) return '';
    named = true;
    const shown = there.replace(/(^|\/)README\.md$/, '$1');
    return words.replaceAll('`', '') === shown ? words : `${words} (\`${shown}\`)`;
  };
  // Blocks of code and code in a line stay as they are, except in the words of a link.
  const result = text.replace(
    /^```[^]*?^```$|`[^`\n]+`|(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/gm,
    (all, image, words, target) => (target === undefined ? all : replaced(all, image, words, target)),
  );
  const tidy = result.replace(/\n{3,}/g, '\n\n');
  return named ? `${tidy}\nPaths that are not links are those of the repository, not of the package.\n` : tidy;
}

/**
 * Writes the documents of a package as they are packed.
 * @param {string} folder with the files of the package
 * @param {string[]} files relative to it
 * @param {(path: string, before: string, after: string) => void} [onChange] called before a document is written
 */
export function writePackedDocuments(folder, files, onChange) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const set = new Set(files);
  for (const path of files.filter((name) => name.endsWith('.md'))) {
    const before = readFileSync(join(folder, path), 'utf8');
    const after = packedDocument(before, { path, files: set, manifest });
    if (after === before) continue;
    onChange?.(path, before, after);
    writeFileSync(join(folder, path), after);
  }
}

/**
 * Packs dist/ as it is, with the documents of a release, and without a change in this project.
 * @param {string} folder an empty one
 * @returns {Promise<string>} the tarball, in the folder
 */
export async function pack(folder) {
  const files = await packedFiles();
  const cwd = join(folder, 'package');
  for (const path of files) cpSync(inProject(path), join(cwd, path));
  writePackedDocuments(cwd, files);
  const args = ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
  await runOrFail('npm pack', 'npm', args, { cwd });
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
}

/** @param {string} path @param {string} text */
function keep(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/**
 * For prepack: writes the documents of this project as they are packed, until restoreDocuments() is called. Sets the modes of
 * all files that are packed, which npm writes into the tarball, to what they are under any umask.
 */
export async function replaceDocuments() {
  restoreDocuments();
  const files = await packedFiles();
  for (const path of files) chmodSync(inProject(path), (statSync(inProject(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  writePackedDocuments(inProject(), files, (path, before, after) => {
    keep(join(KEPT, 'packed', path), after);
    keep(join(KEPT, 'original', path), before);
  });
}

/**
 * For postpack, and after a `npm pack` that was interrupted: writes the documents back.
 * @returns {string[]} those that somebody has changed since, which stay as they are
 */
export function restoreDocuments() {
  const originals = join(KEPT, 'original');
  /** @type {string[]} */
  const changed = [];
  for (const path of existsSync(originals) ? filesIn(originals) : []) {
    const packed = readFileSync(join(KEPT, 'packed', path), 'utf8');
    if (readFileSync(inProject(path), 'utf8') === packed)
      writeFileSync(inProject(path), readFileSync(join(originals, path), 'utf8'));
    else changed.push(path);
  }
  rmSync(KEPT, { recursive: true, force: true });
  return changed;
}
