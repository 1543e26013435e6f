import nodemailer from 'nodemailer';
import { connect } from '../../../dist/index.js';
import { toDuplex } from '../../../dist/node/index.js';
import { at, configureDropIns, connectOptions, same, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @param {object} options */
async function open(options) {
  const transport = nodemailer.createTransport(/** @type {any} */ ({ pool: true, maxConnections: 1, ...options }));
  const message = { from: 'a@pagetls.test', to: 'b@pagetls.test', subject: 'ü', text: 'hello' };
  return {
    async work() {
      const { accepted } = await transport.sendMail(message);
      same(accepted, ['b@pagetls.test']);
    },
    async move() {
      const content = Buffer.from(TEN_MEGABYTES);
      const { response } = await transport.sendMail({ ...message, attachments: [{ content }] });
      same(response.slice(0, 4), '250 ');
    },
    async end() {
      transport.close();
    },
  };
}

/** @param {import('./common.js').Place} place @param {number} port @param {object} [more] */
async function openOverDuplex(place, port, more) {
  const options = { ...(await connectOptions(place)), ...more };
  return open({
    getSocket: (/** @type {unknown} */ _options, /** @type {(error: unknown, socket?: object) => void} */ callback) => {
      const connection = toDuplex(connect(at(port), options));
      connection.socket.opened.then(() => callback(null, { connection, secured: true }), callback);
    },
    secure: true,
  });
}

/** @type {Record<string, Open>} */
export const OPEN = {
  toDuplex: (place) => openOverDuplex(place, place.ports[1]),
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, roots } = place;
    const tls = { ca: roots, servername: host }; // it looks up names by itself
    return open({ host: '127.0.0.1', port: ports[1], secure: true, tls });
  },
  async 'net and tls, STARTTLS'(place) {
    configureDropIns(place);
    const { host, ports, roots } = place;
    const tls = { ca: roots, servername: host };
    return open({ host: '127.0.0.1', port: ports[0], requireTLS: true, tls });
  },
};
