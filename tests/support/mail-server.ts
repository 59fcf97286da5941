import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface MailServer {
  url: string;
  /** What was taken, headers and all. */
  messages: string[];
  /** Resolves when the next client has connected. */
  visited(): Promise<unknown>;
  /** From now on it answers as mail servers do. */
  wake(): void;
  close(): void;
}

/** A mail server that speaks just enough SMTP (RFC 5321). `refuse`: knows nobody. `asleep`: connects and says nothing. */
export async function startMailServer({ refuse = false, asleep = false } = {}): Promise<MailServer> {
  const messages: string[] = [];
  let sleeping = asleep;
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // the client hangs up, or is killed
    if (!sleeping) talk(socket, messages, refuse);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    visited: () => once(server, 'connection'),
    wake() {
      sleeping = false;
    },
    close: () => server.close(),
  };
}

function talk(socket: Socket, messages: string[], refuse: boolean) {
  let message: string | null = null;
  let rest = '';
  socket.write('220 ready\r\n');
  socket.on('data', (chunk) => {
    rest += chunk.toString();
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (message !== null) {
        if (line !== '.') message += `${line}\n`;
        else {
          messages.push(message);
          message = null;
          socket.write('250 taken\r\n');
        }
      } else if (line.startsWith('RCPT') && refuse) socket.write('550 no such user <bob@example.com>\r\n');
      else if (line === 'DATA') {
        message = '';
        socket.write('354 go on\r\n');
      } else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 fine\r\n');
    }
  });
}
