// Whether the API of this container answers: node infra/docker/probe.mjs /readyz
const answer = await fetch(`http://127.0.0.1:${process.env.PORT || 3000}${process.argv[2] ?? '/healthz'}`).catch(
  () => null,
);
process.exit(answer?.ok ? 0 : 1);
