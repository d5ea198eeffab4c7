import { tf } from '@spherelab/tensorflow';
import { embeddingObjective, batchLayout, layoutTensors, defaultLossSettings } from '../dist/index.js';
const labels = Int32Array.from({ length: 120 }, (_, i) => Math.floor(i / 3));
const x = tf.randomNormal([120, 512], 0, 1, 'float32', 1);
const orig = tf.engine().runKernel.bind(tf.engine());
const T=new Map();
for (const name of ['triplet','semihtriplet','n-npair','ms']) {
  const lay = layoutTensors(batchLayout(labels, name, 3));
  const rec=tf.scalar(0), mom=tf.scalar(1);
  const run=()=>tf.tidy(()=>{ let o; const g=tf.grad(e=>{o=embeddingObjective(e,lay,{loss:defaultLossSettings[name],secWei:1,l2regWei:0},{recordNormMean:rec,momentum:mom}); return o.loss_total;})(x); g.dataSync();});
  for(let i=0;i<5;i++) run();
  let t=performance.now(); for(let i=0;i<20;i++) run(); console.log(name,(performance.now()-t)/20);
}
const be=tf.backend(); const T2=new Map(); const o=be.executeSingleOutput.bind(be);
be.executeSingleOutput=(op,a,i)=>{const t=performance.now(); const r=o(op,a,i); const d=performance.now()-t; const k=op+' '+i.map(x=>'['+x.shape+']').join(''); const e=T2.get(k)??[0,0]; e[0]+=d;e[1]++;T2.set(k,e); return r;};
const lay = layoutTensors(batchLayout(labels, 'triplet', 3));
const rec=tf.scalar(0), mom=tf.scalar(1);
let t0=performance.now();
for(let i=0;i<10;i++) tf.tidy(()=>{ const g=tf.grad(e=>embeddingObjective(e,lay,{loss:defaultLossSettings.triplet,secWei:1,l2regWei:0},{recordNormMean:rec,momentum:mom}).loss_total)(x); g.dataSync();});
console.log('total', (performance.now()-t0)/10);
console.log([...T2].map(([k,[d,n]])=>k+' '+(d/10).toFixed(3)+' '+n/10).sort((a,b)=>b.split(' ').at(-2)-a.split(' ').at(-2)).slice(0,25).join('\n'), [...T2.values()].reduce((s,[d,n])=>s+n/10,0));
