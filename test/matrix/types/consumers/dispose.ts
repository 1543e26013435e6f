/** `await using` and `using`, of TypeScript 5.2 and its lib esnext.disposable. */
import { connect, TLSSocket, TrustStore } from 'pagetls';
import { createFetch } from 'pagetls/fetch';

export async function disposes(pem: string): Promise<string> {
  using trust = await TrustStore.from(pem);
  await using socket = connect('db.example:443', { trust });
  await using fetch = createFetch({ trust });
  const response = await fetch('https://db.example/');
  const disposables: [AsyncDisposable, Disposable] = [socket, trust];
  await disposables[0][Symbol.asyncDispose]();
  return response.text();
}

export function wrong(socket: TLSSocket): void {
  // @ts-expect-error a connection ends later
  using wrongly = socket;
  wrongly.close();
}
