import { setTimeout as sleep } from 'node:timers/promises';
import { type ConfigIssue, describeIssue } from '@spherelab/config';
import { keyFor } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';

type Problem = {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly ConfigIssue[];
};

const kindOf = { experiments: 'experiment', sweeps: 'sweep', studies: 'study' } as const;

/** Talks to the API by HTTP. Problem details become errors that name field, value and what is allowed. */
export class ApiClient {
  readonly url: string;
  readonly #key: string | null;

  /** @param key by default that of the environment or of `spherelab login` */
  constructor(url: string, key: string | null = keyFor(url)) {
    this.url = url;
    this.#key = key;
  }

  get<T>(path: string): Promise<T> {
    return this.request<T>('GET', path);
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.request<T>('POST', path, body);
  }

  /** Downloads bytes, such as a checkpoint. */
  async download(path: string): Promise<Uint8Array> {
    const answer = await this.send('GET', path);
    return new Uint8Array(await answer.arrayBuffer());
  }

  /** Text as the server wrote it, such as CSV. */
  async text(path: string): Promise<string> {
    return (await this.send('GET', path)).text();
  }

  /** A GET that waits out a server that restarts; gives up after `patienceMs` without an answer. */
  async getPatiently<T>(path: string, patienceMs = 60_000): Promise<T> {
    const deadlineMs = Date.now() + patienceMs;
    for (;;) {
      try {
        return await this.get<T>(path);
      } catch (error) {
        if (!(error instanceof ServerAway) || Date.now() > deadlineMs) throw error;
        await sleep(1000);
      }
    }
  }

  /** A POST of what may be there already: the answer, and whether it is new. */
  async create<T>(path: string, body: unknown): Promise<{ readonly value: T; readonly isNew: boolean }> {
    const answer = await this.send('POST', path, body);
    return { value: (await answer.json()) as T, isNew: answer.status === 201 };
  }

  /** A DELETE, which answers nothing. */
  async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    return (await answer.json()) as T;
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    return this.fetched(method, await this.withWholeId(path), body);
  }

  /** The path with the id that a shortened one, or `last`, stands for. @throws CliError where several begin so, or there is none */
  private async withWholeId(path: string): Promise<string> {
    const [, newest] = /^\/(experiments|sweeps|studies)\/last(?=$|[/?])/.exec(path) ?? [];
    if (newest !== undefined) return path.replace('last', await this.newestId(newest as keyof typeof kindOf));
    const [, kinds, prefix] =
      /^\/(experiments|sweeps|studies)\/([0-9a-fA-F][0-9a-fA-F-]{3,34})(?=$|[/?])/.exec(path) ?? [];
    if (kinds === undefined || prefix === undefined) return path;
    const kind = kindOf[kinds as keyof typeof kindOf];
    const answer = await this.fetched('GET', `/ids/${prefix}`);
    const { items } = (await answer.json()) as {
      readonly items: readonly { readonly kind: string; readonly id: string }[];
    };
    const ids = items.filter((item) => item.kind === kind).map(({ id }) => id);
    if (ids.length > 1) throw new CliError(`several ids begin with ${prefix}: ${ids.join(', ')}`, 'give more of it');
    return ids.length === 0 ? path : path.replace(prefix, ids[0] as string);
  }

  private async newestId(kinds: keyof typeof kindOf): Promise<string> {
    const answer = await this.fetched('GET', `/${kinds}?limit=1`);
    const { items } = (await answer.json()) as { readonly items: readonly { readonly id: string }[] };
    if (items[0] === undefined) throw new NotThere(`there is no ${kindOf[kinds]} yet`);
    return items[0].id;
  }

  private async fetched(method: string, path: string, body?: unknown): Promise<Response> {
    const init: RequestInit = {
      method,
      headers: {
        ...(this.#key === null ? {} : { authorization: `Bearer ${this.#key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const answer = await fetch(`${this.url}${path}`, init).catch((error: unknown) => {
      throw new ServerAway(`${this.url} does not answer`, 'is the server running? (`npm start`)', { cause: error });
    });
    if (answer.ok) return answer;
    if (answer.status >= 500) throw new ServerAway(`the server answered ${answer.status}`, await describe(answer));
    if (answer.status === 404) throw new NotThere(await describe(answer));
    throw new CliError(await describe(answer), answer.status === 401 ? 'spherelab login' : null);
  }
}

/** The server cannot be reached, or is not well; asking again may help. */
export class ServerAway extends CliError {}

/** The server has nothing of that name. */
export class NotThere extends CliError {}

async function describe(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text) as Problem;
    const errors = (problem.errors ?? []).map(describeIssue);
    // The detail of a refusal is the list of its errors.
    if (errors.length > 0) return errors.join('\n');
    return problem.detail ?? problem.title ?? `answer ${answer.status}`;
  } catch {
    return `answer ${answer.status}: ${text.slice(0, 500)}`;
  }
}
