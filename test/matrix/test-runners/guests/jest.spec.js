import { declareTests } from './suite.js';

const { expect, test } = /** @type {any} */ (globalThis); // jest's
declareTests({ test, expect });
