/**
 * A static file server on loopback: serves folders and generated texts with a strict Content-Security-Policy.
 */
import { once } from 'node:events';
import { readFile, realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';

/**
 * Allows scripts and styles from the same origin, WebAssembly, and WebSockets to any bridge that the user enters. The pages
 * also include it as a meta element, for servers that do not send the header.
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

/** The header. A meta element cannot set frame-ancestors (CSP Level 3, section 3.3). */
export const CONTENT_SECURITY_POLICY = `${PAGE_POLICY}; frame-ancestors 'none'`;

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** Files with a digest in their name, added by Vite. Their content never changes. */
const HASHED_ASSET = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;
const CACHE_FOR_A_YEAR = 'public, max-age=31536000, immutable';

/** Content types by extension. Files with other extensions are not served. @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.pem': 'application/x-pem-file',
  '.bin': 'application/octet-stream',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * @typedef {object} PageServer
 * @property {string} url such as http://127.0.0.1:8080/
 * @property {number} port
 * @property {string[]} origins that the page can have in a browser
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} PageOptions
 * @property {number} [port] default: 0, the system picks one
 * @property {Record<string, string>} folders URL path, with slashes at both ends -> folder
 * @property {Record<string, () => string>} [texts] URL path -> function that generates the text at each request
 */

/**
 * @param {PageOptions} options
 * @returns {Promise<PageServer>}
 * @throws {NodeJS.ErrnoException} EADDRINUSE if the port is in use
 */
export async function startPageServer({ port = 0, folders, texts = {} }) {
  const server = createServer(async (request, response) => {
    const answer = await respond(request.method ?? '', request.url ?? '', { folders, texts });
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

/** @typedef {{ status: number, headers: Record<string, string>, body: Buffer }} StaticResponse */

/** @param {number} status @param {string} text @param {Record<string, string>} [headers] @returns {StaticResponse} */
function plainText(status, text, headers = {}) {
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
 * @returns {Promise<StaticResponse>}
 */
async function respond(method, target, { folders, texts }) {
  if (method !== 'GET' && method !== 'HEAD')
    return plainText(405, 'Only GET and HEAD are supported.', { Allow: 'GET, HEAD' });
  const path = decodePath(target);
  if (path === null) return plainText(400, 'Invalid path.');
  const type = TYPES[extname(path)];
  if (type === undefined) return plainText(404, 'Not found.');
  const headers = { 'Content-Type': type };
  if (Object.hasOwn(texts, path)) return { status: 200, headers, body: Buffer.from(texts[path]()) };
  const mount = Object.keys(folders)
    .filter((prefix) => path.startsWith(prefix))
    .sort((a, b) => b.length - a.length)[0];
  const body = mount === undefined ? null : await readInside(folders[mount], path.slice(mount.length));
  if (body === null) return plainText(404, 'Not found.');
  return {
    status: 200,
    headers: HASHED_ASSET.test(path) ? { ...headers, 'Cache-Control': CACHE_FOR_A_YEAR } : headers,
    body,
  };
}

/**
 * Decodes the path of a request target; null if it is malformed or a segment starts with a dot.
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
 * Reads a file; null if it does not exist or is a symbolic link to a place outside the folder.
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
