/** Words that cannot name a value in printed graphs: JavaScript's reserved words and the names the printer itself uses. */
const reservedWords: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof undefined var void while with yield NaN Infinity " +
    "torch operator forward"
  ).split(" "),
);

/** Gives out names that are unique in one graph: `add`, `add_1`, `add_2`. */
export class NameScope {
  readonly #taken = new Set<string>();
  /** By name without a number: all smaller numbers are taken. */
  readonly #free = new Map<string, number>();

  /** A fresh identifier made from any text: `L["x"]` becomes `l_x_`-like names only of letters, digits and `_`. */
  create(wanted: string): string {
    const cleaned = wanted.replace(/\W+/g, "_");
    const base = cleaned === "" || /^\d/.test(cleaned) ? `_${cleaned}` : cleaned;
    let name = base;
    let number = this.#taken.has(base) ? (this.#free.get(base) ?? 1) : 1;
    for (; this.#taken.has(name) || reservedWords.has(name); number++) name = `${base}_${number}`;
    this.#free.set(base, number);
    this.#taken.add(name);
    return name;
  }

  /** Gives a name back, so that it is free again. */
  release(name: string): void {
    this.#taken.delete(name);
    const [, base = null, number] = /^(.*)_(\d+)$/.exec(name) ?? [];
    if (base !== null) this.#free.set(base, Math.min(this.#free.get(base) ?? 1, Number(number)));
  }
}
