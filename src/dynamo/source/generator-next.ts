/** `next` of generators as the engine made it (ECMA-262 27.5.1, 27.6.1): a program may patch what it can see. */
export const generatorNext = nextOf((function* () {})());
export const asyncGeneratorNext = nextOf((async function* () {})());

function nextOf(generator: object): () => unknown {
  return Object.getPrototypeOf(Object.getPrototypeOf(generator)).next as () => unknown; // both clauses define it
}
