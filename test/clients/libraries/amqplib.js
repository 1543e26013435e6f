import amqp from 'amqplib';
import { configureDropIns, same, sha256, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @type {Record<string, Open>} */
export const OPEN = {
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, user, password, roots } = place;
    const credentials = amqp.credentials.plain(user, password);
    const connection = await amqp.connect(
      { protocol: 'amqps', hostname: host, port: ports[0] },
      { ca: [Buffer.from(roots)], credentials },
    );
    connection.on('error', () => {}); // the server has gone: what is called next fails
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    const { queue } = await channel.assertQueue('', { exclusive: true });
    /** @param {Uint8Array} message @returns {Promise<Uint8Array>} */
    const echo = async (message) => {
      channel.sendToQueue(queue, Buffer.from(message));
      await channel.waitForConfirms();
      const received = await channel.get(queue, { noAck: true });
      return received ? received.content : new Uint8Array();
    };
    return {
      async work() {
        same(String(await echo(Buffer.from('hello'))), 'hello');
      },
      async move() {
        same(await sha256(await echo(TEN_MEGABYTES)), await sha256(TEN_MEGABYTES));
      },
      async end() {
        await connection.close();
      },
    };
  },
};
