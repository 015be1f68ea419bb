import { rehearse } from './rehearsal.ts'
import { enrol, carryCard, openingOf, presentationOf, signedRequest } from './rehearsal-person.ts'
const v = await rehearse({adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name:'zz'})
try {
const people=[]
for (let i=0;i<16;i++){const p=await enrol(v); people.push({p,c:await carryCard(p)})}
for (const uv of [true,false]) {
const frames = Array.from({length:20},()=>Array.from({length:64},(_,i)=>{const q=people[i%16]!; if(uv) return {id:i,operation:'open_card',input:openingOf(q.p,q.c)};const {assertion:_a,...b}=presentationOf(q.p,q.c); return {id:i,operation:'open_card',input:{terminal:q.p.terminal,request:signedRequest(q.p,b)}}}))
const rates:number[]=[],cpus:number[]=[]
for (let round=0;round<12;round++){
const c0=process.cpuUsage(); const t=performance.now()
for (let i=0;i<20;i+=2) { const r=await Promise.all([v.dispatch(frames[i]!),v.dispatch(frames[i+1]!)]); if(!r.flat().every(a=>a.ok)) throw new Error(JSON.stringify(r[0]!.find(a=>!a.ok))) }
const ms=performance.now()-t; const cc=process.cpuUsage(c0)
rates.push(Math.round(1280/ms*1000)); cpus.push(Math.round((cc.user+cc.system)/1280))
}
console.log('assertion',uv,'open/s',rates.slice(2).sort((a,b)=>a-b).join(' '),'| cpu us',cpus.slice(2).sort((a,b)=>a-b).join(' '))
}
} finally { await v.close() }
