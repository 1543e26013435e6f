/**
 * Which JavaScript modules of js/, messages/ and the inspector may import which. Finds imports in the form that Prettier
 * writes. Type imports, which are in comments, do not count.
 */
import { dirname, join } from 'node:path';
import { dependencyCycles } from './cycles.js';
import { readFiles, lineNumber, joinList } from './files.js';

/**
 * The layers of js/: the files and folders of each, and the layers it may use. Dependencies point one way: adapters ->
 * socket -> engine -> wasm.
 * @type {Record<string, { files: string[], uses: string[] }>}
 */
const LAYERS = {
  reader: { files: ['nearest.js', 'quote.js', 'strict-reader.js'], uses: [] },
  errors: {
    files: [
      'bytes.js',
      'disposal.js',
      'errors.js',
      'native-errors.js',
      'permission.js',
      'core-error.js',
      'document-kind.js',
      'weak.js',
      'web.js',
    ],
    uses: ['messages', 'reader'],
  },
  limits: { files: ['limits.js'], uses: [] },
  host: { files: ['host/'], uses: [] },
  input: {
    files: [
      'address.js',
      'hello-options.js',
      'identity-options.js',
      'input.js',
      'option-kinds.js',
      'options-reader.js',
    ],
    uses: ['errors', 'limits', 'reader'],
  },
  page: { files: ['byte-stream.js', 'page-policy.js'], uses: ['errors'] },
  wasm: {
    files: ['wasm.js', 'assets.js', 'host-aead.js', 'load-failure.js'],
    uses: ['errors', 'messages', 'page', 'reader'],
  },
  certificates: {
    files: [
      'certificate.js',
      'documents.js',
      'public-suffixes.js',
      'root-signatures.js',
      'trust-store.js',
      'verify-chain.js',
    ],
    uses: ['errors', 'input', 'limits', 'messages', 'reader', 'wasm'],
  },
  engine: {
    files: [
      'certificate-request.js',
      'engine.js',
      'engine-options.js',
      'failure.js',
      'identity.js',
      'plaintext.js',
      'server-hello.js',
    ],
    uses: ['errors', 'input', 'wasm', 'certificates', 'messages'],
  },
  // The names and ports are for the options; the rest is loaded by the connection when it is used.
  'starttls names': { files: ['starttls/protocols.js'], uses: [] },
  starttls: {
    files: ['starttls/'],
    uses: ['errors', 'limits', 'reader', 'engine', 'messages', 'starttls names'],
  },
  transports: { files: ['transports/'], uses: ['errors', 'input', 'limits', 'messages', 'page', 'reader'] },
  connection: {
    files: [
      ...['connection.js', 'tls-connection.js', 'plain-connection.js', 'plain-pump.js'],
      ...['pump.js', 'network-input.js', 'network-output.js'],
      ...['opening.js', 'closing.js', 'parts.js', 'state.js', 'deferred.js', 'reads.js'],
    ],
    uses: ['errors', 'input', 'limits', 'reader', 'wasm', 'engine', 'starttls', 'transports'],
  },
  socket: {
    files: ['socket.js', 'base-socket.js', 'socket-streams.js', 'channel-binding.js'],
    uses: ['errors', 'input', 'limits', 'page', 'connection'],
  },
  options: {
    files: ['options.js'],
    uses: ['errors', 'input', 'limits', 'certificates', 'starttls names', 'transports'],
  },
  node: {
    files: ['node/'],
    uses: [
      'errors',
      'input',
      'limits',
      'wasm',
      'certificates',
      'transports',
      'connection',
      'socket',
      'options',
      'adapters',
    ],
  },
  adapters: {
    files: ['index.js', 'service-worker.js', 'connect.js', 'cli.js', 'cli-bridge.js', 'cli-format.js'],
    uses: [
      ...['errors', 'input', 'wasm', 'certificates', 'engine', 'starttls', 'transports'],
      ...['connection', 'socket', 'options', 'messages'],
    ],
  },
  fetch: { files: ['fetch/'], uses: ['errors', 'input', 'limits', 'page', 'reader', 'options', 'adapters'] },
};

/** @type {Record<string, string[]>} folder -> the folders it may import from */
const FOLDERS = {
  'js/': ['js/', 'messages/'],
  'messages/': ['messages/'],
  'inspector/src/': ['inspector/src/', 'messages/', 'dist/'],
  'examples/': ['examples/', 'dist/', 'scripts/'],
};

/** @typedef {{ from: string, line: number, to: string }} Import both are paths from the root */

/** @param {string} path @param {string} text @returns {Import[]} without those of packages */
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

/** @param {Import} imported in js/ @returns {string | undefined} the broken rule */
function layerViolation({ from, to }) {
  const layer = layerOf(from);
  const target = layerOf(to);
  if (layer === undefined || target === undefined) return undefined; // moduleViolations() reports files without a layer
  const { uses } = LAYERS[layer];
  if (target === layer || uses.includes(target)) return undefined;
  return `layer '${layer}' may use only ${joinList(uses)}`;
}

/**
 * @param {string} root of the project
 * @returns {string[]} one sentence per violation
 */
export function moduleViolations(root) {
  /** @type {string[]} */
  const violations = [];
  const dependencies = [];
  for (const [folder, allowed] of Object.entries(FOLDERS)) {
    for (const [path, text] of readFiles(root, folder, ['.js'])) {
      if (folder === 'js/' && layerOf(path) === undefined) {
        violations.push(`${path} belongs to no layer: add it to LAYERS in scripts/dependency-rules/modules.js`);
      }
      for (const found of importsOf(path, text)) {
        const description = `${path}:${found.line} imports ${found.to}`;
        const broken = !allowed.some((other) => found.to.startsWith(other))
          ? `${folder} may import only from ${joinList(allowed)}`
          : folder === 'js/'
            ? layerViolation(found)
            : undefined;
        if (broken !== undefined) violations.push(`${description}: ${broken}`);
        if (['js/', 'messages/'].includes(folder)) dependencies.push({ from: path, to: found.to, description });
      }
    }
  }
  return [...violations, ...dependencyCycles(dependencies)];
}
