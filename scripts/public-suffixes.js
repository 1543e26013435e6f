/**
 * Finds or downloads the Public Suffix List: the file PUBLIC_SUFFIX_LIST, else Debian's or Ubuntu's newest package
 * publicsuffix, else the installed one. The download is kept in build/publicsuffix/; delete that folder to get a newer
 * list.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { domainToASCII } from 'node:url';
import { binaryPackage } from './private-apt.js';
import { inProject, print, UserError } from './run.js';

const FILE = 'usr/share/publicsuffix/public_suffix_list.dat';
const KEPT = inProject('build/publicsuffix');

/** @returns {Promise<boolean>} whether a package could be downloaded */
async function download() {
  const work = inProject('build/publicsuffix-download');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const unpacked = join(work, 'unpacked');
  const version = await binaryPackage('publicsuffix', () => true, work, unpacked).catch(() => undefined);
  if (version === undefined || !existsSync(join(unpacked, FILE))) return false;
  print(`Public suffixes: package publicsuffix ${version}`);
  renameSync(unpacked, KEPT);
  rmSync(work, { recursive: true, force: true });
  return true;
}

/** @returns {Promise<string>} the path of the list @throws {UserError} if it cannot be found or downloaded */
export async function publicSuffixFile() {
  const given = process.env.PUBLIC_SUFFIX_LIST;
  if (given !== undefined && given !== '') return given;
  const kept = join(KEPT, FILE);
  if (existsSync(kept) || (await download())) return kept;
  if (existsSync(`/${FILE}`)) {
    mkdirSync(dirname(kept), { recursive: true }); // so that the next build does not try to download it again
    copyFileSync(`/${FILE}`, kept);
    return kept;
  }
  throw new UserError(
    'Cannot find the Public Suffix List: no package publicsuffix can be downloaded, and none is installed. Get ' +
      'public_suffix_list.dat from https://publicsuffix.org/list/ and set\n\n  PUBLIC_SUFFIX_LIST=<that file>',
  );
}

/**
 * The rules that pagetls uses: those of registries (the ICANN section; BR 3.2.2.6) with at least two labels, as A-labels.
 * @param {string} list public_suffix_list.dat
 * @returns {string[]} sorted
 * @throws {Error} if it is not the list
 */
export function registrySuffixes(list) {
  const [, section] = /===BEGIN ICANN DOMAINS===(.*)===END ICANN DOMAINS===/s.exec(list) ?? [];
  const rules = (section ?? '')
    .split('\n')
    .map((line) => line.split(/\s/, 1)[0]) // a rule ends at the first white space
    .filter((rule) => rule.includes('.') && !rule.startsWith('//'))
    .map((rule) => {
      const [, mark, name] = /^(!|\*\.)?(.*)$/s.exec(rule) ?? [];
      const ascii = domainToASCII(name);
      if (ascii === '') throw new Error(`'${rule}' is not a rule of the Public Suffix List`);
      return `${mark ?? ''}${ascii}`;
    });
  for (const expected of ['co.uk', '*.ck', '!www.ck']) {
    if (!rules.includes(expected)) throw new Error(`the Public Suffix List lacks '${expected}'`);
  }
  return [...new Set(rules)].sort();
}

/**
 * @returns {Promise<string>} public-suffixes.txt: a rule a line
 * @throws {UserError} if the list cannot be found or read
 */
export async function publicSuffixes() {
  const file = await publicSuffixFile();
  try {
    return `${registrySuffixes(readFileSync(file, 'utf8')).join('\n')}\n`;
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${/** @type {Error} */ (error).message}.`);
  }
}
