/** Random programs: nested control flow over logged steps, compared natively, whole and split everywhere. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { verifyCode } from "../../src/dynamo/bytecode/verify-code.ts";
import { codeOf, type Program, reachablePcs, runGenerated, runNatively } from "./differential.ts";

const variables = ["a", "b", "c", "d"];

const { expression, statement } = fc.letrec<{
  expression: string;
  statement: string;
  block: string;
}>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...variables),
    fc.integer({ min: -3, max: 9 }).map((n) => `(${n})`),
    fc.constantFrom("o.p", "o['q']", "xs[1]", "xs.length", "k()", "this?.t"),
    fc
      .tuple(
        tie("expression"),
        fc.constantFrom("+", "-", "*", "<", "===", "&&", "||", "??", ","),
        tie("expression"),
      )
      .map(([l, op, r]) => (op === "??" ? `((${l})??(${r}))` : `((${l}) ${op} (${r}))`)),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([x, y, z]) => `(${x}?${y}:${z})`),
    fc
      .tuple(
        fc.constantFrom(...variables, "o.p", "xs[0]"),
        fc.constantFrom("=", "+=", "&&=", "||=", "??="),
        tie("expression"),
      )
      .map(([target, op, value]) => `(${target}${op}${value})`),
    fc
      .constantFrom(...variables, "o.p", "o['q']")
      .chain((target) => fc.constantFrom(`${target}++`, `--${target}`, `(${target}--)`)),
    fc.tuple(tie("expression"), tie("expression")).map(([x, y]) => `f(${x},${y})`),
    fc.tuple(tie("expression"), tie("expression")).map(([x, y]) => `[${x},...[${y}]].length`),
    tie("expression").map((x) => `o?.m?.(${x})`),
    tie("expression").map((x) => `log(${x})`),
    tie("expression").map((x) => `(()=>${x})()`),
    tie("expression").map((x) => `\`<\${${x}}>\``),
  ),
  statement: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("expression").map((x) => `${x};`),
    tie("expression").map((x) => `log(${x});`),
    fc.constantFrom(
      "continue;",
      "break;",
      "break L;",
      "continue L;",
      "return a;",
      "throw b;",
      "throw new Error('e');",
    ),
    fc
      .tuple(tie("expression"), tie("block"), tie("block"))
      .map(([x, t, e]) => `if(${x}) ${t} else ${e}`),
    fc
      .tuple(tie("block"), tie("block"))
      .map(([t, c]) => `try ${t} catch(e) { c=String(e?.message??e); ${c} }`),
    fc.tuple(tie("block"), tie("block")).map(([t, f]) => `try ${t} finally ${f}`),
    fc
      .tuple(tie("block"), tie("block"), tie("block"))
      .map(([t, c, f]) => `try ${t} catch { ${c} } finally ${f}`),
    fc
      .tuple(fc.constantFrom("a", "b"), tie("block"))
      .map(([v, body]) => `for(const x of it(2)) { ${v}=x; ${body} }`),
    tie("block").map((body) => `for(let i=0;i<2;i++) { g.push(()=>i++); ${body} }`),
    tie("block").map((body) => `for(const key in {m:1,n:2}) { log(key); ${body} }`),
    tie("block").map((body) => `do { if(n++>6) break; ${body} } while(n<3);`),
    fc
      .tuple(tie("expression"), tie("block"), tie("block"))
      .map(([x, t, e]) => `switch(${x}){ case 1: ${t} case a: ${e} break; default: ${t} }`),
    fc.tuple(tie("expression"), tie("expression")).map(([x, y]) => `[a,b=${y},...d]=[${x}];`),
    fc
      .tuple(tie("expression"), tie("expression"))
      .map(([x, y]) => `({p:a=${x},['q']:o.r}={p:undefined,q:${y}});`),
    tie("block").map((body) => `{ let a=1; const h=()=>a; ${body} log(h()); }`),
  ),
  block: fc
    .array(tie("statement"), { maxLength: 3, depthIdentifier: "block" })
    .map((list) => `{ ${list.join(" ")} }`),
}));

const program = fc
  .tuple(fc.array(statement, { minLength: 1, maxLength: 5 }), expression)
  .map(([statements, result]): Program => ({
    title: "random",
    source: wrap(statements.join(" "), result),
  }));

function wrap(body: string, result: string): string {
  const helpers =
    "let a=1,b=2,c=3,d=4,n=0; const o={p:1,q:2,m(x){ return this.p+x }},xs=[5,6],g=[]; const f=(x,y)=>log(x)+y,k=()=>++d;" +
    "const it=m=>{ let i=0; return {[Symbol.iterator](){ return this },next(){ return {value:i,done:i++>=m} },return(){ log('close'+i); return {} }} };";
  const steps = "let steps=0; L: for(;;){ if(steps++>2) break;";
  return `function(){ ${helpers} ${steps} ${body} } return [${result},a,b,c,d,o,xs,g.map(h=>h())] }`;
}

test("random programs give the same natively, whole and split", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(program, (random) => {
      const native = runNatively(random);
      const code = codeOf(random);
      verifyCode(code);
      const pcs = reachablePcs(code);
      expect(runGenerated(random, code, new Set(), "best")).toBe(native);
      expect(runGenerated(random, code, new Set(), "dispatch")).toBe(native);
      expect(runGenerated(random, code, new Set(pcs), "best")).toBe(native);
      const some = pcs.filter((_, i) => i % 7 === native.length % 7);
      for (const pc of some) expect(runGenerated(random, code, new Set([pc]), "best")).toBe(native);
    }),
    {
      numRuns: Number(process.env["FUZZ_RUNS"] ?? 15),
      seed: Number(process.env["FUZZ_SEED"] ?? 20260823),
    },
  );
});
