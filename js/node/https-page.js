/** What pages have in the stead of https.js. */
import { TLSError } from '../errors.js';

export class Agent {
  constructor() {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      'An Agent is for node:https, which a page does not have. Use pagetls/fetch.',
    );
  }
}
