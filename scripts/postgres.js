/** PostgreSQL from Debian's package, in a folder of one's own. */
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AS_NOBODY } from './example-servers.js';
import { UserError } from './run.js';

/** Debian keeps PostgreSQL's programs apart, by version. */
async function programs() {
  const base = '/usr/lib/postgresql';
  const versions = (await readdir(base).catch(() => [])).map(Number).sort((a, b) => a - b);
  if (versions.length === 0) throw new UserError('PostgreSQL is not installed.');
  return join(base, `${versions.at(-1)}`, 'bin');
}

/**
 * Makes a cluster in `folder`/data. PostgreSQL does not run as root: as root, the cluster belongs to nobody.
 * @param {string} folder with server.pem and server.key
 * @param {object} options
 * @param {number} options.port
 * @param {string[]} options.sql statements for the database postgres, one a line
 * @param {string[]} options.rules of pg_hba.conf
 * @returns {Promise<[program: string, args: string[]]>} the server, to be started by the same user and ended by SIGINT
 */
export async function preparePostgres(folder, { port, sql, rules }) {
  const bin = await programs();
  const data = join(folder, 'data');
  const key = join(data, 'server.key');
  await chmod(folder, 0o755);
  await mkdir(data);
  /** @param {string} program @param {string[]} args @param {string} [input] */
  const run = (program, args, input) => {
    const command = [...(AS_NOBODY.length > 0 ? ['setpriv', ...AS_NOBODY] : []), join(bin, program), ...args];
    execFileSync(command[0], command.slice(1), { cwd: folder, input, stdio: 'pipe' });
  };
  const own = (/** @type {string} */ path) => {
    if (AS_NOBODY.length > 0) execFileSync('chown', ['-R', 'nobody:nogroup', path]);
  };
  own(data);
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'reject', '-N', '-E', 'UTF8', '--locale=C.UTF-8']);
  run('postgres', ['--single', '-j', '-D', data, 'postgres'], sql.map((one) => `${one};\n\n`).join(''));
  await copyFile(join(folder, 'server.pem'), join(data, 'server.crt'));
  await copyFile(join(folder, 'server.key'), key);
  await writeFile(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
  await chmod(key, 0o600);
  own(data);
  const settings = [
    ...['ssl=on', 'fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`],
    ...[`unix_socket_directories=${data}`, 'lc_messages=C'],
  ];
  return [join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])]];
}
