/** Control flow, iteration and exceptions. */

import { counter, programs } from "./program-table.ts";

export const control = programs("control", {
  "if and else": [
    'function(n){ if(n>3){ log("gt") } else if(n===2) return "two"; else { log("lt") } return n?"t":"f" }',
    () => [2],
  ],
  while: [
    "function(n){ let s=0; while(n>0){ if(n%5===0){n--;continue} if(s>100) break; s+=n--; } return [s,n] }",
    () => [30],
  ],
  "do while": [
    "function(n){ let i=0; do { log(i); if(i===2) continue; } while(++i<n); return i }",
    () => [4],
  ],
  "nested labels": [
    "function(n){ const o=[]; outer: for(let i=0;i<n;i++){ for(let j=0;j<n;j++){ if(j===2) continue outer; if(i===3) break outer; o.push(i*10+j) } } return o }",
    () => [5],
  ],
  "labelled blocks":
    "function(){ const r=[]; a: { r.push(1); b: { r.push(2); if(r.length) break a; } r.push(3) } c: if(r) { break c } d: try { break d } finally { r.push('f') } e: r.push(4); return r }",
  "labels on labels":
    "function(){ let n=0; a: b: for(;;){ n++; if(n<3) continue a; break b } return n }",
  switch: [
    'function(n){ const r=[]; switch(n){ case 0: r.push(0); case log(1): r.push(1); break; default: r.push("d"); case 2: { let q=2; r.push(q) } } return r }',
    () => [9],
  ],
  "switch over several values":
    "function(){ const f=n=>{ switch(n){ case 1: return 'a'; case 2: case 3: return 'b'; default: return 'c'; case 4: return 'd' } }; const g=[]; for(const n of [1,2,3,4,5]) { switch(n){ case 1: continue; case 5: break; default: g.push(n) } g.push('-') } return [g,f(3)] }",
  "switch scope has dead zones":
    "function(n=1){ switch(n){ case 0: let x=1; break; case 1: return x } }",
  "switch hoists functions":
    "function(n=1){ switch(n){ case 0: function f(){ return 5 } break; case 1: return f() } }",
  "empty switch": "function(){ switch(log(1)){} switch(log(2)){ default: } return 3 }",
  "infinite loop with break": "function(){ let i=0; for(;;){ if(++i>4) break } return i }",
  "for without parts": "function(){ let i=0; for(;i<3;) i++; for(i=5;i<7;i++); return i }",
  "for with an expression as init":
    "function(){ let i,j; for(i=0,j=1;i<3;i++) j*=2; return [i,j] }",
  "loop as entry": "function(n=3){ do n--; while(n>0); return n }",
  "dead code after return": "function(){ return 1; log(2); for(;;){} }",
  "dead code in loops":
    "function(){ let n=0; for(;;){ n++; break; n=9 } while(true){ if(n++>3) return n; else continue; log('no') } }",
  recursion: ["function fact(n){ return n<2?1:n*fact(n-1) }", () => [6]],
  "nested conditionals in arguments":
    "function(a=1,b=0){ const f=(...x)=>x; return f(a&&b,a||b,a?b:9,[a?1:2,b?3:4],{k:a??b}) }",
  "deep nesting":
    "function(){ let s=''; for(let i=0;i<2;i++){ for(const j of [0,1]){ let k=0; while(k<2){ do { s+=i+''+j+k } while(false); if(i&&j&&k) { s+='!'; break } k++ } } } return s }",
});

export const iteration = programs("iteration", {
  "for-of over an array": [
    "function(xs){ let s=0; for(const x of xs){ if(x===3) continue; s+=x } return s }",
    () => [[1, 2, 3, 4]],
  ],
  "for-of over a growing array":
    "function(){ const xs=[1,2,3], r=[]; for(const x of xs){ r.push(x); if(xs.length<6) xs.push(x*10); if(x===2) xs.length=3 } return r }",
  "for-of over a shrinking array":
    "function(){ const xs=[1,2,3,4], r=[]; for(const x of xs){ r.push(x); xs.pop() } return r }",
  "for-of over holes": "function(){ const r=[]; for(const x of [1,,3]) r.push(x); return r }",
  "for-of over strings, maps and sets":
    "function(){ const r=[]; for(const c of 'añ😀') r.push(c); for(const [k,v] of new Map([[1,2],[3,4]])) r.push(k+v); for(const x of new Set([1,1,2])) r.push(x); for(const x of new Uint8Array([7,8])) r.push(x); return r }",
  "for-of over arguments": [
    "function(){ const r=[]; for(const x of arguments) r.push(x); return r }",
    () => [1, 2],
  ],
  "for-of closes on break": [
    "function(mk){ let s=0; for(const x of mk(log)){ if(x>2) break; s+=x } return s }",
    () => [counter],
  ],
  "for-of closes on return": [
    "function(mk){ for(const x of mk(log)){ for(const y of mk(log)){ if(y===2) return x+y } } }",
    () => [counter],
  ],
  "for-of closes on outer continue": [
    "function(mk){ let n=0; o: for(const x of mk(log)){ for(const y of mk(log)){ if(y===2) continue o; n++ } } return n }",
    () => [counter],
  ],
  "for-of closes on throw": [
    'function(mk){ try { for(const x of mk(log)){ if(x===2) throw new Error("e"+x) } } catch(e){ return e.message } }',
    () => [counter],
  ],
  "an error of return is dropped for a throw": [
    "function(mk){ try { for(const x of mk()) throw 'first' } catch(e){ return e } }",
    () => [
      () => ({
        [Symbol.iterator]: () => ({
          next: () => ({ done: false }),
          return() {
            throw "second";
          },
        }),
      }),
    ],
  ],
  "an error of return replaces a break": [
    "function(mk){ try { for(const x of mk()) break } catch(e){ return e } }",
    () => [
      () => ({
        [Symbol.iterator]: () => ({
          next: () => ({ done: false }),
          return() {
            throw "second";
          },
        }),
      }),
    ],
  ],
  "a return that is no object": [
    "function(mk){ for(const x of mk()) break }",
    () => [
      () => ({ [Symbol.iterator]: () => ({ next: () => ({ done: false }), return: () => 1 }) }),
    ],
  ],
  "an error of next does not close": [
    "function(mk){ const it=mk(log); try { for(const x of it); } catch(e){ log(e) } try { const [a,b]=it } catch(e){ return e } }",
    () => [
      (log: (v: unknown) => unknown) => ({
        [Symbol.iterator]: () => ({
          next() {
            throw "next";
          },
          return: () => log("closed"),
        }),
      }),
    ],
  ],
  "break inside try inside for-of is not caught there": [
    "function(mk){ try { for(const x of mk()) { try { break } catch(e){ log('inner') } } } catch(e){ return e } }",
    () => [
      () => ({
        [Symbol.iterator]: () => ({
          next: () => ({ done: false }),
          return() {
            throw "r";
          },
        }),
      }),
    ],
  ],
  "return through finally and iterators": [
    "function(mk){ for(const x of mk(log)){ try { for(const y of mk(log)) { try { return x+y } finally { log('f1') } } } finally { log('f2') } } }",
    () => [counter],
  ],
  "for-in": [
    'function(o){ const r=[]; for(const k in o){ if(k==="b") delete o.c; r.push(k+o[k]) } return r }',
    () => [{ a: 1, b: 2, c: 3, d: 4 }],
  ],
  "for-in over null, strings and prototypes":
    "function(){ const r=[]; for(const k in null) r.push(k); for(const k in undefined) r.push(k); for(let k in 'ab') r.push(k); for(var k in Object.create({p:1},{q:{value:2,enumerable:true},h:{value:3}})) r.push(k); return [r,k] }",
  "for-in with additions":
    "function(){ const o={a:1,b:2}, r=[]; for(const k in o){ r.push(k); o[k+k]=1; if(r.length>5) break } return r }",
  "loop targets":
    "function(){ const o={}; let a; for(o.x of [1,2]); for(o['y'] in {k:1}); for(a of [3]); for([a,o.z] of [[4,5]]); for({p:o.w=6} of [{}]); return [a,o] }",
  "loop head dead zone":
    "function(){ let r=[]; try { for(const x of [x]) r.push(x) } catch(e){ r.push(e.message) } try { for(let y in (()=>y)()) r.push(y) } catch(e){ r.push(e.message) } return r }",
  "not iterable":
    "function(){ const m=[]; const t=f=>{ try { f() } catch(e){ m.push(e.message) } }; const x=undefined,o={}; try { for(const a of x); } catch(e){ m.push(e.message) } try { for(const a of o.p); } catch(e){ m.push(e.message) } try { for(const a of log(5)); } catch(e){ m.push(e.message) } try { [...o] } catch(e){ m.push(e.message) } try { Math.max(...x) } catch(e){ m.push(e.message) } try { Math.max(...5) } catch(e){ m.push(e.message) } try { const [q]=o } catch(e){ m.push(e.message) } return m }",
  "iterators that misbehave":
    "function(){ const m=[]; const it=v=>({[Symbol.iterator]:()=>v}); for(const v of [1,{next:()=>1},{next:1},{}]){ const x=it(v); try { for(const a of x); } catch(e){ m.push(e.message) } try { const [b]=x } catch(e){ m.push(e.message) } try { [...x] } catch(e){ m.push(e.message) } } return m }",
  "a patched array iterator is honoured":
    "function(){ const xs=[1,2]; xs[Symbol.iterator]=function*(){ yield 'patched' }; const r=[]; for(const x of xs) r.push(x); const [a]=xs; return [r,a,...xs,Math.max.call(null,...[3,4])] }",
  "arrays behind proxies":
    "function(){ const r=[]; const p=new Proxy([1,2],{get(t,k,v){ log(typeof k==='symbol'?'sym':k); return Reflect.get(t,k,v) }}); for(const x of p) r.push(x); return r }",
  "break in the middle of many loops":
    "function(){ const r=[]; for(const a of [1,2,3]){ for(const b in {x:1,y:2}){ for(let c=0;c<3;c++){ if(c===1&&a===2) break; if(b==='y'&&a===3) return r; r.push(a+b+c) } } } return r }",
});

export const exceptions = programs("exceptions", {
  "try and catch": [
    "function(f){ let r=[]; try { r.push(1); f(); r.push(2) } catch({message:m}){ r.push(m) } r.push(3); return r }",
    () => [
      () => {
        throw new Error("boom");
      },
    ],
  ],
  "finally order": [
    'function(n){ const r=[]; for(let i=0;i<n;i++){ try { if(i===1) continue; if(i===3) break; r.push(i) } finally { r.push("f"+i) } } return r }',
    () => [5],
  ],
  "finally after return":
    'function(){ try { try { log("a"); return log("ret") } finally { log("f1") } } finally { log("f2") } }',
  "finally overrides return":
    'function(){ l: for(;;){ try { return 1 } finally { log("x"); break l } } return 2 }',
  "finally overrides throw":
    "function(){ for(const x of [1,2]){ try { throw x } finally { log(x); continue } } try { try { throw 1 } finally { return 'r' } } finally { log('z') } }",
  "an aborted inner return leaves the outer one":
    "function(){ for(;;){ try { return 1 } finally { l: { try { return 2 } finally { break l } } } } }",
  "a pending throw survives an inner finally":
    "function(){ try { try { throw 'outer' } finally { try { throw 'inner' } catch(e){ log(e) } finally { log('f') } } } catch(e){ return e } }",
  "nested try": [
    'function(f){ let o=[]; try { try { f(1) } catch(e){ o.push("c1",e); f(2) } finally { o.push("fin"); } } catch(e){ o.push("c2",e) } return o }',
    () => [
      (x: unknown) => {
        throw x;
      },
    ],
  ],
  "exceptions in mid-expression": [
    'function(f){ let r=[]; for(const x of [1,2,3]){ try { r.push(10+f(x)*2) } catch(e){ r.push("E"+e); continue } finally { r.push("F") } } return r }',
    () => [
      (x: unknown) => {
        if (x === 2) throw x;
        return x;
      },
    ],
  ],
  "a handler sees assignments before the throw":
    "function(){ let a=1,b=1; try { a=2; b=a+(()=>{ throw 0 })() } catch { return [a,b] } }",
  "a handler sees the value from before a failed assignment":
    "function(){ let x='old'; const bad={valueOf(){ throw 1 }}; try { x=+bad } catch { return x } }",
  "catch without binding": "function(){ try { null.x } catch { return 'c' } finally { log('f') } }",
  "catch scope":
    "function(){ const e='outer'; try { throw 'inner' } catch(e){ const f=()=>e; { const e='block'; log(e) } log(f()) } return e }",
  rethrow:
    "function(){ try { try { throw new RangeError('r') } catch(e){ log(e.message); throw e } } catch(e){ return e instanceof RangeError } }",
  "throw in finally":
    "function(){ try { try { return 1 } finally { throw 'f' } } catch(e){ return e } }",
  "break out of nested finally":
    "function(){ const r=[]; a: for(let i=0;i<3;i++){ try { try { if(i===1) continue a; if(i===2) break a; r.push(i) } finally { r.push('x'+i) } } finally { r.push('y'+i) } } return r }",
  "try in a loop in a try":
    "function(){ const r=[]; try { for(let i=0;i<4;i++){ try { if(i===1) throw i; if(i===3) throw 'out'; r.push(i) } catch(e){ if(e==='out') throw e; r.push('c'+e) } } } catch(e){ r.push(e) } return r }",
  uncaught: "function(){ log(1); throw new TypeError('t') }",
  "throw of any value":
    "function(){ for(const v of [undefined,null,0,'',Symbol.iterator]) { try { throw v } catch(e){ log(e===v) } } }",
  "catch parameter patterns":
    "function(){ try { throw {a:1,b:[2,3]} } catch({a,b:[c,...d],e=a+c}){ return [a,c,d,e] } }",
  "an error while destructuring a catch parameter":
    "function(){ try { try { throw null } catch({a}){ return a } } catch(e){ return e.message } }",
  "try at the start": "function(){ try { return log(1) } catch { return 2 } }",
  "return value is computed before finally":
    "function(){ let x=1; try { return x } finally { x=2; log(x) } }",
});

/** These replace parts of built-ins while they run. */
export const patching = programs("patched built-ins", {
  "an array iterator gains return":
    "function(){ const p=Object.getPrototypeOf([][Symbol.iterator]()); try { for(const x of [1,2]){ p.return=function(){ log('ret '+Object.prototype.toString.call(this)); return {} }; break } } finally { delete p.return } return 1 }",
  "arrays with setters on the prototype":
    "function(){ const f=function(...r){ return r }, set=v=>log('setter'); try { Object.defineProperty(Array.prototype,'1',{set,configurable:true}); const a=[0,1,2], b=[...'ab'], [...c]='xy'; return [a,b,c,f(5,6)] } finally { delete Array.prototype[1] } }",
  "patched next is honoured":
    "function(){ const p=Object.getPrototypeOf([][Symbol.iterator]()), n=p.next; const r=[]; p.next=function(){ const s=n.call(this); if(!s.done) s.value*=10; return s }; try { for(const x of [1,2]) r.push(x); const [a,b]=[3,4]; r.push(a,b,...[5]) } finally { p.next=n } return r }",
}).map((program) => ({ ...program, wholeOnly: true }));
