/** A SQL console: pg in a page, over pagetls. */
import { connect, TrustStore } from 'pagetls';
import { toDuplex } from 'pagetls/node';
import pg from 'pg';

const MAX_ROWS = 200;
const MAX_CELL_CHARACTERS = 500;
/** The server sends values whole, however long they are. */
const MAX_ANSWER_BYTES = 20_000_000;

/** From your server: the bridge, and what the form begins with. */
const config = await (await fetch('config.json')).json();

/** @template {Element} T @param {string} selector @returns {T} */
const find = (selector) => /** @type {T} */ (document.querySelector(selector));

/** @type {HTMLFormElement} */
const form = find('form');
const { elements } = /** @type {{elements: any}} */ (form);
/** @type {HTMLButtonElement} */
const button = find('button');
const fields = ['server', 'database', 'user', 'password', 'ca'];
for (const name of fields) elements[name].value = config[name];
button.disabled = false;

/** Asks the server for the first rows only: one more than are shown. */
class FirstRows extends pg.Query {
  /** @param {any} connection pg's own, of which `rows` would ask again and again until it has all rows */
  _getRows(connection) {
    connection.execute({ portal: '', rows: MAX_ROWS + 1 });
    connection.sync();
  }
  handlePortalSuspended() {} // there are more rows
  /** @param {any} connection */
  handleCopyInResponse(connection) {
    connection.sendCopyFail('This console copies nothing in.');
    connection.sync(); // the server has ignored the one before
  }
}

/** Values as PostgreSQL writes them. */
const types = { getTypeParser: () => (/** @type {string} */ text) => text };

/** @type {{client: pg.Client, duplex: import('pagetls/node').TLSDuplex, settings: string} | undefined} */
let session;
/** Of the answer to this statement. */
let receivedBytes = 0;

/** The session, which goes on as long as its settings stay the same. */
async function openSession() {
  const [server, database, user, password, ca] = fields.map((name) => elements[name].value);
  const settings = JSON.stringify([server, database, user, password, ca]);
  if (session?.settings === settings) return session;
  session?.client.end();
  session = undefined;
  const trust = await TrustStore.from(ca);
  const duplex = toDuplex(connect(server, { bridge: config.bridge, trust, starttls: 'postgres' }));
  const client = new pg.Client({
    ...{ user, password, database, enableChannelBinding: true, statement_timeout: 10_000 },
    stream: () => duplex,
  });
  const opened = { client, duplex, settings };
  client.on('error', () => {}); // the query fails, too
  client.on('end', () => {
    if (session === opened) session = undefined;
  });
  await client.connect();
  duplex.on('data', (chunk) => {
    receivedBytes += chunk.length;
    if (receivedBytes > MAX_ANSWER_BYTES)
      duplex.destroy(new Error('The answer is longer than 20 MB. The session has ended.'));
  });
  session = opened;
  return session;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    const { client, duplex } = await openSession();
    receivedBytes = 0;
    /** @type {pg.QueryArrayResult<(string | null)[]>} */
    const result = await new Promise((resolve, reject) => {
      const config = { text: elements.sql.value, rowMode: 'array', types, queryMode: 'extended' };
      const done = (/** @type {any} */ error, /** @type {any} */ answer) => (error ? reject(error) : resolve(answer));
      client.query(new FirstRows(/** @type {any} */ (config), undefined, done));
    });
    show(summaryOf(result), `${duplex.getProtocol()}, ${duplex.socket.getCipher()?.name}`, result);
  } catch (error) {
    const { message, severity, code, detail, hint, position, verification } = /** @type {any} */ (error);
    const problems = verification?.problems?.map((/** @type {{message: string}} */ one) => one.message) ?? [];
    const where = position && `At character ${position}.`;
    const all = [severity ? `${severity} ${code}: ${message}` : message, detail, hint, where, ...problems];
    show('It failed', all.filter(Boolean).join('\n'));
  }
  button.disabled = false;
});

elements.sql.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (!button.disabled) form.requestSubmit();
});

/** @param {pg.QueryArrayResult<unknown[]>} result */
function summaryOf({ command, fields, rowCount, rows }) {
  if (rows.length > MAX_ROWS) return `The first ${MAX_ROWS} rows`;
  if (fields.length > 0) return rows.length === 1 ? '1 row' : `${rows.length} rows`;
  return rowCount === null ? (command ?? 'Nothing to do') : `${command} ${rowCount}`;
}

/**
 * @param {string} summary
 * @param {string} note
 * @param {{fields: {name: string}[], rows: (string | null)[][]}} [result]
 */
function show(summary, note, { fields, rows } = { fields: [], rows: [] }) {
  find('section').removeAttribute('hidden');
  find('#summary').textContent = summary;
  find('#note').textContent = note;
  find('.scroll').toggleAttribute('hidden', fields.length === 0);
  /** @param {(string | null)[]} values @param {'th' | 'td'} kind textContent: nothing of a value becomes HTML */
  const row = (values, kind) => {
    const line = document.createElement('tr');
    for (const value of values) {
      const cell = document.createElement(kind);
      if (kind === 'th') cell.setAttribute('scope', 'col');
      cell.classList.toggle('muted', value === null);
      cell.textContent = value === null ? 'NULL' : shorten(value);
      line.append(cell);
    }
    return line;
  };
  const names = fields.map(({ name }) => name);
  find('thead').replaceChildren(row(names, 'th'));
  find('tbody').replaceChildren(...rows.slice(0, MAX_ROWS).map((values) => row(values, 'td')));
}

/** @param {string} text */
const shorten = (text) => (text.length > MAX_CELL_CHARACTERS ? `${text.slice(0, MAX_CELL_CHARACTERS)}…` : text);
