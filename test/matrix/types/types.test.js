/**
 * Strict users of the package's types: each TypeScript, resolution of modules and environment. Errors in our declarations
 * count too (skipLibCheck is off).
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { matrixTools } from '../../helpers/packed.js';
import { compile, consumersFor, ENVIRONMENTS, RESOLUTIONS } from './consumers.js';

const { folder, skip } = await matrixTools('types');

const NEWEST_NODE_TYPES = '26.6.7';

/** @type {import('./consumers.js').Compiler[]} */
const COMPILERS = [
  { version: '5.0', nodeTypes: '20.17.24', disposes: false, requires: false },
  { version: '5.4', nodeTypes: '20.19.43', disposes: true, requires: false },
  { version: '5.5', nodeTypes: '20.19.43', disposes: true, requires: false },
  { version: '5.9', nodeTypes: NEWEST_NODE_TYPES, disposes: true, requires: true },
  { version: '6', nodeTypes: NEWEST_NODE_TYPES, disposes: true, requires: true },
  { version: '7', nodeTypes: NEWEST_NODE_TYPES, disposes: true, requires: true },
].map((compiler) => ({ ...compiler, tsc: join(folder, `node_modules/typescript-${compiler.version}/bin/tsc`) }));

describe('the types', { skip, concurrency: 2 }, () => {
  for (const compiler of COMPILERS) {
    for (const resolution of /** @type {(keyof typeof RESOLUTIONS)[]} */ (Object.keys(RESOLUTIONS))) {
      for (const environment of Object.values(ENVIRONMENTS)) {
        test(`TypeScript ${compiler.version}, ${resolution}, ${environment.name}`, async () => {
          const files = consumersFor(compiler, resolution, environment);
          assert.equal(await compile(compiler, resolution, environment, files), '');
        });
      }
    }
    test(`TypeScript ${compiler.version}: the modules for Node ask for @types/node`, async () => {
      const output = await compile(compiler, 'nodenext', ENVIRONMENTS.page, ['node.ts']);
      assert.match(output, /dist\/node\/stream\.d\.ts.*Cannot find (?:module|name) 'node:stream'/);
    });
  }
});
