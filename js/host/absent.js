/** What bundles for pages have in the stead of Node's modules: `imports` of package.json. Importing it fails. */
throw new Error('This module of Node is not here.');
