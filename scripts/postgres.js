/** PostgreSQL from Debian's package, in a folder of one's own. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AS_NOBODY, asNobody } from './example-servers.js';
import { UserError } from './run.js';

/** Debian keeps PostgreSQL's programs apart, by version. @returns {string | undefined} the folder; undefined if there is none */
export function postgresFolder() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).map(Number) : [];
  return versions.length === 0 ? undefined : join(base, `${Math.max(...versions)}`, 'bin');
}

/**
 * Makes a cluster in `folder`/data. PostgreSQL does not run as root: as root, the cluster belongs to nobody.
 * @param {string} folder with server.pem and server.key
 * @param {object} options
 * @param {number} options.port
 * @param {string[]} options.rules of pg_hba.conf
 * @param {string[]} [options.sql] statements for the database postgres
 * @param {string[]} [options.settings] such as 'ssl=off'
 * @param {{chain: string, key: string}} [options.files] with other names
 * @returns {Promise<[program: string, args: string[]]>} the server, to be started by the same user and ended by SIGINT
 */
export async function preparePostgres(
  folder,
  { port, rules, sql = [], settings = [], files = { chain: 'server.pem', key: 'server.key' } },
) {
  const bin = postgresFolder();
  if (bin === undefined) throw new UserError('PostgreSQL is not installed.');
  const data = join(folder, 'data');
  const key = join(data, 'server.key');
  await chmod(folder, 0o755);
  await mkdir(data, { recursive: true });
  /** @param {string} program @param {string[]} args @param {string} [input] */
  const run = (program, args, input) => {
    const [command, ...all] = asNobody(join(bin, program), args);
    execFileSync(command, all, { cwd: folder, input, stdio: 'pipe' });
  };
  const own = (/** @type {string} */ path) => {
    if (AS_NOBODY.length > 0) execFileSync('chown', ['-R', 'nobody:nogroup', path]);
  };
  own(data);
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'reject', '-N', '-E', 'UTF8', '--locale=C.UTF-8']);
  if (sql.length > 0)
    run('postgres', ['--single', '-j', '-D', data, 'postgres'], sql.map((one) => `${one};\n\n`).join(''));
  await copyFile(join(folder, files.chain), join(data, 'server.crt'));
  await copyFile(join(folder, files.key), key);
  await writeFile(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
  await chmod(key, 0o600);
  own(data);
  const all = [
    ...['ssl=on', 'fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`],
    ...[`unix_socket_directories=${data}`, 'lc_messages=C', ...settings],
  ];
  return [join(bin, 'postgres'), ['-D', data, ...all.flatMap((one) => ['-c', one])]];
}
