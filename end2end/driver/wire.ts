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

/**
 * The browser heard a command and would not do it: the page that it was for went meanwhile, or what it names was drawn anew.
 * A call that only reads is made again (`Tab.until`); one that acts is made again as long as nothing was done.
 */
export class Refused extends Error {
  override name = 'Refused';

  /** As thrown where the command was given, if that was not where its answer was heard. */
  constructor(message: string, given?: { stack?: string }) {
    super(message);
    if (given?.stack) this.stack = `${this.name}: ${message}\n${given.stack.replace(/^.*\n/, '')}`;
  }
}

export class Wire {
  private next = 1;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; refuse: (why: string) => void; hangUp: () => void }>();

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
      if (error) asked.refuse(typeof error === 'string' ? `${error}: ${answer.message}` : error.message);
      else asked.resolve(answer.result);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { hangUp } of this.waiting.values()) hangUp();
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
    const hungUp = (): Error => new Error(`${method}: the browser hung up`);
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(hungUp());
    const id = this.next++;
    const given: { stack?: string } = {};
    Error.captureStackTrace(given, this.ask);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, {
        resolve: (value) => resolve(value as T),
        refuse: (why) => reject(new Refused(`${method}: ${why}`, given)),
        hangUp: () => reject(hungUp()),
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
