import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from '../eventually.ts';

/** What a service has to be started with, so that an `Inspector` can attach to it: more environment for `startBridge`. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

const LISTENING = /Debugger listening on (ws:\/\/127\.0\.0\.1:[0-9]+\/[0-9a-f-]+)/g;
const ANSWER_WITHIN_MS = 60_000;
/** The process keeps alive what it has told about, until the group is released. */
const GROUP = 'looked at';
const INDEX = /^[0-9]+$/;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/**
 * Looks into a running service from outside by V8's inspector: nothing of ours runs in it, and it costs nothing while
 * nothing is asked. Attach soon after the start, while the service's log still says where.
 * @see https://chromedevtools.github.io/devtools-protocol/v8/
 */
export class Inspector implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  readonly #chunks: string[] = [];
  #next = 1;

  /** @param process its log must have the line with which Node says where its inspector listens. */
  static async attach(process: { readonly log: string }): Promise<Inspector> {
    const url = await eventually('the process listens for an inspector', () =>
      [...process.log.matchAll(LISTENING)].at(-1)?.at(1),
    );
    const socket = new WebSocket(url, { maxPayload: 0 });
    await once(socket, 'open');
    return new Inspector(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString('utf8'))));
    socket.on('close', () => this.#end(new Error('the inspected process is gone')));
    socket.on('error', (error) => this.#end(error));
  }

  /** Evaluates an expression in the process; promises are awaited. Resolves to its value, which must be JSON. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined)
      throw new Error(`in the process: ${JSON.stringify(exceptionDetails)}`);
    return valueOf(result);
  }

  /** Collects garbage, all of it. */
  async collectGarbage(): Promise<void> {
    await this.call('HeapProfiler.collectGarbage');
  }

  /** The process's heap as V8 writes it down, after collecting garbage; the process stands still meanwhile. */
  async heapSnapshot(): Promise<string> {
    this.#chunks.length = 0;
    await this.call('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    return this.#chunks.splice(0).join('');
  }

  /**
   * What `map` makes of the objects of a class that are alive, those left out of which it makes nothing; by the ids
   * that they have in a heap snapshot taken just before.
   * @param map the text of a function that gives a list of texts.
   */
  async mapObjects(className: string, map: string): Promise<ReadonlyMap<number, readonly string[]>> {
    const prototype = await this.#remote('Runtime.evaluate', { expression: `${className}.prototype` });
    const { objects } = await this.call('Runtime.queryObjects', {
      prototypeObjectId: prototype,
      objectGroup: GROUP,
    });
    const chosen = await this.#remote('Runtime.callFunctionOn', {
      objectId: objectIdOf(objects),
      functionDeclaration: `function () { return this.filter((one) => (${map})(one).length > 0); }`,
    });
    const { result: texts } = await this.call('Runtime.callFunctionOn', {
      objectId: chosen,
      functionDeclaration: `function () { return this.map(${map}); }`,
      returnByValue: true,
    });
    const ids = await this.#heapIdsIn(chosen);
    await this.call('Runtime.releaseObjectGroup', { objectGroup: GROUP });
    const lists = valueOf(texts);
    if (!Array.isArray(lists)) throw new TypeError('the map gave no lists');
    return new Map(ids.map((id, i) => [id, Array.isArray(lists[i]) ? lists[i].map(String) : []]));
  }

  /** Any method of the protocol. */
  async call(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = this.#next++;
    const waiting = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    this.#waiting.set(id, waiting);
    const timeout = setTimeout(() => waiting.reject(new Error(`no answer to ${method}`)), ANSWER_WITHIN_MS);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return waiting.promise.finally(() => {
      clearTimeout(timeout);
      this.#waiting.delete(id);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.terminate();
    await once(this.#socket, 'close');
  }

  /** The handle of what a method results in. */
  async #remote(method: string, params: object): Promise<unknown> {
    const { result, exceptionDetails } = await this.call(method, { ...params, objectGroup: GROUP });
    const id = objectIdOf(result);
    if (id === undefined) throw new Error(`in the process: ${JSON.stringify(exceptionDetails)}`);
    return id;
  }

  /** The heap ids of an array's elements. */
  async #heapIdsIn(array: unknown): Promise<readonly number[]> {
    const { result } = await this.call('Runtime.getProperties', { objectId: array, ownProperties: true });
    const ids: number[] = [];
    for (const property of Array.isArray(result) ? result : []) {
      const { name, value }: { readonly name: string; readonly value?: unknown } = property;
      if (!INDEX.test(name)) continue;
      const { heapSnapshotObjectId } = await this.call('HeapProfiler.getHeapObjectId', {
        objectId: objectIdOf(value),
      });
      ids[Number(name)] = Number(heapSnapshotObjectId);
    }
    return ids;
  }

  #take({ id, method, params, result, error }: Answer): void {
    if (method === 'HeapProfiler.addHeapSnapshotChunk') this.#chunks.push(String(params?.['chunk']));
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result ?? {});
  }

  #end(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
  }
}

function objectIdOf(remote: unknown): unknown {
  return typeof remote === 'object' && remote !== null && 'objectId' in remote ? remote.objectId : undefined;
}

function valueOf(remote: unknown): unknown {
  return typeof remote === 'object' && remote !== null && 'value' in remote ? remote.value : undefined;
}
