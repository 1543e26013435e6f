/** A CommonJS module, which imports the package as every TypeScript and Node allow it. */
export async function connects(): Promise<string> {
  const { connect, TLSError } = await import('pagetls');
  const { createFetch } = await import('pagetls/fetch');
  const { websockify } = await import('pagetls/transports/websockify');
  const socket = connect('db.example:443', { transport: websockify('wss://bridge.example/') });
  // @ts-expect-error an option that does not exist
  createFetch({ maxConnection: 1 });
  try {
    return (await socket.opened).protocol;
  } catch (error) {
    return error instanceof TLSError ? error.hint : String(error);
  }
}
