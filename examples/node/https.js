/** Node's https over pagetls: node https.js URL CA.pem */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { TrustStore } from 'pagetls';
import { Agent } from 'pagetls/node';

const [url, ca] = process.argv.slice(2);
const agent = new Agent({ trust: await TrustStore.from(await readFile(ca)), keepAlive: true });
for (let i = 0; i < 2; i++) {
  const [response] = await once(https.get(url, { agent }), 'response');
  const { localPort } = response.socket; // the same both times: one connection
  console.log(localPort, response.statusCode, await text(response));
}
agent.destroy();
