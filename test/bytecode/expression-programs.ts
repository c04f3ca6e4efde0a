/** Operators, patterns and objects. */

import { counter, programs } from "./program-table.ts";

export const operators = programs("operators", {
  arithmetic: ["function(a,b){ let x=a+b*2; x-=3; return x**2%7+(-a)+(~b>>>1) }", () => [3, 4]],
  "operands in mid-expression": [
    "function(a,f){ return a.x+f(a.y,f(1,2))*(a.z=f(3,4))+a.z }",
    () => [{ x: 1, y: 2 }, (p: number, q: number) => p * 10 + q],
  ],
  "comparison and equality": [
    "function(a,b){ return [a<b,a<=b,a>b,a>=b,a==b,a!=b,a===b,a!==b,a in {4:1},a instanceof Object] }",
    () => ["4", 4],
  ],
  "bit operators": [
    "function(a,b){ return [a&b,a|b,a^b,a<<b,a>>b,a>>>b,~a,+a,-a,!a] }",
    () => [-7, 3],
  ],
  bigint: "function(){ let a=5n; a++; a*=3n; const b=a--; return [a,b,-a,a**2n,typeof a] }",
  "bigint with number": "function(){ return 1n+1 }",
  "numbers that need care":
    "function(){ return [-0,1/-0,NaN,Infinity,-Infinity,1e21,0.1,0x10,0b11] }",
  "typeof and delete": [
    "function(o){ return [typeof missing, typeof o.a, delete o.a, 'a' in o, o instanceof Object, void 0, !o] }",
    () => [{ a: 1 }],
  ],
  "delete of elements and chains":
    "function(){ const o={a:{b:1,c:2},k:3}; return [delete o['k'],delete o?.a?.b,delete o.z?.q.r,o,delete 5,delete log(1)] }",
  "delete of a frozen property": "function(){ return delete Object.freeze({a:1}).a }",
  comma: [
    "function(a){ let x=(log(1),log(2),a); for(let i=0,j=9;i<j;i+=2,j--) x+=i*j; return x }",
    () => [1],
  ],
  logical: [
    'function(a,b,c){ let x=a&&b||c, y=a??b; a||=5; b&&=6; c??=7; const o={p:null,q:1}; o.p??=8; o["q"]&&=9; return [x,y,a,b,c,o] }',
    () => [0, 2, undefined],
  ],
  "logical assignment keeps what it need not replace":
    "function(){ const o={a:1,b:0}; let r=[o.a||=log(2),o.b&&=log(3),o.a??=log(4)]; const c=1; c||=2; return [r,o,c] }",
  "logical assignment names functions":
    "function(){ let a,b=1,c; a??=()=>{}; b&&=function(){}; c||=class{}; return [a.name,b.name,c.name] }",
  update: [
    'function(o){ let i=0; const r=[i++,++i,o.n++,--o.n,o["n"]++,o.s++,-o.n]; return [r,i,o] }',
    () => [{ n: 5, s: "7" }],
  ],
  "update converts once":
    "function(){ let n=0; const v={valueOf(){ n++; return 5 }}; let a=v, b=v; a++; const c=b--; return [a,b,c,n] }",
  "compound on members":
    "function(){ const o={a:1,b:[2,3]}; let k=0; o.a+=log(5); o.b[k++]*=10; o.b[k]**=2; return [o,k] }",
  "compound converts keys as the engine does":
    "function(){ let n=0; const k={toString(){ n++; return 'a' }}, o={a:1}; o[k]+=1; o[k]++; o[k]??=1; o[k]=7; return [o,n] }",
  "evaluation order of assignment":
    "function(){ const o={}; o[log('k')]=log('v'); (log(o))[log('k2')]=log('v2'); return o }",
  "template strings": [
    "function(a){ const t=(s,...v)=>[s.raw.join('|'),s,v]; return [`x${a}y${a+1}`, t`p${a}\\n${2}`, `${a}`, ``, `a\\u0041`] }",
    () => [4],
  ],
  "template converts in order":
    "function(){ const v=n=>({toString(){ log(n); return n }}); return `${v('a')}${v('b')}-` }",
  "template refuses symbols": "function(){ return `a${Symbol()}` }",
  "tagged template has one object per site":
    "function(){ const t=s=>s, f=()=>t`a`; const a=t`a`, b=t`a`; const r=[]; for(let i=0;i<2;i++) r.push(t`x`); return [a===b,r[0]===r[1],f()===f(),Object.isFrozen(a)] }",
  "tagged template with a receiver":
    "function(){ const o={k:3,t(s,v){ return this.k+v }}; return [o.t`${2}`,o['t']`${4}`] }",
  "tagged template with an invalid escape": "function(){ return (s=>[s[0],s.raw[0]])`\\unicode` }",
  "void and sequence": "function(){ let a=1; return [void a++, (a,a+1)] }",
  "conversion order":
    "function(){ const v=n=>({valueOf(){ log(n); return n }}); return v(1)+v(2)*v(3) }",
  exponent: "function(a=2){ let b=a; b**=3; return [b,(-a)**2,2**3**2] }",
  "in mid-expression a local changes":
    "function(){ let x=1; const f=(...a)=>a; return f(x,x=2,x,x++,x) }",
  "in mid-expression a captured local changes":
    "function(){ let x=1; const s=()=>{ x=9; return x }; return [x,s(),x,x++,x] }",
  "chained assignment": "function(){ let a,b; const o={}; a=o.x=b=log(3); return [a,b,o] }",
  "constants of the language":
    "function(){ const f=()=>[undefined,NaN,Infinity,typeof undefined,typeof NaN]; return [...f(),undefined,-Infinity,1/Infinity,typeof Infinity,Object.is(NaN,NaN)] }",
  "assignment to a constant of the language": "function(){ undefined=1 }",
  "conditional chains": [
    "function(n){ return n<0?'neg':n===0?'zero':n>100?'big':'small' }",
    () => [7],
  ],
  regex: [
    "function(s){ const re=/(\\d+)-(?<w>\\w)/g; const o=[]; let m; while((m=re.exec(s))!==null) o.push(m[1]+m.groups.w); return o }",
    () => ["1-a 22-b"],
  ],
  "a regular expression is new each time":
    "function(){ const r=[]; for(let i=0;i<2;i++) r.push(/a/g); return r[0]===r[1] }",
});

export const patterns = programs("patterns", {
  parameters: [
    "function({a,b:{c=5,...r}={}, [`k${1}`]:k=7},[x,,y=3,...z]){ return [a,c,r,k,x,y,z] }",
    () => [{ a: 1, b: { d: 4, e: 5 } }, [1, 2, undefined, 4, 5]],
  ],
  assignment: [
    'function(o){ let a,b; [a,o.x,[b=9]]=[1,2,[]]; ({a:o["y"],b:o.w=4}={a}); return [a,b,o] }',
    () => [{}],
  ],
  "array patterns close": [
    "function(mk){ const [a,b]=mk(log); let c; [c]=mk(log); const [...d]=mk(log); const []=mk(log); return [a,b,c,d] }",
    () => [counter],
  ],
  "an error in an array pattern closes": [
    "function(mk){ try { const [a,{b}]=mk(log); [a.b.c]=mk(log) } catch(e){ log(e.constructor.name) } try { const [q=(()=>{ throw 'd' })()]=mk2() } catch(e){ return e.name } }",
    () => [counter],
  ],
  "exhausted iterators are not closed": [
    "function(mk){ const [a,b,c,d,e,f,g]=mk(log); return [a,e,f,g] }",
    () => [counter],
  ],
  "order of evaluation":
    "function(){ const o=()=>log('target')&&{}; const src={get a(){ log('get'); return undefined }}; ({[log('a')]:o().x=log('default')}=src); [o().y]=[log('value')]; return 1 }",
  "order with array targets":
    "function(){ const it={[Symbol.iterator]:()=>({next(){ log('next'); return {value:1,done:false} },return(){ log('close'); return {} }})}; const t=n=>(log(n),{}); [t('a').x,t('b').y,...t('c').z]=[1,2,3]; [t('d').x]=it }",
  "object rest":
    "function(){ const s=Symbol('s'); const {a,['b']:b,...r}={a:1,b:2,c:3,[s]:4,get d(){ return log(5) },1:'one'}; const {1:o,...q}={1:'x',2:'y'}; return [a,b,r,o,q] }",
  "defaults are lazy and named":
    "function(){ const f=(a=log(1),b=a+1,{c=b,d=()=>{}}={},[e=class{}]=[])=>[a,b,c,d.name,e.name]; return [f(),f(0,null)] }",
  "nested defaults": "function({a:{b:{c=log(1)}={}}={}}={}){ return c }",
  "parameters see earlier ones only": "function(a=b,b=1){ return a }",
  "a parameter's own default": "function(a=a){ return a }",
  "destructuring null":
    "function(){ const m=[]; const x=undefined,o={}; try { const {a}=x } catch(e){ m.push(e.message) } try { const {}=null } catch(e){ m.push(e.message) } try { const {a:{b}}=o } catch(e){ m.push(e.message) } try { const {a}=o.p } catch(e){ m.push(e.message) } try { const {...r}=x } catch(e){ m.push(e.message) } try { (({a})=>a)() } catch(e){ m.push(e.message) } try { const [a]=x } catch(e){ m.push(e.message) } try { const [a]=o.p } catch(e){ m.push(e.message) } try { [o.x]=null } catch(e){ m.push(e.message) } try { const {[o.k]:z}=x } catch(e){ m.push(e.message) } try { for(const {a} of [x]); } catch(e){ m.push(e.message) } return m }",
  "null as parameter": ["function({a}){ return a }", () => [null]],
  "nothing as parameter": ["function([a]){ return a }", () => []],
  "strings and numbers destructured":
    "function(){ const {length}='abc', {toFixed}=5, [a,b]='xy'; return [length,typeof toFixed,a,b] }",
  swap: "function(){ let a=1,b=2; [a,b]=[b,a]; const xs=[1,2,3]; [xs[0],xs[2]]=[xs[2],xs[0]]; return [a,b,xs] }",
  "pattern assignment as value":
    "function(){ let a,b; const v=[1,2]; const r=([a,b]=v); const s=({a}={a:7}); return [r===v,a,b,s] }",
  "destructuring in for":
    "function(){ const r=[]; for(let [i,j]=[0,5];i<j;[i,j]=[i+1,j-1]) r.push([i,j]); return r }",
  "computed keys convert once":
    "function(){ let n=0; const k={toString(){ n++; return 'a' }}; const {[k]:x,...r}={a:1,b:2}; return [x,r,n] }",
  "var patterns": "function(){ var {a,b:[c]}={a:1,b:[2]}; var a=5; return [a,c] }",
  "rest parameters": [
    "function(a,...[b,...c]){ return [a,b,c,arguments.length] }",
    () => [1, 2, 3, 4],
  ],
  "separate parameter scope":
    "function(a=1,f=()=>a){ var a; const before=a; a=2; return [before,a,f()] }",
  "closures in parameters": "function(a,g=()=>a++,h=()=>a){ g(); a+=10; return [a,h(),g(),h()] }",
});

export const objects = programs("objects", {
  "optional chains": [
    'function(o){ return [o?.a?.b.c, o.z?.y.w.v(), o.f?.(1), o.n?.(log("no")), (o?.f)(2), o.a?.["b"].c, o.q?.b.c.d] }',
    () => [
      {
        a: { b: { c: 1 } },
        f(this: { a: { b: { c: number } } }, x: number) {
          return [this.a.b.c, x];
        },
      },
    ],
  ],
  "optional calls":
    "function(){ const o={f(){ return this.k },k:1,n:null}; let u; return [o.f?.(),o?.f(),u?.(log(1)),u?.f.g.h(log(2)),o.n?.(),o?.['f'](),(o?.n)?.x] }",
  literals:
    "function(){ const a=1,s=Symbol('s'); return {a,'b c':2,3:4,[`d${a}`]:5,[s]:6,e:{f:[1,,2]},__proto__:{inherited:1}} }",
  "__proto__ forms":
    "function(){ const __proto__={z:1}; const a={__proto__:null},b={__proto__},c={'__proto__':__proto__},d={['__proto__']:1},e={__proto__:5},f={__proto__(){}}; return [Object.getPrototypeOf(a)===null,Object.keys(b),Object.getPrototypeOf(c)===__proto__,Object.keys(d),Object.getPrototypeOf(e)===Object.prototype,Object.keys(f)] }",
  spread: [
    'function(xs){ const o={a:1,...{b:2},["c"+1]:3}; return [Math.max(...xs,5),[0,...xs,,9],o,new Date(...[2020,1]).getFullYear(),[...new Set(xs)]] }',
    () => [[1, 7, 7]],
  ],
  "object spread details":
    "function(){ const s=Symbol('x'); return {...null,...undefined,...1,...'ab',...[7],a:1,...{a:2,get g(){ return log(3) },[s]:4},...Object.create({no:1}),b:5} }",
  "spread over setters of Object.prototype":
    "function(){ try { Object.defineProperty(Object.prototype,'zz',{set(v){ log('setter') },configurable:true}); const o={zz:1,...{zz:2}}; const {...r}={zz:3}; return [Object.keys(o),o.zz,r.zz] } finally { delete Object.prototype.zz } }",
  "duplicate names": "function(){ return {a:1,b:2,a:3} }",
  "property order": "function(){ return Object.keys({b:1,2:1,a:1,1:1,...{0:1,z:1},[`k`]:1}) }",
  getters: "function(){ const o={n:0,get x(){ return ++this.n }}; return [o.x+o.x*o.x,o.x++,o.n] }",
  "setters are called once":
    "function(){ const o={set x(v){ log(v) },get x(){ return 5 }}; const r=[o.x=1,o.x+=2,o.x++,++o.x]; return r }",
  "assignment to a read-only property": "function(){ Object.freeze({a:1}).a=2 }",
  "property of undefined": "function(){ let o; return o.a.b }",
  "setting a property of null": "function(){ const o={p:null}; o.p.q=1 }",
  "computed property of undefined": "function(){ let o; return o[log('k')] }",
  "calling what is no function":
    "function(){ const m=[]; const o={},x=1; try { o.p() } catch(e){ m.push(e.message) } try { x() } catch(e){ m.push(e.message) } try { o.a.b() } catch(e){ m.push(e.message) } try { o['k']() } catch(e){ m.push(e.message) } try { new x } catch(e){ m.push(e.message) } try { new o.p(1) } catch(e){ m.push(e.message) } try { o.p`t` } catch(e){ m.push(e.message) } try { x(...[1]) } catch(e){ m.push(e.message) } try { o.p(...[1]) } catch(e){ m.push(e.message) } try { log(5)() } catch(e){ m.push(e.message) } return m }",
  "calling what is no function, with work in the arguments":
    "function(b=true){ const m=[]; const o={},x=1; try { o.p(b?1:2) } catch(e){ m.push(e.message) } try { x(b&&log(1)) } catch(e){ m.push(e.message) } try { new x(b||2) } catch(e){ m.push(e.message) } return m }",
  "captured variables in messages":
    "function(){ let x=1,o={}; const k=()=>[x,o]; x=2; o={}; const m=[]; try { x() } catch(e){ m.push(e.message) } try { o.p() } catch(e){ m.push(e.message) } try { new x } catch(e){ m.push(e.message) } try { log() } catch(e){ m.push(e.message) } try { log.p() } catch(e){ m.push(e.message) } return m }",
  "missing globals":
    "function(){ const m=[]; try { nowhere1 } catch(e){ m.push(e.message) } try { nowhere2() } catch(e){ m.push(e.message) } try { nowhere3=1 } catch(e){ m.push(e.message) } try { nowhere4.x } catch(e){ m.push(e.message) } return [m,typeof nowhere5] }",
  "in and instanceof errors":
    "function(){ const m=[]; try { 'a' in 5 } catch(e){ m.push(e.message) } try { ({}) instanceof 5 } catch(e){ m.push(e.message) } return m }",
  "method calls on literals":
    "function(){ return [5..toFixed(1),'a'.concat('b'),[1,2].map(x=>x*2),({f(){ return 1 }}).f(),/a/.test('a'),`t`.length,(function(){ return 2 }).call(),5['toFixed'](2),(-1).toFixed(1)] }",
  "receivers are kept": [
    "function(){ return [this.f(),this['f'](),(this.f)(),(0,this.f)?.()] }",
    () => [],
    () => ({
      k: 1,
      f() {
        return this === undefined ? "none" : "this";
      },
    }),
  ],
  "this of a plain call": "function(){ return (function(){ return this })() }",
  "new with and without arguments":
    "function(){ const D=function(a){ this.a=a }; const ns={D}; return [new D,new D(1),new ns.D(2),new (()=>D)()(3),new D(...[4])] }",
  "symbols as keys":
    "function(){ const s=Symbol.for('q'); const o={[s]:1}; o[s]+=1; const {[s]:v}=o; return [v,s in o,delete o[s],o] }",
  "numeric keys":
    "function(){ const o={1:'a',1.5:'b',0x10:'c',1e3:'d',10n:'e'}; return [o[1],o[1.5],o[16],o[1000],o[10],o] }",
  "methods on elements":
    "function(){ const o={a:[{f(x){ return this.k+x },k:1}]}; let i=0; return [o.a[i++].f(i),o['a'][0]['f'](log(5)),i] }",
  getter: ["get value(){ return this.v+1 }", () => [], () => ({ v: 1 })],
  setter: ["set value(x){ this.v=x }", () => [5], () => ({ v: 1 })],
  method: ["sum(a,b=2,...c){ return a+b+c.length+this.v }", () => [1], () => ({ v: 1 })],
  "computed method": ["['a'+1](x){ return x }", () => [1]],
});
