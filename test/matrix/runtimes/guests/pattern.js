/** In the empty project this is that file itself. */
export * from '../../../fixtures/pattern.js';
