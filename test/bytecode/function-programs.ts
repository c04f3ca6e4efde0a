/** Functions, closures and classes; whole programs; sloppy code. */

import type { Program } from "./differential.ts";
import { programs } from "./program-table.ts";

export const functions = programs("functions", {
  "closures name captured variables in messages":
    "function(){ const m=[]; const t=f=>{ try { f() } catch(e){ m.push(e.message) } }; let cap={}, fn; t(()=>cap.x()); t(()=>fn()); t(()=>cap.y.z()); t(()=>new fn()); t(()=>{ for(const q of cap); }); t(()=>[...cap]); t(()=>{ const {w}=fn }); cap=cap; fn=undefined; return m }",
  "captured calls at the start of lines":
    "function(){ let f=v=>log(v), o={f}, a=1; const g=()=>{\nlet b=a\nf(b)\no.f(2)\nnew f.constructor\nreturn b\n}; f=f; o=o; a++; return g() }",
  "loops of closures at two depths":
    "function(){ const r=[]; for(let i=0;i<3;i++){ for(let i=0;i<2;i++){ r.push(()=>i) } r.push(()=>i) } return r.map(f=>f()) }",
  "parameters that look at arguments": [
    "function(a=arguments.length,b=()=>arguments[1]){ return [a,typeof b()] }",
    () => [undefined],
  ],
  "generators in loops are closed":
    "function(){ function* g(){ try { yield 1; yield 2 } finally { log('cleanup') } } for(const x of g()) { log(x); break } const [y]=g(); return y }",
  closures: [
    "function(n){ const fs=[]; for(let i=0;i<n;i++){ let j=i*2; fs.push(()=>[i,j++]); if(i===1) i++; } const c=fs.map(f=>f()); return [c,fs[0](),fs.length] }",
    () => [5],
  ],
  "closures write": [
    "function(n){ let c=0; const inc=()=>++c; function dec(){ return --c } for(let i=0;i<n;i++) inc(); dec(); return [c,inc.name,dec.name,inc.length] }",
    () => [4],
  ],
  "closures in for-of and for-in":
    "function(){ const f=[]; for(const x of [1,2]) f.push(()=>x); for(let k in {a:1,b:2}) f.push(()=>k+=k); return [f.map(g=>g()),f[3]()] }",
  "closures in for init and test":
    "function(){ const f=[]; for(let i=0,g=()=>i;i<2;f.push(()=>i),i++) f.push(g); return f.map(g=>g()) }",
  "a shared variable":
    "function(){ let x=1; const get=()=>x, set=v=>{ x=v }; set(5); x++; return [x,get()] }",
  "arrow this and arguments": [
    "function(){ const f=()=>[this.k,arguments.length,arguments[0],(()=>this.k)()]; return f() }",
    () => [1, 2],
    () => ({ k: 5 }),
  ],
  "arrow new.target": "function(){ const f=()=>new.target; return f() }",
  hoisting: [
    "function(){ const r=[typeof g, g(2)]; function g(x){ return x?h(x-1)+1:0 } function h(x){ return g(x) } return r }",
  ],
  "functions in blocks":
    "function(){ const r=[]; { r.push(f()); function f(){ return 1 } } try { r.push(typeof f) } catch(e){ r.push(e.name) } return r }",
  "dead zones":
    "function(){ const r=[]; try { r.push(x) } catch(e){ r.push(e.message) } let x=1; try { f(); } catch(e){ r.push(e.message) } let y=2; function f(){ return y } r.push(f()); try { const z=1; z=2 } catch(e){ r.push(e.message) } return r }",
  "dead zone of assignment, typeof and closures":
    "function(){ const r=[]; const t=g=>{ try { r.push(g()) } catch(e){ r.push(e.message) } }; try { a=1 } catch(e){ r.push(e.message) } try { typeof b } catch(e){ r.push(e.message) } t(()=>c); t(()=>{ d=1 }); let a,b,c=1,d; t(()=>c); { try { c } catch(e){ r.push(e.message) } let c=2; } return r }",
  "class dead zone":
    "function(){ try { new A } catch(e){ log(e.message) } class A{} return A.name }",
  "const in closures":
    "function(){ const c=1, m=[]; for(const f of [()=>{ c=2 },()=>{ c++ },()=>{ [c]=[1] },()=>{ c+=1 },()=>{ for(c of [1]); }]) try { f() } catch(e){ m.push(e.message) } try { c++ } catch(e){ m.push(e.message) } try { c=log('rhs') } catch(e){ m.push(e.message) } return [c,m] }",
  "a function's own name":
    "function me(n=0){ const r=[typeof me,me.length]; try { me=1 } catch(e){ r.push(e.message) } const f=()=>me; return [r,f()===me,n<1?me(n+1):0] }",
  "own name shadowed": "function me(){ var me=1; return me }",
  "own name as parameter": ["function me(me){ return me }", () => [7]],
  "names are inferred":
    "function(){ const a=()=>{},b=function(){},c=class{},d=function named(){}; let e; e=()=>{}; const o={f(){},g:()=>{},['h'+1]:()=>{},get i(){ return 1 },[Symbol('s')]:function(){},'j k':()=>{}, l:class{ static name='own' }}; return [a,b,c,d,e,o.f,o.g,o.h1,o['j k'],Object.getOwnPropertySymbols(o).map(s=>o[s])[0]].map(f=>f.name).concat(o.l.name,(()=>{}).name,[()=>{}][0].name) }",
  lengths:
    "function(){ return [(()=>{}).length,((a,b=1,c)=>{}).length,(function(a,b,...c){}).length] }",
  "immediately invoked":
    "function(){ let x=1; (function(){ x++ })(); (()=>{ x*=10 })(); return [x,(function(){ return this })()] }",
  generators:
    "function(){ let n=2; function* g(){ for(let i=0;i<n;i++) yield i*n; n=9 } const o={*h(){ yield n }}; return [[...g()],[...o.h()],n] }",
  "async functions are made, not run":
    "function(){ let x=1; const f=async()=>x, g=async function*(){ yield x }, o={async m(){ return x }}; return [typeof f,typeof g,typeof o.m,f.name,o.m.name] }",
  classes: [
    "function(n){ class A { #p=n; static s=n+1; get p(){ return this.#p } inc(){ n++; return this } } class B extends A { constructor(){ super(); this.q=super.p } } const b=new B(); b.inc(); return [b.p,b.q,A.s,n,B.name] }",
    () => [3],
  ],
  "class features":
    "function(k='m'){ let order=[]; const C=class Inner extends (order.push('heritage'),Object) { static [(order.push('key'),k)](){ return Inner.name } [`f${1}`]=order.push('field'); static { order.push('static'); } accessorless=1; }; new C(); return [order,C.m(),C.name,(class{}).name] }",
  "a class sees this of the frame": [
    "function(){ class A { [this.k](){ return 1 } static v=this===A } return [new A().key(),A.v] }",
    () => [],
    () => ({ k: "key" }),
  ],
  "anonymous classes get names":
    "function(){ const K=class{ static m(){ return this.name } }; const L=class{ static name(){ return 1 } }; return [K.name,K.m(),typeof L.name] }",
  "object methods":
    "function(){ let n=0; const o={a:1,inc(){ n+=this.a; return this },get twice(){ return n*2 },set twice(v){ n=v },async x(){},'quoted name'(){ return n },5(){ return 'five' },[`c${1}`](){ return n }}; o.inc().inc(); o.twice=o.twice+1; return [n,o.twice,o['quoted name'](),o[5](),o.c1(),Object.keys(o)] }",
  "accessor pairs":
    "function(){ const o={get a(){ return 1 },b:2,set a(v){ log(v) },get b(){ return 3 }}; o.a=5; const d=Object.getOwnPropertyDescriptor(o,'a'); return [o.a,o.b,typeof d.get,typeof d.set] }",
  "sort callback": [
    "function(xs){ let n=0; const r=xs.slice().sort((a,b)=>{ n++; return a-b }); return [r,n>0,xs.reduce((a,b)=>a+b,0)] }",
    () => [[3, 1, 2]],
  ],
  "new.target": ["function(x){ if(new.target) this.v=x; else return x; }", () => [3]],
  "arguments object": [
    "function(a){ a=9; arguments[1]=8; return [arguments.length,[...arguments],a,Object.prototype.toString.call(arguments)] }",
    () => [1, 2, 3],
  ],
  "arguments in a closure": [
    "function(){ const f=()=>arguments; return [f()===arguments,f().length] }",
    () => [1, 2],
  ],
  "arguments seen by defaults": [
    "function(a,b=(arguments[2]=7,arguments.length),c){ return [a,b,c] }",
    () => [1, undefined, 3],
  ],
  "var and function share a name":
    "function(){ var f; const r=[typeof f]; function f(){} var f=1; r.push(typeof f); return r }",
  "function replaces a parameter": [
    "function(a){ const r=typeof a; function a(){} return r }",
    () => [1],
  ],
  "var keeps a parameter": ["function(a){ var a; return a }", () => [4]],
  "rewritten shorthand and defaults":
    "function(){ let x=1,y=2; const f=()=>({x,y}), g=({x:z=x,w=y}={})=>[z,w], h=()=>{ ({x,y=5}={x:7}); return [x,y] }, k=()=>{ [x=3,y]=[undefined,4]; return x }; return [f(),g(),h(),k(),x,y] }",
  "rewritten calls and tags":
    "function(){ let f=function(s){ return [this,s?.raw?.[0]] }; const g=()=>[f(),f`t`,f?.()]; f=f; return g() }",
  "rewritten statement starts":
    "function(){ let f=v=>log(v), a=1; const g=()=>{\nlet b=a\nf(b)\nif(b) f(2)\nelse f(3)\nreturn b\n}; f=f; a++; return g() }",
  "rewritten names of functions":
    "function(){ let f,o={}; const g=()=>{ f=()=>{}; ({f=function(){}}={}); return f.name }; const r=[g()]; const h=()=>{ f=null; f??=class{}; return f.name }; r.push(h()); return r }",
  "rewritten typeof and updates":
    "function(){ let x=1; const f=()=>[typeof x,typeof nowhere,x++,--x,x+=2,x**=2,-x,!x,delete {x}.x]; return [f(),x] }",
  "closures at depth":
    "function(){ let a=1; const f=()=>{ let b=2; return ()=>{ a+=b; b*=2; return ()=>[a,b,this] } }; const g=f()(); f()(); return [g(),a] }",
  "closures share with the frame after a throw":
    "function(){ let x=0; const f=()=>{ x++; throw x }; try { f() } catch(e){ x+=e } return x }",
  "shadowing in closures":
    "function(){ let x=1; const f=x=>{ { let x=3; log(x) } return x }; const g=()=>{ const x=5; return (()=>x)() }; x=f(x); return [x,g()] }",
  "labels and properties keep their names":
    "function(){ let x=1,y=5; const f=()=>{ x: for(;;){ break x } const o={x:2,y}; return [o.x,o.y,x] }; x++; return f() }",
  "catch and class names in closures":
    "function(){ let e=1,A=2; const f=()=>{ try { throw 3 } catch(e){ return [e,class A{}.name,A] } }; e++; A++; return [f(),e] }",
  "user names like the generator's":
    "function($c0,$t1,$s0,$args=[9]){ let $r=1,$l=2; const f=()=>$r+$l++; return [$c0,$t1,$s0,$args,f(),$l] }",
  "an arrow with an expression body": ["(a,b)=>a*b", () => [3, 4]],
  "an arrow returning an object": ["a=>({a})", () => [3]],
  "default parameters with closures over this": [
    "function(f=()=>this.k){ return f() }",
    () => [],
    () => ({ k: 1 }),
  ],
});

export const mixed = programs("programs", {
  levenshtein: [
    "function(a,b){ const row=Array.from({length:b.length+1},(_,i)=>i); for(let i=1;i<=a.length;i++){ let prev=i; for(let j=1;j<=b.length;j++){ const val=a[i-1]===b[j-1]?row[j-1]:Math.min(row[j-1]+1,prev+1,row[j]+1); row[j-1]=prev; prev=val } row[b.length]=prev } return row[b.length] }",
    () => ["ab", "acb"],
  ],
  "word count": [
    "function(s){ const m=new Map(); for(const w of s.split(' ')) m.set(w,(m.get(w)??0)+1); return [...m].sort(([a],[b])=>a<b?-1:1) }",
    () => ["a b a c b a"],
  ],
  tokenizer: [
    "function(s){ const out=[]; let i=0; while(i<s.length){ const c=s[i]; if(/\\s/.test(c)){ i++; continue } if(/\\d/.test(c)){ let n=''; while(i<s.length&&/[\\d.]/.test(s[i])) n+=s[i++]; out.push({t:'num',v:+n}); continue } switch(c){ case '(': case ')': out.push({t:c}); i++; break; default: out.push({t:'op',v:c}); i++ } } return out }",
    () => ["1+ (22.5*x)"],
  ],
  matmul: [
    "function(n){ const z=()=>Array.from({length:n},()=>new Array(n).fill(0)); const a=z(),b=z(),c=z(); for(let i=0;i<n;i++) for(let j=0;j<n;j++){ a[i][j]=i+j; b[i][j]=i-j } for(let i=0;i<n;i++) for(let j=0;j<n;j++){ let s=0; for(let k=0;k<n;k++) s+=a[i][k]*b[k][j]; c[i][j]=s } return c }",
    () => [3],
  ],
  "retry with backoff": [
    "function(f){ let tries=0; for(;;){ try { return [f(tries),tries] } catch(e){ if(++tries>3) throw e; log(e.message) } finally { log('try '+tries) } } }",
    () => [
      (n: number) => {
        if (n < 2) throw new Error(`fail ${n}`);
        return "ok";
      },
    ],
  ],
  "queue with closures":
    "function(){ const q=[]; let now=0; const at=(t,f)=>{ q.push([t,f]); q.sort(([a],[b])=>a-b) }; const out=[]; for(let i=0;i<3;i++) at(3-i,()=>{ out.push(`${i}@${now}`); if(i===1) at(now+5,()=>out.push('late')) }); while(q.length){ const [t,f]=q.shift(); now=t; f() } return out }",
  "esbuild's using":
    "function(){ const order=[]; var _stack=[]; try { const r={[Symbol.for('d')](){ order.push('disposed') }}; _stack.push(r); order.push('body'); return order } catch(_){ var _error=_,_has=true } finally { while(_stack.length) _stack.pop()[Symbol.for('d')](); if(_has) throw _error } }",
});

/** Functions outside modules and "use strict", as far as they are supported. */
export const sloppyPrograms: readonly Program[] = programs("sloppy", {
  "assignment to a frozen property is ignored":
    "function(){ const o=Object.freeze({a:1}); o.a=2; o.b=3; delete o.a; 'text'.x=1; return o }",
  "this is an object": [
    "function(){ return [typeof this,this===globalThis] }",
    () => [],
    () => undefined,
  ],
  "plain calls pass the global object":
    "function(){ return (function(){ return this===globalThis })() }",
  "an undeclared variable is created":
    "function(){ try { undeclaredForTest=1; return typeof undeclaredForTest } finally { Reflect.deleteProperty(globalThis,'undeclaredForTest') } }",
  "a function's own name ignores assignment":
    "function me(){ me=1; const f=()=>{ me=2; return typeof me }; return [typeof me,f()] }",
  "names that strict code reserves":
    "function(){ var let_=1, yield=2, static=3, interface=4; return let_+yield+static+interface }",
  "octal numbers": "function(){ return [010,'\\101'] }",
  "repeated parameters": ["function(a,a){ return a }", () => [1, 2]],
  "a strict function in sloppy code":
    "function(){ return (function(){ 'use strict'; return this })() }",
  "use strict of its own": "function(){ 'use strict'; return typeof this }",
}).map((program) => ({ ...program, lower: { isStrict: false } }));
