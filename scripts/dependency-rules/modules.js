/**
 * The arrows between modules: js/, messages/ and the inspector. Imports are read line by line, as Prettier writes them;
 * those of types, which are in comments, do not count.
 */
import { dirname, join } from 'node:path';
import { dependencyCycles } from './cycles.js';
import { readFiles, lineNumber, joinList } from './files.js';

/**
 * The layers of js/: the files and folders of each, and the other layers that it may use. One direction: adapters,
 * socket, engine, wasm.
 * @type {Record<string, { files: string[], uses: string[] }>}
 */
const LAYERS = {
  errors: { files: ['errors.js', 'native-errors.js', 'core-error.js'], uses: ['messages'] },
  limits: { files: ['limits.js'], uses: [] },
  input: { files: ['address.js', 'input.js'], uses: ['errors'] },
  wasm: { files: ['wasm.js', 'host-aead.js'], uses: ['errors'] },
  certificates: { files: ['certificate.js', 'trust-store.js'], uses: ['errors', 'input', 'wasm'] },
  engine: { files: ['engine.js'], uses: ['errors', 'input', 'wasm', 'certificates'] },
  transports: { files: ['transports/'], uses: ['errors', 'input', 'limits'] },
  connection: {
    files: ['connection.js', 'pump.js', 'opening.js', 'closing.js', 'state.js'],
    uses: ['errors', 'limits', 'wasm', 'engine', 'transports'],
  },
  socket: { files: ['socket.js'], uses: ['errors', 'connection'] },
  options: { files: ['options.js'], uses: ['errors', 'input', 'limits', 'certificates', 'transports'] },
  adapters: {
    files: ['index.js', 'cli.js', 'cli-format.js'],
    uses: ['errors', 'input', 'wasm', 'certificates', 'transports', 'socket', 'options', 'messages'],
  },
};

/** @type {Record<string, string[]>} for each folder those whose modules it may import */
const FOLDERS = {
  'js/': ['js/', 'messages/'],
  'messages/': ['messages/'],
  'inspector/src/': ['inspector/src/', 'messages/', 'dist/'],
};

/** @typedef {{ from: string, line: number, to: string }} Import both are paths from the root */

/** @param {string} path @param {string} text @returns {Import[]} of the project's own files */
function importsOf(path, text) {
  const statements = /^import '([^']+)';|^(?:import\b|export\b|\})[^'"\n]*? from '([^']+)';|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(statements)]
    .filter(({ index }) => !/\/\*|^\s*\*|\/\//.test(text.slice(text.lastIndexOf('\n', index) + 1, index)))
    .map((match) => ({ name: match[1] ?? match[2] ?? match[3], line: lineNumber(text, match.index) }))
    .filter(({ name }) => name.startsWith('.'))
    .map(({ name, line }) => ({ from: path, line, to: join(dirname(path), name) }));
}

/** @param {string} path of a file of js/, from the root @returns {string | undefined} its layer */
function layerOf(path) {
  if (path.startsWith('messages/')) return 'messages';
  const name = path.slice('js/'.length);
  const fits = (/** @type {string} */ file) => (file.endsWith('/') ? name.startsWith(file) : name === file);
  return Object.keys(LAYERS).find((layer) => LAYERS[layer].files.some(fits));
}

/** @param {Import} given in js/ @returns {string | undefined} the rule that this breaks */
function layerViolation({ from, to }) {
  const layer = layerOf(from);
  const target = layerOf(to);
  if (layer === undefined || target === undefined) return undefined; // said of the file itself
  const { uses } = LAYERS[layer];
  if (target === layer || uses.includes(target)) return undefined;
  return `the layer '${layer}' may use ${joinList(uses)}`;
}

/**
 * @param {string} root of the project
 * @returns {string[]} what breaks a rule
 */
export function moduleViolations(root) {
  /** @type {string[]} */
  const faults = [];
  const arrows = [];
  for (const [folder, allowed] of Object.entries(FOLDERS)) {
    for (const [path, text] of readFiles(root, folder, ['.js'])) {
      if (folder === 'js/' && layerOf(path) === undefined) {
        faults.push(`${path} is in no layer: scripts/dependency-rules/modules.js has them`);
      }
      for (const found of importsOf(path, text)) {
        const why = `${path}:${found.line} imports ${found.to}`;
        const fault = !allowed.some((other) => found.to.startsWith(other))
          ? `${folder} may import modules of ${joinList(allowed)} alone`
          : folder === 'js/'
            ? layerViolation(found)
            : undefined;
        if (fault !== undefined) faults.push(`${why}: ${fault}`);
        if (!folder.startsWith('inspector/')) arrows.push({ from: path, to: found.to, why });
      }
    }
  }
  return [...faults, ...dependencyCycles(arrows)];
}
