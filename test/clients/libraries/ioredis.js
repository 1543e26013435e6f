import { Redis } from 'ioredis';
import { connect } from '../../../dist/index.js';
import { toDuplex } from '../../../dist/node/index.js';
import { at, configureDropIns, connectOptions, event, same, sha256, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @param {import('ioredis').RedisOptions} options */
async function open(options) {
  const redis = new Redis({ ...options, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  const ended = event(redis, 'end');
  redis.on('error', () => {}); // 'end' follows
  await Promise.race([event(redis, 'ready'), ended]);
  return {
    async work() {
      same(await redis.set('key', 'välue'), 'OK');
      same(await redis.get('key'), 'välue');
    },
    async move() {
      await redis.set('large', Buffer.from(TEN_MEGABYTES));
      const back = await redis.getBuffer('large');
      same(await sha256(back ?? ''), await sha256(TEN_MEGABYTES));
    },
    async end() {
      await redis.quit();
      await ended;
    },
  };
}

/** @type {Record<string, Open>} */
export const OPEN = {
  async toDuplex(place) {
    const options = await connectOptions(place);
    class Connector {
      /** @type {ReturnType<typeof toDuplex> | undefined} */
      stream;
      async connect() {
        this.stream = toDuplex(connect(at(place.ports[0]), options));
        return this.stream;
      }
      disconnect() {
        this.stream?.end();
      }
      check() {
        return true;
      }
    }
    return open({ password: place.password, Connector: /** @type {any} */ (Connector) });
  },
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, password, roots } = place;
    return open({ host, port: ports[0], password, tls: { ca: roots, servername: host } });
  },
};
