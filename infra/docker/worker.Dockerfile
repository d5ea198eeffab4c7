# A worker with its TensorFlow: for the CPU, or with --build-arg ENGINE=gpu with the CUDA libraries of NVIDIA's wheels (the host
# needs the driver and the container toolkit only).
# docker build -f infra/docker/worker.Dockerfile --build-arg ENGINE=cpu -t spherelab-worker .
FROM node:20-bookworm AS build
ARG ENGINE=cpu
WORKDIR /opt/spherelab
ENV TURBO_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1 XDG_CACHE_HOME=/opt/cache SPHERELAB_ENGINE=${ENGINE}
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip g++ && rm -rf /var/lib/apt/lists/*
COPY . .
RUN npm ci --no-audit --no-fund
RUN npx turbo run build --filter=@spherelab/worker --output-logs=errors-only
RUN npm ci --omit=dev --no-audit --no-fund --workspace @spherelab/worker
RUN node packages/tensorflow/dist/install/main.js

FROM node:20-bookworm-slim
WORKDIR /opt/spherelab
ENV NODE_ENV=production SPHERELAB_DATA_DIR=/data XDG_CACHE_HOME=/opt/cache
COPY --from=build /opt/spherelab /opt/spherelab
# At the same path: the binding finds TensorFlow by it.
COPY --from=build /opt/cache /opt/cache
RUN mkdir -p /data /opt/cache/spherelab/graphs /opt/cache/spherelab/content \
  && chown node:node /data /opt/cache/spherelab/graphs /opt/cache/spherelab/content
USER node
# Draining writes a checkpoint and gives the run back: 28 s at most.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["node", "infra/docker/worker-probe.mjs"]
CMD ["node", "apps/worker/dist/main.js"]
