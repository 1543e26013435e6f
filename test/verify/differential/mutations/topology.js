/** Which certificates exist, who issued them, which are sent and trusted, and in what order. */
import * as der from '../../../../certs/der.js';
import { nameConstraints, raw } from '../../../../certs/extensions.js';
import { authority, HOST, issuerIdentifier, keyLike, keyOf, named } from '../plan.js';

/** @typedef {import('../mutation.js').Mutation} Mutation */
/** @typedef {import('../plan.js').Draft} Draft */
/** @typedef {import('../plan.js').Plan} Plan */

/** @param {Draft} draft @param {Partial<Draft>} change @returns {Draft} another certificate with the same name and key, unless changed */
function twin(draft, change) {
  const serial = draft.serial + 0x1000000n;
  return { ...draft, serial, extensions: { ...draft.extensions }, fields: { ...draft.fields }, ...change };
}

/** The topmost certificate that is sent, issued by the root. @param {Plan} plan */
const topmost = ({ authorities, leaf }) => authorities.at(-1) ?? leaf;

/** @param {Plan} plan @param {Draft} before @param {Draft} draft sent directly before it */
const sendBefore = ({ sent }, before, draft) => void sent.splice(sent.indexOf(before), 0, draft);

const PAST = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2021-01-01T00:00:00Z' };

/**
 * @param {string} feature
 * @param {number} intermediates that it needs
 * @param {Mutation['apply']} apply
 * @returns {Mutation}
 */
const topology = (feature, intermediates, apply) => ({ feature, slots: ['topology'], intermediates, apply });

/** @param {string} feature @param {number} intermediates @param {(plan: Plan) => Draft[] | Promise<Draft[]>} anchors @returns {Mutation} */
const anchored = (feature, intermediates, anchors) => ({
  ...topology(feature, intermediates, async (plan) => void (plan.anchors = await anchors(plan))),
  alone: true,
});

/** @param {Parameters<typeof topology>} given @returns {Mutation} with both invalid, pagetls may report the problems of either */
const expiredTwin = (...given) => ({ ...topology(...given), alone: true });

/**
 * Another CA with the name of the leaf's issuer, sent before it.
 * @param {string} feature
 * @param {(plan: Plan) => Draft['extensions']} extensions of it
 * @returns {Mutation}
 */
const namesake = (feature, extensions) =>
  topology(feature, 1, async (plan) => {
    const [issuer] = plan.authorities;
    const key = await keyLike('namesake', issuer.key);
    sendBefore(plan, issuer, twin(issuer, { key, extensions: { ...issuer.extensions, ...extensions(plan) } }));
  });

/** @type {Mutation[]} */
export const TOPOLOGY_MUTATIONS = [
  topology('root-sent', 0, ({ sent, root }) => void sent.push(root)),
  topology('duplicate-sent', 0, ({ sent }, random) => {
    sent.splice(1 + random.below(sent.length), 0, random.pick(sent));
  }),
  topology('shuffled', 2, (plan, random) => {
    plan.sent = [plan.leaf, ...random.shuffled(plan.sent.slice(1))];
  }),
  topology('reversed', 2, (plan) => {
    plan.sent = [plan.leaf, ...plan.sent.slice(1).reverse()];
  }),
  topology('unrelated-sent', 0, async ({ sent }, random) => {
    const stranger = authority(named('Stranger'), await keyOf('stranger'), null);
    sent.splice(1 + random.below(sent.length), 0, stranger);
  }),
  topology('unrelated-unknown-critical-sent', 0, async ({ sent }) => {
    const stranger = authority(named('Stranger'), await keyOf('stranger'), null);
    stranger.extensions.more = raw('1.3.6.1.4.1.99999.1', der.nullValue(), true);
    sent.push(stranger);
  }),
  {
    ...topology('unrelated-unreadable-sent', 0, ({ sent }) => {
      sent.push(der.sequence(der.octetString(new Uint8Array(200))));
    }),
    alone: true, // pagetls reports it in addition to any other problem
  },

  {
    ...topology('self-issued-ca', 1, async (plan) => {
      const rollover = authority(plan.root.subject, await keyOf('rollover'), plan.root);
      topmost(plan).issuer = rollover;
      plan.authorities.push(rollover);
      plan.sent.push(rollover);
    }),
    slots: ['topology', 'subjectKeyIdentifier@ca', 'subjectKeyIdentifier@root'], // GnuTLS tells the two CAs apart by them
  },
  topology('cross-signed', 1, async (plan, random) => {
    const other = authority(named('Other Root'), await keyOf('other-root'), null);
    const cross = twin(topmost(plan), { issuer: other });
    sendBefore(plan, topmost(plan), cross);
    if (random.below(2) === 0) plan.sent.push(other);
  }),
  topology('cross-signed-both-trusted', 1, async (plan) => {
    const other = authority(named('Other Root'), await keyOf('other-root'), null);
    sendBefore(plan, topmost(plan), twin(topmost(plan), { issuer: other }));
    plan.anchors = [other, plan.root];
  }),
  expiredTwin('expired-twin-first', 1, (plan) => {
    sendBefore(plan, topmost(plan), twin(topmost(plan), { fields: PAST }));
  }),
  expiredTwin('expired-twin-last', 1, (plan) => {
    plan.sent.push(twin(topmost(plan), { fields: PAST }));
  }),
  topology('excluding-twin-first', 1, (plan) => {
    const excluding = nameConstraints({ excluded: [{ dns: HOST }] });
    const extensions = { ...topmost(plan).extensions, nameConstraints: excluding };
    sendBefore(plan, topmost(plan), twin(topmost(plan), { extensions }));
  }),
  topology('not-a-ca-twin-first', 1, (plan) => {
    const extensions = { ...topmost(plan).extensions, basicConstraints: null };
    sendBefore(plan, topmost(plan), twin(topmost(plan), { extensions }));
  }),
  namesake('namesake-first', () => ({})),
  namesake('namesake-without-ski-first', () => ({ subjectKeyIdentifier: null })),
  namesake('namesake-with-its-ski-first', ({ leaf }) => ({ subjectKeyIdentifier: issuersIdentifierOf(leaf) })),
  topology('loop', 1, async (plan) => {
    const above = authority(named('Loop'), await keyOf('loop'), topmost(plan));
    const back = twin(topmost(plan), { issuer: above });
    sendBefore(plan, topmost(plan), back);
    sendBefore(plan, topmost(plan), above);
  }),
  topology('loop-only', 1, async (plan) => {
    const above = authority(named('Loop'), await keyOf('loop'), topmost(plan));
    topmost(plan).issuer = above;
    plan.sent.push(above);
  }),
  topology('missing-intermediate', 1, ({ sent, authorities }, random) => {
    sent.splice(sent.indexOf(random.pick(authorities)), 1);
  }),
  {
    ...topology('no-identifiers', 1, ({ leaf, authorities, root }) => {
      for (const { extensions } of [leaf, ...authorities, root]) {
        extensions.subjectKeyIdentifier = extensions.authorityKeyIdentifier = null;
      }
    }),
    alone: true, // it fills the slots of all certificates
  },
  ...['with', 'without'].map((aki) =>
    anchored(`anchor-cross-signed-${aki}-aki`, 0, async (plan) => {
      const other = authority(named('Other Root'), await keyOf('other-root'), null);
      const authorityKeyIdentifier = aki === 'with' ? issuerIdentifier : null;
      return [twin(plan.root, { issuer: other, extensions: { ...plan.root.extensions, authorityKeyIdentifier } })];
    }),
  ),
  topology('another-root', 0, async (plan) => {
    plan.anchors = [authority(named('Other Root'), await keyOf('other-root'), null)];
  }),
  topology('another-root-root-sent', 0, async (plan) => {
    plan.anchors = [authority(named('Other Root'), await keyOf('other-root'), null)];
    plan.sent.push(plan.root);
  }),
  topology('namesake-of-root', 0, async (plan) => {
    plan.anchors = [authority(plan.root.subject, await keyLike('other-root', plan.root.key), null)];
  }),
  topology('namesake-of-root-trusted-too', 0, async (plan) => {
    plan.anchors = [authority(plan.root.subject, await keyLike('other-root', plan.root.key), null), plan.root];
  }),
  expiredTwin('expired-twin-of-root-trusted-too', 0, (plan) => {
    plan.anchors = [twin(plan.root, { fields: PAST }), plan.root];
  }),
  expiredTwin('expired-twin-of-root-sent', 0, (plan) => {
    plan.sent.push(twin(plan.root, { fields: PAST }));
  }),
  anchored('anchor-is-topmost', 1, ({ authorities }) => [/** @type {Draft} */ (authorities.at(-1))]),
  anchored('anchor-in-the-middle', 2, ({ authorities }) => [authorities[0]]),
  anchored('anchor-below-expired-root', 1, ({ root, authorities }) => {
    Object.assign(root.fields, PAST);
    return [root, /** @type {Draft} */ (authorities.at(-1))];
  }),
  anchored('anchor-is-leaf', 0, ({ leaf }) => [leaf]),
  anchored('anchor-is-leaf-below-excluding-root', 0, ({ root, leaf, sent }) => {
    root.extensions.nameConstraints = nameConstraints({ excluded: [{ dns: HOST }] });
    sent.push(root);
    return [leaf];
  }),
  anchored('anchor-is-self-signed-leaf', 0, ({ leaf }) => {
    leaf.issuer = null;
    return [leaf];
  }),
  topology('self-signed-leaf', 0, (plan) => {
    plan.leaf.issuer = null;
  }),
  topology('leaf-below-leaf', 0, async (plan) => {
    const above = twin(plan.leaf, { subject: named('Another Server'), key: await keyOf('namesake') });
    plan.leaf.issuer = above;
    plan.sent.splice(1, 0, above);
  }),
];

/** @param {Draft} draft @returns {import('../../../../certs/extensions.js').Extension} a subject key identifier equal to that of its issuer */
function issuersIdentifierOf(draft) {
  const { value } = issuerIdentifier(draft);
  const [sequence] = der.elements(value);
  const [id] = der.elements(sequence.content);
  return raw('2.5.29.14', der.octetString(id.content));
}
