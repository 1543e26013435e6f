/** The browsers of the matrix, behind one small interface. */
import * as chromium from './chromium.js';
import * as firefox from './firefox.js';
import * as webkit from './webkit.js';

/**
 * @typedef {object} Page
 * @property {(url: string) => Promise<void>} goto
 * @property {(name: string, ...args: any[]) => Promise<any>} call calls `callable[name]` of the page; arguments and result
 *   are JSON
 * @property {(offline: boolean) => Promise<void>} [setOffline]
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Browser
 * @property {string} version
 * @property {(url: string) => Promise<Page>} open a page at that address; one at a time
 * @property {() => Promise<void>} close
 */

/** @type {{name: string, skip: string | false, start: () => Promise<Browser>}[]} */
export const BROWSERS = [
  { name: 'Chromium', ...chromium },
  { name: 'Firefox', ...firefox },
  { name: 'WebKitGTK', ...webkit },
];
