/** An MQTT dashboard: mqtt in a page, over pagetls, with a client certificate. */
import mqtt from 'mqtt';
import { connect, TrustStore } from 'pagetls';
import { toDuplex } from 'pagetls/node';

const MAX_TOPICS = 100;
const MAX_CHARACTERS = 200;

/** From your server: the bridge, and what the form begins with. */
const config = await (await fetch('config.json')).json();

/** @template {Element} T @param {string} selector @returns {T} */
const find = (selector) => /** @type {T} */ (document.querySelector(selector));
/** @param {string} selector @param {string} text */
const write = (selector, text) => {
  find(selector).textContent = text;
};

/** @type {HTMLFormElement} */
const form = find('#connection');
const { elements } = /** @type {{elements: any}} */ (form);
elements.server.value = config.server;
elements.ca.value = config.ca;
/** @type {HTMLAnchorElement} */
const own = find('#own');
own.href = URL.createObjectURL(new Blob([config.identity]));
/** @type {HTMLButtonElement} */
const button = find('#connection button');
button.disabled = false;

/** @type {mqtt.MqttClient | undefined} */
let client;
/** @type {Map<string, {row: HTMLTableRowElement, count: number}>} */
const topics = new Map();

/** The client certificate and its key, as options of `connect()`. */
async function readIdentity() {
  const passphrase = elements.passphrase.value === '' ? {} : { passphrase: elements.passphrase.value };
  /** @type {File[]} */
  const files = [...elements.identity.files];
  const isPkcs12 = (/** @type {File} */ { name }) => /\.(p12|pfx)$/i.test(name);
  if (files.length === 1 && isPkcs12(files[0])) {
    return { pfx: new Uint8Array(await files[0].arrayBuffer()), ...passphrase };
  }
  if (files.length > 0) {
    const pem = (await Promise.all(files.map((file) => file.text()))).join('\n');
    return { cert: pem, key: pem, ...passphrase };
  }
  return elements.own.checked ? { cert: config.identity, key: config.identity } : {};
}

async function start() {
  const server = elements.server.value;
  const options = { bridge: config.bridge, trust: await TrustStore.from(elements.ca.value), ...(await readIdentity()) };
  const started = new mqtt.MqttClient(
    () => {
      const duplex = toDuplex(connect(server, options));
      duplex.once('secureConnect', () => write('#status', `${duplex.getProtocol()}, waiting for the server …`));
      // mqtt keeps errors of TLS to itself.
      duplex.once('error', (error) => client === started && stop(error));
      return duplex;
    },
    { reconnectPeriod: 2000, timerVariant: 'native' }, // its own timers need blob: workers
  );
  client = started;
  started.on('connect', () => {
    write('#status', 'Connected');
    started.subscribe('#');
  });
  started.on('reconnect', () => write('#status', 'Connecting again …'));
  started.on('error', (error) => client === started && stop(error));
  started.on('message', (topic, message) => showMessage(topic, message.toString()));
}

/** @param {any} [error] why */
function stop(error) {
  client?.end(error !== undefined);
  client = undefined;
  const problems = error?.verification?.problems ?? [];
  const lines = [error?.message, ...problems.map((/** @type {{message: string}} */ one) => one.message)];
  write('#problem', lines.filter(Boolean).join('\n'));
  write('#status', '');
  button.textContent = 'Connect';
  find('section').toggleAttribute('hidden', true);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (client) return stop();
  topics.clear();
  find('tbody').replaceChildren();
  find('#more').toggleAttribute('hidden', true);
  find('section').toggleAttribute('hidden', false);
  write('#problem', '');
  write('#status', 'Connecting …');
  button.textContent = 'Disconnect';
  button.disabled = true;
  await start().catch(stop);
  button.disabled = false;
});

find('#publish').addEventListener('submit', (event) => {
  event.preventDefault();
  const { topic, message } = /** @type {any} */ (event.target).elements;
  client?.publish(topic.value, message.value, { qos: 1 }, (error) => write('#problem', error?.message ?? ''));
});

/** Shows the last message of each topic. @param {string} topic @param {string} message */
function showMessage(topic, message) {
  let shown = topics.get(topic);
  if (!shown) {
    if (topics.size === MAX_TOPICS) {
      write('#more', `There are more than ${MAX_TOPICS} topics.`);
      find('#more').toggleAttribute('hidden', false);
      return;
    }
    /** @type {HTMLTableSectionElement} */
    const body = find('tbody');
    shown = { row: body.insertRow(), count: 0 };
    for (let cells = 0; cells < 3; cells++) shown.row.insertCell();
    topics.set(topic, shown);
  }
  shown.count++;
  // textContent: nothing of a message becomes HTML.
  for (const [at, text] of [topic, message, `${shown.count}`].entries()) {
    shown.row.cells[at].textContent = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  }
}
