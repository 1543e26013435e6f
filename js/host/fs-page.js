/**
 * Files, where the conditions of package.json choose the modules for pages: pages have none, but test runners that imitate
 * pages (jest-environment-jsdom) have Node's, and load modules by file: URLs.
 * @type {typeof import('node:fs/promises').readFile | undefined}
 */
export const readFile = globalThis.process?.getBuiltinModule?.('fs')?.promises?.readFile;
