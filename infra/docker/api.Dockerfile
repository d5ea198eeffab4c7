# The API, and the programs that migrate, back up and restore. No TensorFlow, no compiler, no root.
# docker build -f infra/docker/api.Dockerfile -t spherelab-api .
FROM node:20-bookworm-slim AS build
WORKDIR /opt/spherelab
ENV TURBO_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1
COPY . .
RUN npm ci --no-audit --no-fund
RUN npx turbo run build --filter=@spherelab/api --filter=@spherelab/launcher --output-logs=errors-only
RUN npm ci --omit=dev --no-audit --no-fund --workspace @spherelab/api --workspace @spherelab/launcher

FROM node:20-bookworm-slim
WORKDIR /opt/spherelab
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 SPHERELAB_DATA_DIR=/data XDG_CACHE_HOME=/var/cache
COPY --from=build /opt/spherelab /opt/spherelab
RUN mkdir -p /data /var/cache/spherelab/content && chown node:node /data /var/cache/spherelab/content
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "infra/docker/probe.mjs", "/readyz"]
CMD ["node", "apps/api/dist/server.js"]
