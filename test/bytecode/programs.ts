/** Programs that generated code must run exactly as the engine does: at least one per construct. */

import type { Program } from "./differential.ts";

type Source = string | readonly [source: string, args?: () => readonly unknown[], receiver?: () => unknown];

function programs(group: string, table: Readonly<Record<string, Source>>): readonly Program[] {
  return Object.entries(table).map(([title, entry]) => {
    const [source, args, receiver] = typeof entry === "string" ? [entry] : entry;
    return { title: `${group}: ${title}`, source, ...(args && { args }), ...(receiver && { receiver }) };
  });
}

/** An iterator that logs each step and its closing. */
const counter = (log: (value: unknown) => unknown): Iterable<number> => {
  let i = 0;
  const iterator: IterableIterator<number> = {
    [Symbol.iterator]: () => iterator,
    next: () => ({ value: ++i, done: i > 5 }),
    return: () => {
      log(`closed at ${i}`);
      return { value: undefined, done: true };
    },
  };
  return iterator;
};

const operators = programs("operators", {
  arithmetic: ["function(a,b){ let x=a+b*2; x-=3; return x**2%7+(-a)+(~b>>>1) }", () => [3, 4]],
  "operands in mid-expression": [
    "function(a,f){ return a.x+f(a.y,f(1,2))*(a.z=f(3,4))+a.z }",
    () => [{ x: 1, y: 2 }, (p: number, q: number) => p * 10 + q],
  ],
  "comparison and equality": ["function(a,b){ return [a<b,a<=b,a>b,a>=b,a==b,a!=b,a===b,a!==b,a in {4:1},a instanceof Object] }", () => ["4", 4]],
  "bit operators": ["function(a,b){ return [a&b,a|b,a^b,a<<b,a>>b,a>>>b,~a,+a,-a,!a] }", () => [-7, 3]],
  bigint: "function(){ let a=5n; a++; a*=3n; const b=a--; return [a,b,-a,a**2n,typeof a] }",
  "bigint with number": "function(){ return 1n+1 }",
  "numbers that need care": "function(){ return [-0,1/-0,NaN,Infinity,-Infinity,1e21,0.1,0x10,0b11] }",
  "typeof and delete": [
    "function(o){ return [typeof missing, typeof o.a, delete o.a, 'a' in o, o instanceof Object, void 0, !o] }",
    () => [{ a: 1 }],
  ],
  "delete of elements and chains": "function(){ const o={a:{b:1,c:2},k:3}; return [delete o['k'],delete o?.a?.b,delete o.z?.q.r,o,delete 5,delete log(1)] }",
  "delete of a frozen property": "function(){ return delete Object.freeze({a:1}).a }",
  comma: ["function(a){ let x=(log(1),log(2),a); for(let i=0,j=9;i<j;i+=2,j--) x+=i*j; return x }", () => [1]],
  logical: [
    'function(a,b,c){ let x=a&&b||c, y=a??b; a||=5; b&&=6; c??=7; const o={p:null,q:1}; o.p??=8; o["q"]&&=9; return [x,y,a,b,c,o] }',
    () => [0, 2, undefined],
  ],
  "logical assignment keeps what it need not replace": "function(){ const o={a:1,b:0}; let r=[o.a||=log(2),o.b&&=log(3),o.a??=log(4)]; const c=1; c||=2; return [r,o,c] }",
  "logical assignment names functions": "function(){ let a,b=1,c; a??=()=>{}; b&&=function(){}; c||=class{}; return [a.name,b.name,c.name] }",
  update: [
    'function(o){ let i=0; const r=[i++,++i,o.n++,--o.n,o["n"]++,o.s++,-o.n]; return [r,i,o] }',
    () => [{ n: 5, s: "7" }],
  ],
  "update converts once": "function(){ let n=0; const v={valueOf(){ n++; return 5 }}; let a=v, b=v; a++; const c=b--; return [a,b,c,n] }",
  "compound on members": "function(){ const o={a:1,b:[2,3]}; let k=0; o.a+=log(5); o.b[k++]*=10; o.b[k]**=2; return [o,k] }",
  "compound converts keys as the engine does": "function(){ let n=0; const k={toString(){ n++; return 'a' }}, o={a:1}; o[k]+=1; o[k]++; o[k]??=1; o[k]=7; return [o,n] }",
  "evaluation order of assignment": "function(){ const o={}; o[log('k')]=log('v'); (log(o))[log('k2')]=log('v2'); return o }",
  "template strings": ["function(a){ const t=(s,...v)=>[s.raw.join('|'),s,v]; return [`x${a}y${a+1}`, t`p${a}\\n${2}`, `${a}`, ``, `a\\u0041`] }", () => [4]],
  "template converts in order": "function(){ const v=n=>({toString(){ log(n); return n }}); return `${v('a')}${v('b')}-` }",
  "template refuses symbols": "function(){ return `a${Symbol()}` }",
  "tagged template has one object per site": "function(){ const t=s=>s, f=()=>t`a`; const a=t`a`, b=t`a`; const r=[]; for(let i=0;i<2;i++) r.push(t`x`); return [a===b,r[0]===r[1],f()===f(),Object.isFrozen(a)] }",
  "tagged template with a receiver": "function(){ const o={k:3,t(s,v){ return this.k+v }}; return [o.t`${2}`,o['t']`${4}`] }",
  "tagged template with an invalid escape": "function(){ return (s=>[s[0],s.raw[0]])`\\unicode` }",
  "void and sequence": "function(){ let a=1; return [void a++, (a,a+1)] }",
  "conversion order": "function(){ const v=n=>({valueOf(){ log(n); return n }}); return v(1)+v(2)*v(3) }",
  exponent: "function(a=2){ let b=a; b**=3; return [b,(-a)**2,2**3**2] }",
  "in mid-expression a local changes": "function(){ let x=1; const f=(...a)=>a; return f(x,x=2,x,x++,x) }",
  "in mid-expression a captured local changes": "function(){ let x=1; const s=()=>{ x=9; return x }; return [x,s(),x,x++,x] }",
  "chained assignment": "function(){ let a,b; const o={}; a=o.x=b=log(3); return [a,b,o] }",
  "constants of the language": "function(){ const f=()=>[undefined,NaN,Infinity,typeof undefined,typeof NaN]; return [...f(),undefined,-Infinity,1/Infinity,typeof Infinity,Object.is(NaN,NaN)] }",
  "assignment to a constant of the language": "function(){ undefined=1 }",
  "conditional chains": ["function(n){ return n<0?'neg':n===0?'zero':n>100?'big':'small' }", () => [7]],
  regex: [
    'function(s){ const re=/(\\d+)-(?<w>\\w)/g; const o=[]; let m; while((m=re.exec(s))!==null) o.push(m[1]+m.groups.w); return o }',
    () => ["1-a 22-b"],
  ],
  "a regular expression is new each time": "function(){ const r=[]; for(let i=0;i<2;i++) r.push(/a/g); return r[0]===r[1] }",
});

const control = programs("control", {
  "if and else": ['function(n){ if(n>3){ log("gt") } else if(n===2) return "two"; else { log("lt") } return n?"t":"f" }', () => [2]],
  while: ["function(n){ let s=0; while(n>0){ if(n%5===0){n--;continue} if(s>100) break; s+=n--; } return [s,n] }", () => [30]],
  "do while": ["function(n){ let i=0; do { log(i); if(i===2) continue; } while(++i<n); return i }", () => [4]],
  "nested labels": [
    "function(n){ const o=[]; outer: for(let i=0;i<n;i++){ for(let j=0;j<n;j++){ if(j===2) continue outer; if(i===3) break outer; o.push(i*10+j) } } return o }",
    () => [5],
  ],
  "labelled blocks": "function(){ const r=[]; a: { r.push(1); b: { r.push(2); if(r.length) break a; } r.push(3) } c: if(r) { break c } d: try { break d } finally { r.push('f') } e: r.push(4); return r }",
  "labels on labels": "function(){ let n=0; a: b: for(;;){ n++; if(n<3) continue a; break b } return n }",
  switch: [
    'function(n){ const r=[]; switch(n){ case 0: r.push(0); case log(1): r.push(1); break; default: r.push("d"); case 2: { let q=2; r.push(q) } } return r }',
    () => [9],
  ],
  "switch over several values": "function(){ const f=n=>{ switch(n){ case 1: return 'a'; case 2: case 3: return 'b'; default: return 'c'; case 4: return 'd' } }; const g=[]; for(const n of [1,2,3,4,5]) { switch(n){ case 1: continue; case 5: break; default: g.push(n) } g.push('-') } return [g,f(3)] }",
  "switch scope has dead zones": "function(n=1){ switch(n){ case 0: let x=1; break; case 1: return x } }",
  "switch hoists functions": "function(n=1){ switch(n){ case 0: function f(){ return 5 } break; case 1: return f() } }",
  "empty switch": "function(){ switch(log(1)){} switch(log(2)){ default: } return 3 }",
  "infinite loop with break": "function(){ let i=0; for(;;){ if(++i>4) break } return i }",
  "for without parts": "function(){ let i=0; for(;i<3;) i++; for(i=5;i<7;i++); return i }",
  "for with an expression as init": "function(){ let i,j; for(i=0,j=1;i<3;i++) j*=2; return [i,j] }",
  "loop as entry": "function(n=3){ do n--; while(n>0); return n }",
  "dead code after return": "function(){ return 1; log(2); for(;;){} }",
  "dead code in loops": "function(){ let n=0; for(;;){ n++; break; n=9 } while(true){ if(n++>3) return n; else continue; log('no') } }",
  "recursion": ["function fact(n){ return n<2?1:n*fact(n-1) }", () => [6]],
  "nested conditionals in arguments": "function(a=1,b=0){ const f=(...x)=>x; return f(a&&b,a||b,a?b:9,[a?1:2,b?3:4],{k:a??b}) }",
  "deep nesting": "function(){ let s=''; for(let i=0;i<2;i++){ for(const j of [0,1]){ let k=0; while(k<2){ do { s+=i+''+j+k } while(false); if(i&&j&&k) { s+='!'; break } k++ } } } return s }",
});

const iteration = programs("iteration", {
  "for-of over an array": ["function(xs){ let s=0; for(const x of xs){ if(x===3) continue; s+=x } return s }", () => [[1, 2, 3, 4]]],
  "for-of over a growing array": "function(){ const xs=[1,2,3], r=[]; for(const x of xs){ r.push(x); if(xs.length<6) xs.push(x*10); if(x===2) xs.length=3 } return r }",
  "for-of over a shrinking array": "function(){ const xs=[1,2,3,4], r=[]; for(const x of xs){ r.push(x); xs.pop() } return r }",
  "for-of over holes": "function(){ const r=[]; for(const x of [1,,3]) r.push(x); return r }",
  "for-of over strings, maps and sets": "function(){ const r=[]; for(const c of 'añ😀') r.push(c); for(const [k,v] of new Map([[1,2],[3,4]])) r.push(k+v); for(const x of new Set([1,1,2])) r.push(x); for(const x of new Uint8Array([7,8])) r.push(x); return r }",
  "for-of over arguments": ["function(){ const r=[]; for(const x of arguments) r.push(x); return r }", () => [1, 2]],
  "for-of closes on break": ["function(mk){ let s=0; for(const x of mk(log)){ if(x>2) break; s+=x } return s }", () => [counter]],
  "for-of closes on return": ["function(mk){ for(const x of mk(log)){ for(const y of mk(log)){ if(y===2) return x+y } } }", () => [counter]],
  "for-of closes on outer continue": ["function(mk){ let n=0; o: for(const x of mk(log)){ for(const y of mk(log)){ if(y===2) continue o; n++ } } return n }", () => [counter]],
  "for-of closes on throw": ['function(mk){ try { for(const x of mk(log)){ if(x===2) throw new Error("e"+x) } } catch(e){ return e.message } }', () => [counter]],
  "an error of return is dropped for a throw": [
    "function(mk){ try { for(const x of mk()) throw 'first' } catch(e){ return e } }",
    () => [() => ({ [Symbol.iterator]: () => ({ next: () => ({ done: false }), return() { throw "second"; } }) })],
  ],
  "an error of return replaces a break": [
    "function(mk){ try { for(const x of mk()) break } catch(e){ return e } }",
    () => [() => ({ [Symbol.iterator]: () => ({ next: () => ({ done: false }), return() { throw "second"; } }) })],
  ],
  "a return that is no object": [
    "function(mk){ for(const x of mk()) break }",
    () => [() => ({ [Symbol.iterator]: () => ({ next: () => ({ done: false }), return: () => 1 }) })],
  ],
  "an error of next does not close": [
    "function(mk){ const it=mk(log); try { for(const x of it); } catch(e){ log(e) } try { const [a,b]=it } catch(e){ return e } }",
    () => [(log: (v: unknown) => unknown) => ({ [Symbol.iterator]: () => ({ next() { throw "next"; }, return: () => log("closed") }) })],
  ],
  "break inside try inside for-of is not caught there": [
    "function(mk){ try { for(const x of mk()) { try { break } catch(e){ log('inner') } } } catch(e){ return e } }",
    () => [() => ({ [Symbol.iterator]: () => ({ next: () => ({ done: false }), return() { throw "r"; } }) })],
  ],
  "return through finally and iterators": [
    "function(mk){ for(const x of mk(log)){ try { for(const y of mk(log)) { try { return x+y } finally { log('f1') } } } finally { log('f2') } } }",
    () => [counter],
  ],
  "for-in": [
    'function(o){ const r=[]; for(const k in o){ if(k==="b") delete o.c; r.push(k+o[k]) } return r }',
    () => [{ a: 1, b: 2, c: 3, d: 4 }],
  ],
  "for-in over null, strings and prototypes": "function(){ const r=[]; for(const k in null) r.push(k); for(const k in undefined) r.push(k); for(let k in 'ab') r.push(k); for(var k in Object.create({p:1},{q:{value:2,enumerable:true},h:{value:3}})) r.push(k); return [r,k] }",
  "for-in with additions": "function(){ const o={a:1,b:2}, r=[]; for(const k in o){ r.push(k); o[k+k]=1; if(r.length>5) break } return r }",
  "loop targets": "function(){ const o={}; let a; for(o.x of [1,2]); for(o['y'] in {k:1}); for(a of [3]); for([a,o.z] of [[4,5]]); for({p:o.w=6} of [{}]); return [a,o] }",
  "loop head dead zone": "function(){ let r=[]; try { for(const x of [x]) r.push(x) } catch(e){ r.push(e.message) } try { for(let y in (()=>y)()) r.push(y) } catch(e){ r.push(e.message) } return r }",
  "not iterable": "function(){ const m=[]; const t=f=>{ try { f() } catch(e){ m.push(e.message) } }; const x=undefined,o={}; try { for(const a of x); } catch(e){ m.push(e.message) } try { for(const a of o.p); } catch(e){ m.push(e.message) } try { for(const a of log(5)); } catch(e){ m.push(e.message) } try { [...o] } catch(e){ m.push(e.message) } try { Math.max(...x) } catch(e){ m.push(e.message) } try { Math.max(...5) } catch(e){ m.push(e.message) } try { const [q]=o } catch(e){ m.push(e.message) } return m }",
  "iterators that misbehave": "function(){ const m=[]; const it=v=>({[Symbol.iterator]:()=>v}); for(const v of [1,{next:()=>1},{next:1},{}]){ const x=it(v); try { for(const a of x); } catch(e){ m.push(e.message) } try { const [b]=x } catch(e){ m.push(e.message) } try { [...x] } catch(e){ m.push(e.message) } } return m }",
  "a patched array iterator is honoured": "function(){ const xs=[1,2]; xs[Symbol.iterator]=function*(){ yield 'patched' }; const r=[]; for(const x of xs) r.push(x); const [a]=xs; return [r,a,...xs,Math.max.call(null,...[3,4])] }",
  "arrays behind proxies": "function(){ const r=[]; const p=new Proxy([1,2],{get(t,k,v){ log(typeof k==='symbol'?'sym':k); return Reflect.get(t,k,v) }}); for(const x of p) r.push(x); return r }",
  "break in the middle of many loops": "function(){ const r=[]; for(const a of [1,2,3]){ for(const b in {x:1,y:2}){ for(let c=0;c<3;c++){ if(c===1&&a===2) break; if(b==='y'&&a===3) return r; r.push(a+b+c) } } } return r }",
});

const exceptions = programs("exceptions", {
  "try and catch": [
    "function(f){ let r=[]; try { r.push(1); f(); r.push(2) } catch({message:m}){ r.push(m) } r.push(3); return r }",
    () => [() => { throw new Error("boom"); }],
  ],
  "finally order": [
    'function(n){ const r=[]; for(let i=0;i<n;i++){ try { if(i===1) continue; if(i===3) break; r.push(i) } finally { r.push("f"+i) } } return r }',
    () => [5],
  ],
  "finally after return": 'function(){ try { try { log("a"); return log("ret") } finally { log("f1") } } finally { log("f2") } }',
  "finally overrides return": 'function(){ l: for(;;){ try { return 1 } finally { log("x"); break l } } return 2 }',
  "finally overrides throw": "function(){ for(const x of [1,2]){ try { throw x } finally { log(x); continue } } try { try { throw 1 } finally { return 'r' } } finally { log('z') } }",
  "an aborted inner return leaves the outer one": "function(){ for(;;){ try { return 1 } finally { l: { try { return 2 } finally { break l } } } } }",
  "a pending throw survives an inner finally": "function(){ try { try { throw 'outer' } finally { try { throw 'inner' } catch(e){ log(e) } finally { log('f') } } } catch(e){ return e } }",
  "nested try": [
    'function(f){ let o=[]; try { try { f(1) } catch(e){ o.push("c1",e); f(2) } finally { o.push("fin"); } } catch(e){ o.push("c2",e) } return o }',
    () => [(x: unknown) => { throw x; }],
  ],
  "exceptions in mid-expression": [
    'function(f){ let r=[]; for(const x of [1,2,3]){ try { r.push(10+f(x)*2) } catch(e){ r.push("E"+e); continue } finally { r.push("F") } } return r }',
    () => [(x: unknown) => { if (x === 2) throw x; return x; }],
  ],
  "a handler sees assignments before the throw": "function(){ let a=1,b=1; try { a=2; b=a+(()=>{ throw 0 })() } catch { return [a,b] } }",
  "a handler sees the value from before a failed assignment": "function(){ let x='old'; const bad={valueOf(){ throw 1 }}; try { x=+bad } catch { return x } }",
  "catch without binding": "function(){ try { null.x } catch { return 'c' } finally { log('f') } }",
  "catch scope": "function(){ const e='outer'; try { throw 'inner' } catch(e){ const f=()=>e; { const e='block'; log(e) } log(f()) } return e }",
  "rethrow": "function(){ try { try { throw new RangeError('r') } catch(e){ log(e.message); throw e } } catch(e){ return e instanceof RangeError } }",
  "throw in finally": "function(){ try { try { return 1 } finally { throw 'f' } } catch(e){ return e } }",
  "break out of nested finally": "function(){ const r=[]; a: for(let i=0;i<3;i++){ try { try { if(i===1) continue a; if(i===2) break a; r.push(i) } finally { r.push('x'+i) } } finally { r.push('y'+i) } } return r }",
  "try in a loop in a try": "function(){ const r=[]; try { for(let i=0;i<4;i++){ try { if(i===1) throw i; if(i===3) throw 'out'; r.push(i) } catch(e){ if(e==='out') throw e; r.push('c'+e) } } } catch(e){ r.push(e) } return r }",
  "uncaught": "function(){ log(1); throw new TypeError('t') }",
  "throw of any value": "function(){ for(const v of [undefined,null,0,'',Symbol.iterator]) { try { throw v } catch(e){ log(e===v) } } }",
  "catch parameter patterns": "function(){ try { throw {a:1,b:[2,3]} } catch({a,b:[c,...d],e=a+c}){ return [a,c,d,e] } }",
  "an error while destructuring a catch parameter": "function(){ try { try { throw null } catch({a}){ return a } } catch(e){ return e.message } }",
  "try at the start": "function(){ try { return log(1) } catch { return 2 } }",
  "return value is computed before finally": "function(){ let x=1; try { return x } finally { x=2; log(x) } }",
});

const patterns = programs("patterns", {
  parameters: [
    "function({a,b:{c=5,...r}={}, [`k${1}`]:k=7},[x,,y=3,...z]){ return [a,c,r,k,x,y,z] }",
    () => [{ a: 1, b: { d: 4, e: 5 } }, [1, 2, undefined, 4, 5]],
  ],
  assignment: ['function(o){ let a,b; [a,o.x,[b=9]]=[1,2,[]]; ({a:o["y"],b:o.w=4}={a}); return [a,b,o] }', () => [{}]],
  "array patterns close": ["function(mk){ const [a,b]=mk(log); let c; [c]=mk(log); const [...d]=mk(log); const []=mk(log); return [a,b,c,d] }", () => [counter]],
  "an error in an array pattern closes": ["function(mk){ try { const [a,{b}]=mk(log); [a.b.c]=mk(log) } catch(e){ log(e.constructor.name) } try { const [q=(()=>{ throw 'd' })()]=mk2() } catch(e){ return e.name } }", () => [counter]],
  "exhausted iterators are not closed": ["function(mk){ const [a,b,c,d,e,f,g]=mk(log); return [a,e,f,g] }", () => [counter]],
  "order of evaluation": "function(){ const o=()=>log('target')&&{}; const src={get a(){ log('get'); return undefined }}; ({[log('a')]:o().x=log('default')}=src); [o().y]=[log('value')]; return 1 }",
  "order with array targets": "function(){ const it={[Symbol.iterator]:()=>({next(){ log('next'); return {value:1,done:false} },return(){ log('close'); return {} }})}; const t=n=>(log(n),{}); [t('a').x,t('b').y,...t('c').z]=[1,2,3]; [t('d').x]=it }",
  "object rest": "function(){ const s=Symbol('s'); const {a,['b']:b,...r}={a:1,b:2,c:3,[s]:4,get d(){ return log(5) },1:'one'}; const {1:o,...q}={1:'x',2:'y'}; return [a,b,r,o,q] }",
  "defaults are lazy and named": "function(){ const f=(a=log(1),b=a+1,{c=b,d=()=>{}}={},[e=class{}]=[])=>[a,b,c,d.name,e.name]; return [f(),f(0,null)] }",
  "nested defaults": "function({a:{b:{c=log(1)}={}}={}}={}){ return c }",
  "parameters see earlier ones only": "function(a=b,b=1){ return a }",
  "a parameter's own default": "function(a=a){ return a }",
  "destructuring null": "function(){ const m=[]; const x=undefined,o={}; try { const {a}=x } catch(e){ m.push(e.message) } try { const {}=null } catch(e){ m.push(e.message) } try { const {a:{b}}=o } catch(e){ m.push(e.message) } try { const {a}=o.p } catch(e){ m.push(e.message) } try { const {...r}=x } catch(e){ m.push(e.message) } try { (({a})=>a)() } catch(e){ m.push(e.message) } try { const [a]=x } catch(e){ m.push(e.message) } try { const [a]=o.p } catch(e){ m.push(e.message) } try { [o.x]=null } catch(e){ m.push(e.message) } try { const {[o.k]:z}=x } catch(e){ m.push(e.message) } try { for(const {a} of [x]); } catch(e){ m.push(e.message) } return m }",
  "null as parameter": ["function({a}){ return a }", () => [null]],
  "nothing as parameter": ["function([a]){ return a }", () => []],
  "strings and numbers destructured": "function(){ const {length}='abc', {toFixed}=5, [a,b]='xy'; return [length,typeof toFixed,a,b] }",
  "swap": "function(){ let a=1,b=2; [a,b]=[b,a]; const xs=[1,2,3]; [xs[0],xs[2]]=[xs[2],xs[0]]; return [a,b,xs] }",
  "pattern assignment as value": "function(){ let a,b; const v=[1,2]; const r=([a,b]=v); const s=({a}={a:7}); return [r===v,a,b,s] }",
  "destructuring in for": "function(){ const r=[]; for(let [i,j]=[0,5];i<j;[i,j]=[i+1,j-1]) r.push([i,j]); return r }",
  "computed keys convert once": "function(){ let n=0; const k={toString(){ n++; return 'a' }}; const {[k]:x,...r}={a:1,b:2}; return [x,r,n] }",
  "var patterns": "function(){ var {a,b:[c]}={a:1,b:[2]}; var a=5; return [a,c] }",
  "rest parameters": ["function(a,...[b,...c]){ return [a,b,c,arguments.length] }", () => [1, 2, 3, 4]],
  "separate parameter scope": "function(a=1,f=()=>a){ var a; const before=a; a=2; return [before,a,f()] }",
  "closures in parameters": "function(a,g=()=>a++,h=()=>a){ g(); a+=10; return [a,h(),g(),h()] }",
});

const functions = programs("functions", {
  closures: [
    "function(n){ const fs=[]; for(let i=0;i<n;i++){ let j=i*2; fs.push(()=>[i,j++]); if(i===1) i++; } const c=fs.map(f=>f()); return [c,fs[0](),fs.length] }",
    () => [5],
  ],
  "closures write": [
    "function(n){ let c=0; const inc=()=>++c; function dec(){ return --c } for(let i=0;i<n;i++) inc(); dec(); return [c,inc.name,dec.name,inc.length] }",
    () => [4],
  ],
  "closures in for-of and for-in": "function(){ const f=[]; for(const x of [1,2]) f.push(()=>x); for(let k in {a:1,b:2}) f.push(()=>k+=k); return [f.map(g=>g()),f[3]()] }",
  "closures in for init and test": "function(){ const f=[]; for(let i=0,g=()=>i;i<2;f.push(()=>i),i++) f.push(g); return f.map(g=>g()) }",
  "a shared variable": "function(){ let x=1; const get=()=>x, set=v=>{ x=v }; set(5); x++; return [x,get()] }",
  "arrow this and arguments": ["function(){ const f=()=>[this.k,arguments.length,arguments[0],(()=>this.k)()]; return f() }", () => [1, 2], () => ({ k: 5 })],
  "arrow new.target": "function(){ const f=()=>new.target; return f() }",
  hoisting: ["function(){ const r=[typeof g, g(2)]; function g(x){ return x?h(x-1)+1:0 } function h(x){ return g(x) } return r }"],
  "functions in blocks": "function(){ const r=[]; { r.push(f()); function f(){ return 1 } } try { r.push(typeof f) } catch(e){ r.push(e.name) } return r }",
  "dead zones": "function(){ const r=[]; try { r.push(x) } catch(e){ r.push(e.message) } let x=1; try { f(); } catch(e){ r.push(e.message) } let y=2; function f(){ return y } r.push(f()); try { const z=1; z=2 } catch(e){ r.push(e.message) } return r }",
  "dead zone of assignment, typeof and closures": "function(){ const r=[]; const t=g=>{ try { r.push(g()) } catch(e){ r.push(e.message) } }; try { a=1 } catch(e){ r.push(e.message) } try { typeof b } catch(e){ r.push(e.message) } t(()=>c); t(()=>{ d=1 }); let a,b,c=1,d; t(()=>c); { try { c } catch(e){ r.push(e.message) } let c=2; } return r }",
  "class dead zone": "function(){ try { new A } catch(e){ log(e.message) } class A{} return A.name }",
  "const in closures": "function(){ const c=1, m=[]; for(const f of [()=>{ c=2 },()=>{ c++ },()=>{ [c]=[1] },()=>{ c+=1 },()=>{ for(c of [1]); }]) try { f() } catch(e){ m.push(e.message) } try { c++ } catch(e){ m.push(e.message) } try { c=log('rhs') } catch(e){ m.push(e.message) } return [c,m] }",
  "a function's own name": "function me(n=0){ const r=[typeof me,me.length]; try { me=1 } catch(e){ r.push(e.message) } const f=()=>me; return [r,f()===me,n<1?me(n+1):0] }",
  "own name shadowed": "function me(){ var me=1; return me }",
  "own name as parameter": ["function me(me){ return me }", () => [7]],
  "names are inferred": "function(){ const a=()=>{},b=function(){},c=class{},d=function named(){}; let e; e=()=>{}; const o={f(){},g:()=>{},['h'+1]:()=>{},get i(){ return 1 },[Symbol('s')]:function(){},'j k':()=>{}, l:class{ static name='own' }}; return [a,b,c,d,e,o.f,o.g,o.h1,o['j k'],Object.getOwnPropertySymbols(o).map(s=>o[s])[0]].map(f=>f.name).concat(o.l.name,(()=>{}).name,[()=>{}][0].name) }",
  "lengths": "function(){ return [(()=>{}).length,((a,b=1,c)=>{}).length,(function(a,b,...c){}).length] }",
  "immediately invoked": "function(){ let x=1; (function(){ x++ })(); (()=>{ x*=10 })(); return [x,(function(){ return this })()] }",
  generators: "function(){ let n=2; function* g(){ for(let i=0;i<n;i++) yield i*n; n=9 } const o={*h(){ yield n }}; return [[...g()],[...o.h()],n] }",
  "async functions are made, not run": "function(){ let x=1; const f=async()=>x, g=async function*(){ yield x }, o={async m(){ return x }}; return [typeof f,typeof g,typeof o.m,f.name,o.m.name] }",
  classes: [
    "function(n){ class A { #p=n; static s=n+1; get p(){ return this.#p } inc(){ n++; return this } } class B extends A { constructor(){ super(); this.q=super.p } } const b=new B(); b.inc(); return [b.p,b.q,A.s,n,B.name] }",
    () => [3],
  ],
  "class features": "function(k='m'){ let order=[]; const C=class Inner extends (order.push('heritage'),Object) { static [(order.push('key'),k)](){ return Inner.name } [`f${1}`]=order.push('field'); static { order.push('static'); } accessorless=1; }; new C(); return [order,C.m(),C.name,(class{}).name] }",
  "a class sees this of the frame": ["function(){ class A { [this.k](){ return 1 } static v=this===A } return [new A().key(),A.v] }", () => [], () => ({ k: "key" })],
  "anonymous classes get names": "function(){ const K=class{ static m(){ return this.name } }; const L=class{ static name(){ return 1 } }; return [K.name,K.m(),typeof L.name] }",
  "object methods": "function(){ let n=0; const o={a:1,inc(){ n+=this.a; return this },get twice(){ return n*2 },set twice(v){ n=v },async x(){},'quoted name'(){ return n },5(){ return 'five' },[`c${1}`](){ return n }}; o.inc().inc(); o.twice=o.twice+1; return [n,o.twice,o['quoted name'](),o[5](),o.c1(),Object.keys(o)] }",
  "accessor pairs": "function(){ const o={get a(){ return 1 },b:2,set a(v){ log(v) },get b(){ return 3 }}; o.a=5; const d=Object.getOwnPropertyDescriptor(o,'a'); return [o.a,o.b,typeof d.get,typeof d.set] }",
  "sort callback": [
    "function(xs){ let n=0; const r=xs.slice().sort((a,b)=>{ n++; return a-b }); return [r,n>0,xs.reduce((a,b)=>a+b,0)] }",
    () => [[3, 1, 2]],
  ],
  "new.target": ["function(x){ if(new.target) this.v=x; else return x; }", () => [3]],
  "arguments object": ["function(a){ a=9; arguments[1]=8; return [arguments.length,[...arguments],a,Object.prototype.toString.call(arguments)] }", () => [1, 2, 3]],
  "arguments in a closure": ["function(){ const f=()=>arguments; return [f()===arguments,f().length] }", () => [1, 2]],
  "arguments seen by defaults": ["function(a,b=(arguments[2]=7,arguments.length),c){ return [a,b,c] }", () => [1, undefined, 3]],
  "var and function share a name": "function(){ var f; const r=[typeof f]; function f(){} var f=1; r.push(typeof f); return r }",
  "function replaces a parameter": ["function(a){ const r=typeof a; function a(){} return r }", () => [1]],
  "var keeps a parameter": ["function(a){ var a; return a }", () => [4]],
  "rewritten shorthand and defaults": "function(){ let x=1,y=2; const f=()=>({x,y}), g=({x:z=x,w=y}={})=>[z,w], h=()=>{ ({x,y=5}={x:7}); return [x,y] }, k=()=>{ [x=3,y]=[undefined,4]; return x }; return [f(),g(),h(),k(),x,y] }",
  "rewritten calls and tags": "function(){ let f=function(s){ return [this,s?.raw?.[0]] }; const g=()=>[f(),f`t`,f?.()]; f=f; return g() }",
  "rewritten statement starts": "function(){ let f=v=>log(v), a=1; const g=()=>{\nlet b=a\nf(b)\nif(b) f(2)\nelse f(3)\nreturn b\n}; f=f; a++; return g() }",
  "rewritten names of functions": "function(){ let f,o={}; const g=()=>{ f=()=>{}; ({f=function(){}}={}); return f.name }; const r=[g()]; const h=()=>{ f=null; f??=class{}; return f.name }; r.push(h()); return r }",
  "rewritten typeof and updates": "function(){ let x=1; const f=()=>[typeof x,typeof nowhere,x++,--x,x+=2,x**=2,-x,!x,delete {x}.x]; return [f(),x] }",
  "closures at depth": "function(){ let a=1; const f=()=>{ let b=2; return ()=>{ a+=b; b*=2; return ()=>[a,b,this] } }; const g=f()(); f()(); return [g(),a] }",
  "closures share with the frame after a throw": "function(){ let x=0; const f=()=>{ x++; throw x }; try { f() } catch(e){ x+=e } return x }",
  "shadowing in closures": "function(){ let x=1; const f=x=>{ { let x=3; log(x) } return x }; const g=()=>{ const x=5; return (()=>x)() }; x=f(x); return [x,g()] }",
  "labels and properties keep their names": "function(){ let x=1,y=5; const f=()=>{ x: for(;;){ break x } const o={x:2,y}; return [o.x,o.y,x] }; x++; return f() }",
  "catch and class names in closures": "function(){ let e=1,A=2; const f=()=>{ try { throw 3 } catch(e){ return [e,class A{}.name,A] } }; e++; A++; return [f(),e] }",
  "user names like the generator's": "function($c0,$t1,$s0,$args=[9]){ let $r=1,$l=2; const f=()=>$r+$l++; return [$c0,$t1,$s0,$args,f(),$l] }",
  "an arrow with an expression body": ["(a,b)=>a*b", () => [3, 4]],
  "an arrow returning an object": ["a=>({a})", () => [3]],
  "default parameters with closures over this": ["function(f=()=>this.k){ return f() }", () => [], () => ({ k: 1 })],
});

const objects = programs("objects", {
  "optional chains": [
    'function(o){ return [o?.a?.b.c, o.z?.y.w.v(), o.f?.(1), o.n?.(log("no")), (o?.f)(2), o.a?.["b"].c, o.q?.b.c.d] }',
    () => [{ a: { b: { c: 1 } }, f(this: { a: { b: { c: number } } }, x: number) { return [this.a.b.c, x]; } }],
  ],
  "optional calls": "function(){ const o={f(){ return this.k },k:1,n:null}; let u; return [o.f?.(),o?.f(),u?.(log(1)),u?.f.g.h(log(2)),o.n?.(),o?.['f'](),(o?.n)?.x] }",
  literals: "function(){ const a=1,s=Symbol('s'); return {a,'b c':2,3:4,[`d${a}`]:5,[s]:6,e:{f:[1,,2]},__proto__:{inherited:1}} }",
  "__proto__ forms": "function(){ const __proto__={z:1}; const a={__proto__:null},b={__proto__},c={'__proto__':__proto__},d={['__proto__']:1},e={__proto__:5},f={__proto__(){}}; return [Object.getPrototypeOf(a)===null,Object.keys(b),Object.getPrototypeOf(c)===__proto__,Object.keys(d),Object.getPrototypeOf(e)===Object.prototype,Object.keys(f)] }",
  spread: [
    'function(xs){ const o={a:1,...{b:2},["c"+1]:3}; return [Math.max(...xs,5),[0,...xs,,9],o,new Date(...[2020,1]).getFullYear(),[...new Set(xs)]] }',
    () => [[1, 7, 7]],
  ],
  "object spread details": "function(){ const s=Symbol('x'); return {...null,...undefined,...1,...'ab',...[7],a:1,...{a:2,get g(){ return log(3) },[s]:4},...Object.create({no:1}),b:5} }",
  "spread over setters of Object.prototype": "function(){ try { Object.defineProperty(Object.prototype,'zz',{set(v){ log('setter') },configurable:true}); const o={zz:1,...{zz:2}}; const {...r}={zz:3}; return [Object.keys(o),o.zz,r.zz] } finally { delete Object.prototype.zz } }",
  "duplicate names": "function(){ return {a:1,b:2,a:3} }",
  "property order": "function(){ return Object.keys({b:1,2:1,a:1,1:1,...{0:1,z:1},[`k`]:1}) }",
  getters: "function(){ const o={n:0,get x(){ return ++this.n }}; return [o.x+o.x*o.x,o.x++,o.n] }",
  "setters are called once": "function(){ const o={set x(v){ log(v) },get x(){ return 5 }}; const r=[o.x=1,o.x+=2,o.x++,++o.x]; return r }",
  "assignment to a read-only property": "function(){ Object.freeze({a:1}).a=2 }",
  "property of undefined": "function(){ let o; return o.a.b }",
  "setting a property of null": "function(){ const o={p:null}; o.p.q=1 }",
  "computed property of undefined": "function(){ let o; return o[log('k')] }",
  "calling what is no function": "function(){ const m=[]; const o={},x=1; try { o.p() } catch(e){ m.push(e.message) } try { x() } catch(e){ m.push(e.message) } try { o.a.b() } catch(e){ m.push(e.message) } try { o['k']() } catch(e){ m.push(e.message) } try { new x } catch(e){ m.push(e.message) } try { new o.p(1) } catch(e){ m.push(e.message) } try { o.p`t` } catch(e){ m.push(e.message) } try { x(...[1]) } catch(e){ m.push(e.message) } try { o.p(...[1]) } catch(e){ m.push(e.message) } try { log(5)() } catch(e){ m.push(e.message) } return m }",
  "calling what is no function, with work in the arguments": "function(b=true){ const m=[]; const o={},x=1; try { o.p(b?1:2) } catch(e){ m.push(e.message) } try { x(b&&log(1)) } catch(e){ m.push(e.message) } try { new x(b||2) } catch(e){ m.push(e.message) } return m }",
  "captured variables in messages": "function(){ let x=1,o={}; const k=()=>[x,o]; x=2; o={}; const m=[]; try { x() } catch(e){ m.push(e.message) } try { o.p() } catch(e){ m.push(e.message) } try { new x } catch(e){ m.push(e.message) } try { log() } catch(e){ m.push(e.message) } try { log.p() } catch(e){ m.push(e.message) } return m }",
  "missing globals": "function(){ const m=[]; try { nowhere1 } catch(e){ m.push(e.message) } try { nowhere2() } catch(e){ m.push(e.message) } try { nowhere3=1 } catch(e){ m.push(e.message) } try { nowhere4.x } catch(e){ m.push(e.message) } return [m,typeof nowhere5] }",
  "in and instanceof errors": "function(){ const m=[]; try { 'a' in 5 } catch(e){ m.push(e.message) } try { ({}) instanceof 5 } catch(e){ m.push(e.message) } return m }",
  "method calls on literals": "function(){ return [5..toFixed(1),'a'.concat('b'),[1,2].map(x=>x*2),({f(){ return 1 }}).f(),/a/.test('a'),`t`.length,(function(){ return 2 }).call(),5['toFixed'](2),(-1).toFixed(1)] }",
  "receivers are kept": ["function(){ return [this.f(),this['f'](),(this.f)(),(0,this.f)?.()] }", () => [], () => ({ k: 1, f() { return this === undefined ? "none" : "this"; } })],
  "this of a plain call": "function(){ return (function(){ return this })() }",
  "new with and without arguments": "function(){ const D=function(a){ this.a=a }; const ns={D}; return [new D,new D(1),new ns.D(2),new (()=>D)()(3),new D(...[4])] }",
  "symbols as keys": "function(){ const s=Symbol.for('q'); const o={[s]:1}; o[s]+=1; const {[s]:v}=o; return [v,s in o,delete o[s],o] }",
  "numeric keys": "function(){ const o={1:'a',1.5:'b',0x10:'c',1e3:'d',10n:'e'}; return [o[1],o[1.5],o[16],o[1000],o[10],o] }",
  "methods on elements": "function(){ const o={a:[{f(x){ return this.k+x },k:1}]}; let i=0; return [o.a[i++].f(i),o['a'][0]['f'](log(5)),i] }",
  getter: ["get value(){ return this.v+1 }", () => [], () => ({ v: 1 })],
  setter: ["set value(x){ this.v=x }", () => [5], () => ({ v: 1 })],
  method: ["sum(a,b=2,...c){ return a+b+c.length+this.v }", () => [1], () => ({ v: 1 })],
  "computed method": ["['a'+1](x){ return x }", () => [1]],
});

const mixed = programs("programs", {
  levenshtein: [
    "function(a,b){ const row=Array.from({length:b.length+1},(_,i)=>i); for(let i=1;i<=a.length;i++){ let prev=i; for(let j=1;j<=b.length;j++){ const val=a[i-1]===b[j-1]?row[j-1]:Math.min(row[j-1]+1,prev+1,row[j]+1); row[j-1]=prev; prev=val } row[b.length]=prev } return row[b.length] }",
    () => ["ab", "acb"],
  ],
  "word count": ["function(s){ const m=new Map(); for(const w of s.split(' ')) m.set(w,(m.get(w)??0)+1); return [...m].sort(([a],[b])=>a<b?-1:1) }", () => ["a b a c b a"]],
  tokenizer: ["function(s){ const out=[]; let i=0; while(i<s.length){ const c=s[i]; if(/\\s/.test(c)){ i++; continue } if(/\\d/.test(c)){ let n=''; while(i<s.length&&/[\\d.]/.test(s[i])) n+=s[i++]; out.push({t:'num',v:+n}); continue } switch(c){ case '(': case ')': out.push({t:c}); i++; break; default: out.push({t:'op',v:c}); i++ } } return out }", () => ["1+ (22.5*x)"]],
  matmul: ["function(n){ const z=()=>Array.from({length:n},()=>new Array(n).fill(0)); const a=z(),b=z(),c=z(); for(let i=0;i<n;i++) for(let j=0;j<n;j++){ a[i][j]=i+j; b[i][j]=i-j } for(let i=0;i<n;i++) for(let j=0;j<n;j++){ let s=0; for(let k=0;k<n;k++) s+=a[i][k]*b[k][j]; c[i][j]=s } return c }", () => [3]],
  "retry with backoff": ["function(f){ let tries=0; for(;;){ try { return [f(tries),tries] } catch(e){ if(++tries>3) throw e; log(e.message) } finally { log('try '+tries) } } }", () => [(n: number) => { if (n < 2) throw new Error(`fail ${n}`); return "ok"; }]],
  "queue with closures": "function(){ const q=[]; let now=0; const at=(t,f)=>{ q.push([t,f]); q.sort(([a],[b])=>a-b) }; const out=[]; for(let i=0;i<3;i++) at(3-i,()=>{ out.push(`${i}@${now}`); if(i===1) at(now+5,()=>out.push('late')) }); while(q.length){ const [t,f]=q.shift(); now=t; f() } return out }",
  "esbuild's using": "function(){ const order=[]; var _stack=[]; try { const r={[Symbol.for('d')](){ order.push('disposed') }}; _stack.push(r); order.push('body'); return order } catch(_){ var _error=_,_has=true } finally { while(_stack.length) _stack.pop()[Symbol.for('d')](); if(_has) throw _error } }",
});

/** These replace parts of built-ins while they run. */
const patching = programs("patched built-ins", {
  "an array iterator gains return": "function(){ const p=Object.getPrototypeOf([][Symbol.iterator]()); try { for(const x of [1,2]){ p.return=function(){ log('ret '+Object.prototype.toString.call(this)); return {} }; break } } finally { delete p.return } return 1 }",
  "arrays with setters on the prototype": "function(){ const f=function(...r){ return r }, set=v=>log('setter'); try { Object.defineProperty(Array.prototype,'1',{set,configurable:true}); const a=[0,1,2], b=[...'ab'], [...c]='xy'; return [a,b,c,f(5,6)] } finally { delete Array.prototype[1] } }",
  "patched next is honoured": "function(){ const p=Object.getPrototypeOf([][Symbol.iterator]()), n=p.next; const r=[]; p.next=function(){ const s=n.call(this); if(!s.done) s.value*=10; return s }; try { for(const x of [1,2]) r.push(x); const [a,b]=[3,4]; r.push(a,b,...[5]) } finally { p.next=n } return r }",
}).map((program) => ({ ...program, wholeOnly: true }));

export const allPrograms: readonly Program[] = [
  ...operators,
  ...control,
  ...iteration,
  ...patching,
  ...exceptions,
  ...patterns,
  ...functions,
  ...objects,
  ...mixed,
];

/** Functions outside modules and "use strict", as far as they are supported. */
export const sloppyPrograms: readonly Program[] = programs("sloppy", {
  "assignment to a frozen property is ignored": "function(){ const o=Object.freeze({a:1}); o.a=2; o.b=3; delete o.a; 'text'.x=1; return o }",
  "this is an object": ["function(){ return [typeof this,this===globalThis] }", () => [], () => undefined],
  "plain calls pass the global object": "function(){ return (function(){ return this===globalThis })() }",
  "an undeclared variable is created": "function(){ try { undeclaredForTest=1; return typeof undeclaredForTest } finally { Reflect.deleteProperty(globalThis,'undeclaredForTest') } }",
  "a function's own name ignores assignment": "function me(){ me=1; const f=()=>{ me=2; return typeof me }; return [typeof me,f()] }",
  "names that strict code reserves": "function(){ var let_=1, yield=2, static=3, interface=4; return let_+yield+static+interface }",
  "octal numbers": "function(){ return [010,'\\101'] }",
  "repeated parameters": ["function(a,a){ return a }", () => [1, 2]],
  "a strict function in sloppy code": "function(){ return (function(){ 'use strict'; return this })() }",
  "use strict of its own": "function(){ 'use strict'; return typeof this }",
}).map((program) => ({ ...program, lower: { isStrict: false } }));
