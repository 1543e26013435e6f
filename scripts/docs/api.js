/** API.md against the types that users get: each option, field and member is in both, or in neither. */

/**
 * @typedef {object} Documented
 * @property {string} section heading in API.md
 * @property {string} file of dist/, without `.d.ts`
 * @property {RegExp} declaration where its members begin
 * @property {string[]} [internal] members that are not for users
 */

/** @type {Documented[]} */
const DOCUMENTED = [
  { section: 'connect', file: 'options', declaration: /^export type ConnectOptions = \{$/m },
  {
    section: 'TLSSocket',
    file: 'socket',
    declaration: /^export declare class TLSSocket extends Socket<Info> \{$/m,
    internal: ['constructor'],
  },
  {
    section: 'Plaintext sockets',
    file: 'base-socket',
    declaration: /^export declare class Socket<.*\{$/m,
    internal: ['constructor'],
  },
  { section: 'Info', file: 'opening', declaration: /^export type Info = \{$/m },
  { section: 'verifyChain', file: 'verify-chain', declaration: /^export declare function verifyChain\(.*\{$/m },
  { section: 'Verification', file: 'certificate', declaration: /^export type Verification = \{$/m },
  { section: 'Problem', file: 'certificate', declaration: /^export type Problem = \{$/m },
  { section: 'Certificate', file: 'certificate', declaration: /^export type Certificate = \{$/m },
  {
    section: 'TrustStore',
    file: 'trust-store',
    declaration: /^export declare class TrustStore \{$/m,
    internal: ['constructor', 'handle', 'addMozillaRoots'],
  },
  { section: 'readDocuments', file: 'documents', declaration: /^export type InputDocument = \{$/m },
  { section: 'Skipped', file: 'documents', declaration: /^export type Skipped = \{$/m },
  { section: 'Transports', file: 'transports/websockify', declaration: /^export type WebsockifyOptions = \{$/m },
  { section: 'createFetch', file: 'fetch/options', declaration: /^export type PoolOptions = \{$/m },
  {
    section: 'TLSError',
    file: 'errors',
    declaration: /^export declare class TLSError extends Error \{$/m,
    internal: ['constructor'],
  },
];

/** Members that come from a base class. */
const INHERITED = {
  TLSError: ['message', 'cause'],
  TLSSocket: ['opened', 'closed', 'read', 'write', 'close', 'readable', 'writable', '[Symbol.asyncDispose]'],
};

/**
 * @param {string} declarations text of a .d.ts file
 * @param {RegExp} begins
 * @returns {string[] | undefined} names of the members, undefined when there is no such declaration
 */
export function membersOf(declarations, begins) {
  const found = begins.exec(declarations);
  if (found === null) return undefined;
  const rest = declarations.slice(found.index + found[0].length);
  const body = rest.slice(0, rest.search(/^\}/m)).replace(/\/\*[^]*?\*\//g, '');
  const names = [...body.matchAll(/^ {4}(?:static |get |set |readonly )*(\[?[A-Za-z][\w.]*\]?)\??[(:<]/gm)];
  // js/disposal.js has the symbols of the same names.
  return [...new Set(names.map(([, name]) => name.replace(/^\[(?=dispose|asyncDispose)/, '[Symbol.')))];
}

/**
 * @param {string} api text of API.md
 * @param {string} section a heading
 * @returns {string[]} what the first column of its tables names
 */
export function documentedIn(api, section) {
  const [, body = ''] = new RegExp(`^#+ ${section}\\n([^]*?)(?=^#|$(?![^]))`, 'm').exec(api) ?? [];
  return [...body.matchAll(/^\| +(`[^|]*?) +\|/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`(?:[A-Z]\w+\.(?=\w+\())?(\[?[A-Za-z][\w.]*\]?)[^`]*`/g)].map(([, name]) => name),
  );
}

/**
 * @param {string} api text of API.md
 * @param {(file: string) => string} declarationsOf the text of a .d.ts file of dist/
 * @returns {string[]} what is in one of them only
 */
export function apiProblems(api, declarationsOf) {
  /** @type {string[]} */
  const problems = [];
  for (const { section, file, declaration, internal = [] } of DOCUMENTED) {
    const members = membersOf(declarationsOf(file), declaration);
    if (members === undefined) {
      problems.push(`dist/${file}.d.ts does not declare what API.md describes as ${section}`);
      continue;
    }
    const documented = documentedIn(api, section);
    const inherited = /** @type {Record<string, string[]>} */ (INHERITED)[section] ?? [];
    for (const name of members) {
      if (!internal.includes(name) && !documented.includes(name))
        problems.push(`API.md, ${section}: ${name} is missing`);
    }
    for (const name of documented) {
      if (!members.includes(name) && !inherited.includes(name)) {
        problems.push(`API.md, ${section}: ${name} is not in dist/${file}.d.ts`);
      }
    }
  }
  const index = declarationsOf('index');
  const exported = [...index.matchAll(/^export (?:declare function|type) (\w+)|^export \{ ([\w, ]+) \}/gm)].flatMap(
    ([, one, several = '']) => [one, ...several.split(', ')].filter((name) => name),
  );
  for (const name of exported) {
    if (!new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(api)) problems.push(`API.md does not mention ${name}`);
  }
  return problems;
}
