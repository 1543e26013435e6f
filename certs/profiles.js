/**
 * All cases, one declared profile each.
 */
import { CONSTRAINT_CASES } from './profiles/constraints.js';
import { CRL_CASES } from './profiles/crls.js';
import { KEY_CASES } from './profiles/keys.js';
import { MALFORMED_CASES } from './profiles/malformed.js';
import { NAME_CASES } from './profiles/names.js';
import { PATH_CASES } from './profiles/paths.js';
import { PRIVATE_CASES } from './profiles/private.js';
import { SIZE_CASES } from './profiles/sizes.js';
import { STRENGTH_CASES } from './profiles/strength.js';
import { TIME_CASES } from './profiles/times.js';
import { UNREADABLE_CASES } from './profiles/unreadable.js';
import { USAGE_CASES } from './profiles/usages.js';
import { VALID_CASES } from './profiles/valid.js';

/** @typedef {import('./profile.js').Profile} Profile */

export { CLOCK } from './profile.js';

/** @type {Profile[]} */
export const PROFILES = [
  ...VALID_CASES,
  ...PRIVATE_CASES,
  ...NAME_CASES,
  ...TIME_CASES,
  ...PATH_CASES,
  ...CONSTRAINT_CASES,
  ...CRL_CASES,
  ...STRENGTH_CASES,
  ...USAGE_CASES,
  ...SIZE_CASES,
  ...MALFORMED_CASES,
  ...KEY_CASES,
  ...UNREADABLE_CASES,
];
