/** What the package uses of the module `cloudflare:sockets` of Cloudflare Workers. */
export interface Socket {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
  opened: Promise<{ remoteAddress?: string; localAddress?: string }>;
  close(): Promise<void>;
}

export function connect(
  address: { hostname: string; port: number },
  options: { secureTransport: 'off'; allowHalfOpen: boolean },
): Socket;
