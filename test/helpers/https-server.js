/** nginx as an HTTPS server for the tests of HTTP clients. */
import { pattern } from '../fixtures/pattern.js';
import { startNginx } from './servers.js';

/** @typedef {import('./pki.js').Case} Case */

export const LARGE = pattern(0, 10 * 1024 * 1024);

/**
 * `/small` and `/large` are files; `PUT /put/…` stores one; `/connection` answers with the number of the connection and of
 * the request on it; `/closing` ends the connection; `/slow` takes its time.
 * @param {Case} pki
 * @param {{keepAliveTimeout?: string, requests?: number}} [options] of nginx: after which an idle connection ends
 */
export function startHttps(pki, { keepAliveTimeout = '60s', requests = 100_000 } = {}) {
  return startNginx(pki, {
    files: { small: 'hello', large: LARGE },
    directives: [
      `keepalive_timeout ${keepAliveTimeout};`,
      `keepalive_requests ${requests};`,
      'client_max_body_size 32m;',
      'location /put/ { dav_methods PUT; create_full_put_path on; }',
      'location = /connection { return 200 "$connection $connection_requests"; }',
      'location = /closing { keepalive_timeout 0; return 200 "closing"; }',
      'location = /slow { limit_rate 1000; try_files /large =404; }',
    ],
  });
}
