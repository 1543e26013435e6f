/** Sets of profiles in which a difference shows, by the level of the rule (wasm/verify/rules.def). */

/** @typedef {import('../differences.js').OwnProfile} OwnProfile */

/** What RFC 5280 asks of the form of certificates, of which `private` only warns. @type {OwnProfile[]} */
export const FORM = ['rfc5280', 'webpki'];
/** What the Baseline Requirements add. @type {OwnProfile[]} */
export const WEBPKI = ['webpki'];
/** What the Baseline Requirements permit, and browsers accept. @type {OwnProfile[]} */
export const RFC5280 = ['rfc5280'];
/** What the Baseline Requirements forbid. @type {OwnProfile[]} */
export const NOT_WEBPKI = ['rfc5280', 'private'];
/** What only private CAs issue. @type {OwnProfile[]} */
export const PRIVATE = ['private'];
