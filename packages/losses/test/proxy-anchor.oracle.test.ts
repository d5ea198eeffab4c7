import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { dot, sum } from './naive-rows.ts';

const proxyAnchor: NaiveLoss<'proxy_anchor'> = (rows, { margin, alpha }, proxies) => {
  const present = new Set(rows.map(({ label }) => label)).size;
  const attraction = proxies.map((proxy, c) => {
    const own = rows.filter(({ label }) => label === c);
    return Math.log(1 + sum(own.map(({ x }) => Math.exp(-alpha * (dot(x, proxy) - margin)))));
  });
  const repulsion = proxies.map((proxy, c) => {
    const others = rows.filter(({ label }) => label !== c);
    return Math.log(1 + sum(others.map(({ x }) => Math.exp(alpha * (dot(x, proxy) + margin)))));
  });
  return sum(attraction) / present + sum(repulsion) / proxies.length;
};

equalsNaiveLoops('proxy_anchor', proxyAnchor, [{ margin: 0.3, alpha: 5 }]);
