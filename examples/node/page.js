/** Shows the two scripts, and the commands that run them against the servers of the other examples. */

/** @param {string} path */
const json = async (path) => (await fetch(path)).json();
/** @param {string} selector @param {string} text */
const write = (selector, text) => {
  /** @type {Element} */ (document.querySelector(selector)).textContent = text;
};

for (const name of ['https', 'pg']) write(`#${name}-source`, await (await fetch(`${name}.js`)).text());

const web = await json('../fetch-private-ca/config.json');
write('#https-command', `node examples/node/https.js '${web.url}/orders.json' '${web.caFile}'`);

const { user, password, server, database, caFile } = await json('../sql-console/config.json');
const url = `postgres://${user}@${server}/${database}`;
write(
  '#pg-command',
  `PGPASSWORD=${password} node examples/node/pg.js '${url}' '${caFile}' 'SELECT * FROM orders ORDER BY id'`,
);
