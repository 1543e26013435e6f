/** A web server that answers with exactly the headers, types and bodies that a test wants. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/**
 * What differs from the file of that path.
 * @typedef {object} Answer
 * @property {number} [status]
 * @property {string | null} [type] null for none
 * @property {string | Uint8Array} [body]
 * @property {Record<string, string>} [headers]
 * @property {boolean} [cut] the connection ends after half of the body
 */

/**
 * @param {Record<string, string>} folders by the path that they have in URLs, with slashes at both ends
 */
export async function startSite(folders) {
  /** @type {(path: string, query: URLSearchParams) => Answer} */
  let rule = () => ({});

  /** @param {string} path */
  async function bodyOf(path) {
    const prefix = Object.keys(folders).find((start) => path.startsWith(start));
    return prefix && readFile(join(folders[prefix], path.slice(prefix.length))).catch(() => undefined);
  }

  const server = createServer(async ({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://host');
    const answer = rule(pathname, searchParams);
    const body = answer.body ?? (await bodyOf(pathname));
    const type = answer.type === undefined ? TYPES[extname(pathname)] : answer.type;
    const content = Buffer.from(body ?? 'Not found.\n');
    response.writeHead(answer.status ?? (body === undefined ? 404 : 200), {
      'Cache-Control': 'no-store',
      'Content-Length': content.length,
      ...(type ? { 'Content-Type': type } : {}),
      ...answer.headers,
    });
    if (answer.cut) response.write(content.subarray(0, content.length / 2), () => response.destroy());
    else response.end(content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    /** @param {typeof rule} [next] from now on; none: the files as they are */
    answer(next = () => ({})) {
      rule = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startSite>>} Site */
