/** The package for service workers, which cannot load parts of it later: all of it at once. */
import * as identity from './identity.js';
import { giveParts } from './parts.js';
import * as preamble from './starttls/preamble.js';

giveParts({ identity, preamble });

export * from './index.js';
