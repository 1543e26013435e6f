/** Files that a test passes by name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/**
 * Creates a temporary directory, which is removed after the tests of the file that calls this.
 * @param {string} name for the directory
 */
export function temporaryFiles(name) {
  const directory = mkdtempSync(join(tmpdir(), `pagetls-${name}-`));
  after(() => rmSync(directory, { recursive: true }));
  return {
    directory,
    /** Writes a file into it. @param {string} file @param {string | Uint8Array} content @returns {string} its path */
    file(file, content) {
      const path = join(directory, file);
      writeFileSync(path, content);
      return path;
    },
  };
}
