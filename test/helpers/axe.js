/** axe-core in a page: what it finds wrong for people who use more than eyes and a mouse. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>} a line for each violation, with the elements that it is about
 */
export async function axeViolations(page) {
  await page.evaluate(SOURCE);
  return page.evaluate(async () => {
    const { axe } = /** @type {typeof globalThis & { axe: typeof import('axe-core') }} */ (globalThis);
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
  });
}
