import mqtt from 'mqtt';
import { connect } from '../../../dist/index.js';
import { toDuplex } from '../../../dist/node/index.js';
import { at, configureDropIns, connectOptions, event, same, sha256, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @param {import('mqtt').MqttClient} client */
async function sessionOf(client) {
  client.on('error', () => {}); // the server has gone: it connects again
  await Promise.race([event(client, 'connect'), event(client, 'close')]);
  same(client.connected, true);
  const topic = crypto.randomUUID();
  /** Publishes to itself. @param {string | Buffer} message @returns {Promise<Buffer>} */
  const echo = async (message) => {
    await client.subscribeAsync(topic, { qos: 1 });
    const received = new Promise((resolve) => client.once('message', (_topic, payload) => resolve(payload)));
    await client.publishAsync(topic, message, { qos: 1 });
    return received;
  };
  return {
    async work() {
      same(String(await echo('hello')), 'hello');
    },
    async move() {
      same(await sha256(await echo(Buffer.from(TEN_MEGABYTES))), await sha256(TEN_MEGABYTES));
    },
    end: () => client.endAsync(),
  };
}

/** @type {Record<string, Open>} */
export const OPEN = {
  async toDuplex(place) {
    const options = await connectOptions(place);
    const stream = () => toDuplex(connect(at(place.ports[0]), options));
    return sessionOf(new mqtt.MqttClient(stream, { reconnectPeriod: 100, timerVariant: 'native' }));
  },
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, roots, cert, key } = place;
    return sessionOf(mqtt.connect(`mqtts://${host}:${ports[0]}`, { ca: roots, cert, key, reconnectPeriod: 100 }));
  },
};
