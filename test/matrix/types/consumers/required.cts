/** A CommonJS module that requires the package: Node 20.19 and 22.12 can, and TypeScript 5.8 knows. */
import { connect, type TLSSocket } from 'pagetls';
import fetching = require('pagetls/fetch');

const fetch: fetching.Fetch = fetching.createFetch({ bridge: 'wss://bridge.example/' });
const socket: TLSSocket = connect('db.example:443');
// @ts-expect-error an option that does not exist
connect('db.example:443', { servernames: [] });
export = [fetch, socket];
