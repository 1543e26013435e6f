/** What Node's HTTPS server answers in the tests of fetch(). */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { startHttps } from './fetch.js';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {(request: Request, response: Response, query: URLSearchParams) => void | Promise<void>} Route */

export const TEXT = 'A text that is worth compressing. '.repeat(100);

/** @type {Record<string, Buffer[]>} */
const ENCODED = {
  gzip: [gzipSync(TEXT)],
  'x-gzip': [gzipSync(TEXT)],
  deflate: [deflateSync(TEXT)],
  'deflate, gzip': [gzipSync(deflateSync(TEXT))],
  identity: [Buffer.from(TEXT)],
  br: [brotliCompressSync(TEXT)],
};

/** @param {Request} request */
async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** By path. @type {Record<string, Route>} */
const ROUTES = {
  /** What arrived, as JSON: the headers as they were sent, in order. */
  '/request': async (request, response) => {
    const body = await bodyOf(request);
    const { method, url, rawHeaders: raw } = request;
    const headers = Object.fromEntries(
      raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1]]] : [])),
    );
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ method, url, headers, body: body.toString('latin1'), names: raw.length / 2 }));
  },
  '/echo': (request, response) => void request.pipe(response),
  '/status': (_, response, query) => {
    response.writeHead(Number(query.get('code')), query.get('reason') ?? undefined);
    response.end(query.get('body') ?? undefined);
  },
  '/redirect': (_, response, query) => {
    response.writeHead(Number(query.get('code') ?? 302), { Location: query.get('to') ?? '/request' });
    response.end('moved');
  },
  /** Redirects `left` times. */
  '/hops': (_, response, query) => {
    const left = Number(query.get('left')) - 1;
    response.writeHead(302, { Location: left > 0 ? `/hops?left=${left}` : '/request' }).end();
  },
  '/cookies': (_, response) => {
    response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2, 3; HttpOnly']);
    response.setHeader('X-List', ['a', 'b']);
    response.end('ok');
  },
  '/interim': (_, response) => {
    response.writeContinue();
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('final');
  },
  '/trailers': (_, response) => {
    response.writeHead(200, { Trailer: 'X-Digest' });
    response.write('body');
    response.addTrailers({ 'X-Digest': 'abc' });
    response.end();
  },
  '/slow': async (_, response, query) => {
    response.flushHeaders();
    for (let part = 0; part < Number(query.get('parts')); part++) {
      response.write(`${part};`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  },
  /** Never answers. */
  '/never': () => {},
  /** Begins a body that never ends. */
  '/begin': (_, response) => void response.write('begun'),
  '/until-close': (_, response) => {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.end(TEXT);
  },
  /** The TCP connection ends in the middle of a body, without close_notify. */
  '/cut': (request, response, query) => {
    if (query.get('length')) response.setHeader('Content-Length', 100);
    else response.shouldKeepAlive = response.useChunkedEncodingByDefault = false;
    response.write('half', () => setImmediate(() => request.socket.destroy()));
  },
  '/encoded': (_, response, query) => {
    const coding = query.get('coding') ?? '';
    const [bytes] = ENCODED[coding];
    response.writeHead(200, { 'Content-Encoding': coding, 'Content-Type': 'text/plain' });
    response.end(query.get('cut') ? bytes.subarray(0, bytes.length / 2) : query.get('empty') ? '' : bytes);
  },
  '/deflate-raw': (_, response) => {
    response.writeHead(200, { 'Content-Encoding': 'deflate' });
    response.end(deflateRawSync(TEXT));
  },
  '/not-gzip': (_, response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip' });
    response.end('this is not gzip');
  },
};

/** @param {import('node:https').ServerOptions} [options] */
export async function startFetchServer(options) {
  return startHttps((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://server.invalid');
    request.on('error', () => {}); // ended by the client
    const route = ROUTES[pathname];
    if (route) {
      Promise.resolve(route(request, response, searchParams)).catch(() => {}); // as above
    } else {
      response.writeHead(404).end('no such page');
    }
  }, options);
}
