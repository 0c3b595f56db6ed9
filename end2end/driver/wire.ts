// Commands and events as JSON over a WebSocket: the frame that WebDriver BiDi (Firefox) and the DevTools protocol (Chromium)
// have in common. Node 20 has no WebSocket client of its own.
import WebSocket from 'ws';

/** What both protocols answer: BiDi names an error beside its message, DevTools puts both into an object. */
interface Answer {
  id?: number;
  result?: unknown;
  error?: string | { message: string };
  message?: string;
  method?: string;
  params?: unknown;
}

export class Wire {
  private next = 1;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();

  private constructor(private readonly socket: WebSocket, hear: (method: string, params: never) => void) {
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data)) as Answer;
      const asked = answer.id === undefined ? undefined : this.waiting.get(answer.id);
      if (!asked) {
        if (answer.method) hear(answer.method, answer.params as never);
        return;
      }
      this.waiting.delete(answer.id!);
      const { error } = answer;
      if (error) asked.reject(new Error(typeof error === 'string' ? `${error}: ${answer.message}` : error.message));
      else asked.resolve(answer.result);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('the browser hung up'));
      this.waiting.clear();
    });
  }

  static async open(url: string, hear: (method: string, params: never) => void = () => undefined): Promise<Wire> {
    // What a page returns may be large; what a browser compresses on loopback is work for nothing.
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 64 << 20 });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return new Wire(socket, hear);
  }

  ask<T>(method: string, params: unknown = {}): Promise<T> {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error(`${method}: the browser hung up`));
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, {
        resolve: (value) => resolve(value as T),
        reject: (error) => reject(new Error(`${method}: ${error.message}`)),
      });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.socket.terminate();
  }
}

/** The body of a function as an expression whose value is JSON text: values pass alike through every protocol. */
export const asJson = (script: string, args: unknown[]): string =>
  `Promise.resolve((function () { ${script}\n }).apply(null, ${JSON.stringify(args)})).then((value) => JSON.stringify(value ?? null))`;
