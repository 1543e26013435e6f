import { connect, TrustStore, verifyChain } from 'pagetls';
import { createFetch } from 'pagetls/fetch';

export async function ask({ address, servername, bridge, roots, chain, now }) {
  const options = { bridge, servername, now, trust: await TrustStore.from(roots) };
  const socket = connect(address, options);
  await socket.write('GET /small HTTP/1.0\r\n\r\n');
  let answer = '';
  for (let bytes = await socket.read(); bytes; bytes = await socket.read()) answer += new TextDecoder().decode(bytes);

  const fetch = createFetch(options);
  const fetched = await (await fetch(`https://${address}/small`)).text();
  await fetch.close();

  // With Mozilla's roots, which are the default, and the list of public suffixes.
  const { problems } = await verifyChain(chain, { hostname: servername, now, publicSuffixes: true });
  const refused = await connect(address, { ...options, trust: undefined }).opened.catch((error) => error);
  return [answer.slice(-5), fetched, problems[0]?.code, refused.verification?.problems[0].code ?? refused.message];
}
