/** A heap snapshot as V8 writes it, as far as it is read here. */
interface SnapshotFile {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** A reference from one node to another. `name` is a property's, a variable's, or an index. */
export interface HeapEdge {
  readonly name: string;
  readonly to: number;
}

/** How V8 calls the edges of a WeakMap's entry, which hold the value only as long as the key lives. */
const EPHEMERON = /part of key \(.* @([0-9]+)\) -> value/;

/** The objects of a process and what refers to what, from a heap snapshot. Nodes are numbers; 0 is the root. */
export class HeapGraph {
  readonly #file: SnapshotFile;
  readonly #nodeFields: number;
  readonly #edgeFields: number;
  readonly #firstEdge: Uint32Array;
  readonly #named: ReadonlySet<string>;

  constructor(snapshot: string) {
    const file: SnapshotFile = JSON.parse(snapshot);
    this.#file = file;
    this.#nodeFields = file.snapshot.meta.node_fields.length;
    this.#edgeFields = file.snapshot.meta.edge_fields.length;
    this.#named = new Set(['context', 'property', 'internal', 'shortcut']);
    const edgeCount = file.snapshot.meta.node_fields.indexOf('edge_count');
    this.#firstEdge = new Uint32Array(this.size + 1);
    for (let node = 0; node < this.size; node += 1) {
      const count = file.nodes[node * this.#nodeFields + edgeCount] ?? 0;
      this.#firstEdge[node + 1] = (this.#firstEdge[node] ?? 0) + count;
    }
  }

  get size(): number {
    return this.#file.nodes.length / this.#nodeFields;
  }

  /** `object`, `string`, `closure`, … */
  typeOf(node: number): string {
    const [types] = this.#file.snapshot.meta.node_types;
    return types[this.#file.nodes[node * this.#nodeFields] ?? -1] ?? '';
  }

  /** An object's class, a string's text (its first thousand characters), a function's name. */
  nameOf(node: number): string {
    return this.#file.strings[this.#file.nodes[node * this.#nodeFields + 1] ?? -1] ?? '';
  }

  /** By which the inspector knows the object as long as it lives. */
  heapIdOf(node: number): number {
    return this.#file.nodes[node * this.#nodeFields + 2] ?? 0;
  }

  /** What the node keeps alive: weak references are left out. */
  *edgesOf(node: number): Generator<HeapEdge, undefined> {
    const { edges, strings, snapshot } = this.#file;
    const [types] = snapshot.meta.edge_types;
    for (let edge = this.#firstEdge[node] ?? 0; edge < (this.#firstEdge[node + 1] ?? 0); edge += 1) {
      const at = edge * this.#edgeFields;
      const type = types[edges[at] ?? -1] ?? '';
      if (type === 'weak') continue;
      const nameOrIndex = edges[at + 1] ?? 0;
      const name = this.#named.has(type) ? (strings[nameOrIndex] ?? '') : String(nameOrIndex);
      const key = EPHEMERON.exec(name)?.[1];
      if (key !== undefined && Number(key) !== this.heapIdOf(node)) continue;
      yield { name, to: (edges[at + 2] ?? 0) / this.#nodeFields };
    }
  }

  /** What a property or variable of this name refers to; private ones are named with their `#`. */
  property(node: number, name: string): number | undefined {
    for (const edge of this.edgesOf(node)) if (edge.name === name) return edge.to;
    return undefined;
  }

  /** All objects of a class; its prototype, which has the same name, has none of the properties. */
  instancesOf(className: string, withProperty: string): readonly number[] {
    const found: number[] = [];
    for (let node = 0; node < this.size; node += 1) {
      if (this.typeOf(node) !== 'object' || this.nameOf(node) !== className) continue;
      if (this.property(node, withProperty) !== undefined) found.push(node);
    }
    return found;
  }

  /** Everything that the roots keep alive, themselves included; `enter` says where not to go on. */
  reach(roots: Iterable<number>, enter: (node: number) => boolean): ReadonlySet<number> {
    const reached = new Set<number>();
    const waiting = [...roots].filter(enter);
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      for (const { to } of this.edgesOf(node)) if (!reached.has(to) && enter(to)) waiting.push(to);
    }
    return reached;
  }
}
