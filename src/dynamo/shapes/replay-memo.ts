/** Bounded, since sizes may be new in every call; a forgotten verdict is found again by another replay. */
const maximumVerdicts = 4096;

type Branch = Map<unknown, Branch | boolean>;

/** Verdicts by the values they depend on. Hot path (bench: dispatch): the values of the call before are compared first. */
export class ReplayMemo {
  #last: readonly unknown[] | null = null;
  #lastVerdict = false;
  #verdicts: Branch = new Map();
  #count = 0;

  verdict(key: readonly unknown[], decide: () => boolean): boolean {
    if (this.#last !== null && sameKey(this.#last, key)) return this.#lastVerdict;
    this.#last = key;
    this.#lastVerdict = this.#lookUp(key, decide);
    return this.#lastVerdict;
  }

  #lookUp(key: readonly unknown[], decide: () => boolean): boolean {
    let branch = this.#verdicts;
    for (const part of key.slice(0, -1)) {
      let next = branch.get(part);
      if (!(next instanceof Map)) branch.set(part, (next = new Map()));
      branch = next;
    }
    const known = branch.get(key.at(-1));
    if (typeof known === "boolean") return known;
    if (this.#count++ >= maximumVerdicts) {
      this.#verdicts = new Map();
      this.#count = 0;
    }
    const verdict = decide();
    branch.set(key.at(-1), verdict);
    return verdict;
  }
}

function sameKey(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let index = 0; index < a.length; index++) if (!Object.is(a[index], b[index])) return false;
  return true;
}
