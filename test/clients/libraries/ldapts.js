import { Attribute, Change, Client } from 'ldapts';
import { connect } from '../../../dist/index.js';
import { toDuplex } from '../../../dist/node/index.js';
import { at, configureDropIns, connectOptions, same, sha256, TEN_MEGABYTES } from './common.js';

/** @typedef {import('./common.js').Open} Open */

/** @param {ConstructorParameters<typeof Client>[0]} options @param {object} [starttls] */
async function open(options, starttls) {
  const client = new Client(options);
  if (starttls) await client.startTLS(starttls);
  await client.bind('cn=root,dc=test', 'secret');
  await client.add('dc=test', { objectClass: ['dcObject', 'organization'], dc: 'test', o: 'test' }).catch((error) => {
    same(error.code, 68); // exists
  });
  return {
    async work() {
      const { searchEntries } = await client.search('dc=test', { scope: 'base', attributes: ['o'] });
      same(searchEntries, [{ dn: 'dc=test', o: 'test' }]);
    },
    async move() {
      const text = Buffer.from(TEN_MEGABYTES).toString('base64').slice(0, 10_000_000);
      const modification = new Attribute({ type: 'description', values: [text] });
      await client.modify('dc=test', new Change({ operation: 'replace', modification }));
      const { searchEntries } = await client.search('dc=test', { scope: 'base', attributes: ['description'] });
      same(await sha256(String(searchEntries[0].description)), await sha256(text));
    },
    end: () => client.unbind(),
  };
}

/** @type {Record<string, Open>} */
export const OPEN = {
  async toDuplex(place) {
    const options = await connectOptions(place);
    return open({
      url: `ldaps://127.0.0.1:${place.ports[1]}`,
      createSecureConnection: /** @type {any} */ (() => toDuplex(connect(at(place.ports[1]), options))),
    });
  },
  async 'net and tls'(place) {
    configureDropIns(place);
    const { host, ports, roots } = place;
    return open({ url: `ldaps://${host}:${ports[1]}`, tlsOptions: { ca: roots, servername: host } });
  },
  async 'net and tls, STARTTLS'(place) {
    configureDropIns(place);
    const { host, ports, roots } = place;
    return open({ url: `ldap://${host}:${ports[0]}` }, { ca: roots, host });
  },
};
