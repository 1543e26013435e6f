/**
 * A static file server for pages on loopback: a few folders, a few texts made here, one strict policy.
 */
import { once } from 'node:events';
import { readFile, realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';

/**
 * Scripts and styles from here only, WebAssembly, and WebSockets to any bridge that the user names. The pages have it in
 * themselves too, for servers that send no such header.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The header; what it says of frames a page cannot say itself (CSP, section 3.3). */
export const CONTENT_SECURITY_POLICY = `${PAGE_POLICY}; frame-ancestors 'none'`;

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** What Vite has put a digest of into the name never changes under that name. */
const HASHED_ASSET = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** What is served, by the end of its name; nothing else is. @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.pem': 'application/x-pem-file',
};

/**
 * @typedef {object} Page
 * @property {string} url such as http://127.0.0.1:8080/
 * @property {number} port
 * @property {string[]} origins as a browser may write them
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} PageOptions
 * @property {number} [port] 0, the default, lets the system pick
 * @property {Record<string, string>} folders by the path that they are served at, with slashes at both ends
 * @property {Record<string, () => string>} [texts] by their path; made when asked for
 */

/**
 * @param {PageOptions} options
 * @returns {Promise<Page>}
 * @throws {NodeJS.ErrnoException} EADDRINUSE when the port is taken
 */
export async function startPage({ port = 0, folders, texts = {} }) {
  const server = createServer(async (request, response) => {
    const answer = await answerTo(request.method ?? '', request.url ?? '', { folders, texts });
    response.writeHead(answer.status, { ...HEADERS, ...answer.headers, 'Content-Length': answer.body.length });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    port: address.port,
    origins: [`http://127.0.0.1:${address.port}`, `http://localhost:${address.port}`],
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @typedef {{ status: number, headers: Record<string, string>, body: Buffer }} Answer */

/** @param {number} status @param {string} text @param {Record<string, string>} [headers] @returns {Answer} */
function plain(status, text, headers = {}) {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
    body: Buffer.from(`${text}\n`),
  };
}

/**
 * @param {string} method
 * @param {string} target
 * @param {Required<Pick<PageOptions, 'folders' | 'texts'>>} content
 * @returns {Promise<Answer>}
 */
async function answerTo(method, target, { folders, texts }) {
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Only GET and HEAD.', { Allow: 'GET, HEAD' });
  const path = decodePath(target);
  if (path === null) return plain(400, 'No such path.');
  const type = TYPES[extname(path)];
  if (type === undefined) return plain(404, 'Not found.');
  const headers = { 'Content-Type': type };
  if (Object.hasOwn(texts, path)) return { status: 200, headers, body: Buffer.from(texts[path]()) };
  const mount = Object.keys(folders)
    .filter((prefix) => path.startsWith(prefix))
    .sort((a, b) => b.length - a.length)[0];
  const body = mount === undefined ? null : await readInside(folders[mount], path.slice(mount.length));
  if (body === null) return plain(404, 'Not found.');
  return { status: 200, headers: HASHED_ASSET.test(path) ? { ...headers, 'Cache-Control': IMMUTABLE } : headers, body };
}

/**
 * The path asked for, decoded; null when a part of it is hidden or leads upwards.
 * @param {string} target
 */
function decodePath(target) {
  let path;
  try {
    path = decodeURIComponent(target.split(/[?#]/, 1)[0]);
  } catch {
    return null;
  }
  if (!path.startsWith('/') || /[\\\0]/.test(path) || path.split('/').some((part) => part.startsWith('.'))) return null;
  return path.endsWith('/') ? `${path}index.html` : path;
}

/**
 * A file's bytes; null when there is none, or when links lead to one that is not in the folder.
 * @param {string} folder
 * @param {string} path
 */
async function readInside(folder, path) {
  try {
    const [base, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
    return file.startsWith(base + sep) ? await readFile(file) : null;
  } catch {
    return null;
  }
}
