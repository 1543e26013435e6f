import { ImapFlow } from 'imapflow';
import { configureDropIns, same, sha256, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @param {import('./common.js').Place} place @param {Partial<import('imapflow').ImapFlowOptions>} options */
async function open({ user, password }, options) {
  const client = new ImapFlow(
    /** @type {any} */ ({ logger: false, auth: { user, pass: password }, disableAutoIdle: true, ...options }),
  );
  client.on('error', () => {}); // the server has gone: the next command fails
  await client.connect();
  await client.mailboxOpen('INBOX');
  return {
    async work() {
      same(await client.status('INBOX', { uidValidity: true }).then(Boolean), true);
      same(client.secureConnection, true);
    },
    async move() {
      const lines = Buffer.from(TEN_MEGABYTES).toString('base64').slice(0, 10_000_000).replaceAll(/.{76}/g, '$&\r\n');
      const message = `Subject: large\r\n\r\n${lines}\r\n`;
      const appended = await client.append('INBOX', message);
      const { uid } = /** @type {{uid: number}} */ (appended);
      const fetched = await client.fetchOne(String(uid), { source: true }, { uid: true });
      const { source } = /** @type {{source: Buffer}} */ (fetched);
      same(await sha256(source), await sha256(message));
    },
    end: () => client.logout(),
  };
}

/** @type {Record<string, Open>} */
export const OPEN = {
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, roots } = place;
    return open(place, { host, port: ports[1], secure: true, tls: { ca: roots } });
  },
  async 'net and tls, STARTTLS'(place) {
    configureDropIns(place);
    const { host, ports, roots } = place;
    return open(place, { host, port: ports[0], secure: false, doSTARTTLS: true, tls: { ca: roots } });
  },
};
