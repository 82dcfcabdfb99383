/** Stretches of sequences, each from one (exclusive) to another (inclusive), added in any order. */
export class Coverage {
  #stretches: { from: number; to: number }[] = [];
  #isSorted = true;

  get isEmpty(): boolean {
    return this.#stretches.length === 0;
  }

  add(from: number, to: number): void {
    this.#stretches.push({ from, to });
    this.#isSorted = false;
  }

  has(seq: number): boolean {
    if (!this.#isSorted) this.#merge();
    let [low, high] = [0, this.#stretches.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const stretch = this.#stretches[middle];
      if (stretch === undefined || seq <= stretch.from) high = middle;
      else if (seq > stretch.to) low = middle + 1;
      else return true;
    }
    return false;
  }

  #merge(): void {
    const merged: { from: number; to: number }[] = [];
    for (const { from, to } of this.#stretches.toSorted((a, b) => a.from - b.from)) {
      const last = merged.at(-1);
      if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
      else merged.push({ from, to });
    }
    this.#stretches = merged;
    this.#isSorted = true;
  }
}
