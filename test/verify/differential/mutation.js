/** The type of a mutation, and helpers to declare many of them. */

/** @typedef {import('./plan.js').Draft} Draft */
/** @typedef {import('./plan.js').Extensible} Extensible */
/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('../../helpers/random.js').Random} Random */
/** @typedef {'leaf' | 'ca' | 'top' | 'root'} Role `ca`: any intermediate; `top`: the one that the root issued */

/**
 * @typedef {object} Mutation
 * @property {string} feature its name, followed by @ and the role if it changes one certificate
 * @property {string[]} slots the parts it changes; mutations of one chain share no slot; *@ca: every slot of a CA
 * @property {number} [intermediates] minimum number of intermediates
 * @property {boolean} [alone] never combined with another: the result would depend on where the path ends
 * @property {(plan: Plan, random: Random) => void | Promise<void>} apply
 */

/** @typedef {(draft: Draft, plan: Plan, random: Random) => void | Promise<void>} Change of one certificate */

/** @param {Plan} plan @param {Role} role @param {Random} random @returns {Draft} */
function draftOf(plan, role, random) {
  if (role === 'leaf') return plan.leaf;
  if (role === 'root') return plan.root;
  return role === 'top' ? /** @type {Draft} */ (plan.authorities.at(-1)) : random.pick(plan.authorities);
}

/**
 * One mutation per change and role.
 * @param {string} slot
 * @param {Role[]} roles
 * @param {Record<string, Change>} changes by name
 * @returns {Mutation[]}
 */
export function changes(slot, roles, changes) {
  return Object.entries(changes).flatMap(([name, change]) =>
    roles.map((role) => ({
      feature: `${name}@${role}`,
      slots: [`${slot}@${role}`],
      intermediates: role === 'ca' || role === 'top' ? 1 : 0,
      apply: (plan, random) => change(draftOf(plan, role, random), plan, random),
    })),
  );
}

/**
 * Mutations that replace an extension.
 * @param {string} name of the extension in a draft, and of the slot
 * @param {Role[]} roles
 * @param {Record<string, Extensible>} values by the name of the mutation
 * @returns {Mutation[]}
 */
export function extensions(name, roles, values) {
  /** @type {Record<string, Change>} */
  const all = {};
  for (const [mutation, value] of Object.entries(values)) {
    all[mutation] = ({ extensions }) => void (extensions[name] = value);
  }
  return changes(name, roles, all);
}

/**
 * Mutations that replace fields of a certificate.
 * @param {string} slot
 * @param {Role[]} roles
 * @param {Record<string, Draft['fields']>} values by the name of the mutation
 * @returns {Mutation[]}
 */
export function fields(slot, roles, values) {
  /** @type {Record<string, Change>} */
  const all = {};
  for (const [mutation, value] of Object.entries(values))
    all[mutation] = (draft) => void Object.assign(draft.fields, value);
  return changes(slot, roles, all);
}
