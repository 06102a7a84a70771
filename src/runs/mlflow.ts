/**
 * @file Copies a run to an MLflow tracking server by its REST API, version 2.0
 * (https://mlflow.org/docs/latest/api_reference/rest-api.html).
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EncodergymError, UserError } from '../errors.js';
import { readMetrics } from './metrics.js';
import { Run, type RunDescription } from './run.js';

export interface MlflowTarget {
  /** Such as http://127.0.0.1:5000. */
  server: string;
  /** The experiment's name; made if it is not there. */
  experiment: string;
  /** For servers that ask for one. */
  token?: string;
}

/** Limits of one log-batch request. */
const [METRICS_A_BATCH, PARAMS_A_BATCH] = [1000, 100];
const LONGEST_VALUE = 500;
const MILLISECONDS = 60_000;

/**
 * Exports a run's settings as params, its metrics with their steps, and its command, data set and engine as tags.
 * metrics.jsonl has no times: all metrics have the run's start as theirs.
 * @param folder of a run
 * @returns the run's id on the server
 * @throws UserError when the folder is no run or the server cannot be reached; EncodergymError when the server refuses.
 */
export async function exportToMlflow(folder: string, target: MlflowTarget): Promise<string> {
  const run = Run.find(join(folder, '..'), basename(folder));
  if (run === undefined) throw new UserError(`${folder} is no run: expected a folder with a config.json.`);
  const description = run.description<Record<string, unknown>>();
  const client = new Client(target);
  const started = Date.parse(description.started);
  const created = await client.post<{ run: { info: { run_id: string } } }>('runs/create', {
    experiment_id: await experimentId(client, target.experiment),
    run_name: run.name,
    start_time: started,
    tags: tagsOf(description),
  });
  const { run_id } = created.run.info;
  const params = Object.entries(description.config)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => ({ key, value: textOf(value).slice(0, LONGEST_VALUE) }));
  for (const part of partsOf(params, PARAMS_A_BATCH))
    await client.post('runs/log-batch', { run_id, params: part });
  const records = existsSync(run.path('metrics.jsonl')) ? readMetrics(folder) : [];
  const metrics = records.flatMap(({ step, metrics: values }) =>
    Object.entries(values)
      .filter(([, value]) => Number.isFinite(value))
      .map(([key, value]) => ({ key, value, step, timestamp: started })),
  );
  for (const part of partsOf(metrics, METRICS_A_BATCH))
    await client.post('runs/log-batch', { run_id, metrics: part });
  const ending = run.finished ? { status: 'FINISHED', end_time: Date.now() } : { status: 'RUNNING' };
  await client.post('runs/update', { run_id, ...ending });
  return run_id;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

const tagsOf = ({ command, dataset, engine }: RunDescription) =>
  Object.entries({
    'mlflow.source.name': 'encodergym',
    'encodergym.command': command,
    'encodergym.dataset': dataset,
    'encodergym.engine': `${engine.name} ${engine.version}`,
  }).map(([key, value]) => ({ key, value }));

async function experimentId(client: Client, name: string): Promise<string> {
  const query = new URLSearchParams({ experiment_name: name }).toString();
  const found = await client.get<{ experiment: { experiment_id: string } }>(
    `experiments/get-by-name?${query}`,
  );
  if (found !== undefined) return found.experiment.experiment_id;
  const created = await client.post<{ experiment_id: string }>('experiments/create', { name });
  return created.experiment_id;
}

function* partsOf<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < values.length; i += size) yield values.slice(i, i + size);
}

class Client {
  constructor(private readonly target: MlflowTarget) {}

  async post<T>(path: string, body: object): Promise<T> {
    const response = await this.send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    if (!response.ok) throw await this.refused(path, response);
    return (await response.json()) as T;
  }

  /** Undefined when there is no such thing. */
  async get<T>(path: string): Promise<T | undefined> {
    const response = await this.send(path, {});
    if (response.status === 404) {
      const { error_code } = (await response.json().catch(() => ({}))) as { error_code?: string };
      if (error_code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    }
    if (!response.ok) throw await this.refused(path, response);
    return (await response.json()) as T;
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    const { server, token } = this.target;
    const url = `${server.replace(/\/+$/, '')}/api/2.0/mlflow/${path}`;
    const headers = { ...(init.headers as Record<string, string> | undefined) };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    try {
      return await fetch(url, { ...init, headers, signal: AbortSignal.timeout(MILLISECONDS) });
    } catch (error) {
      const { cause, message } = error as Error & { cause?: Error };
      throw new UserError(
        `Cannot reach the MLflow server ${server} (${cause?.message ?? message}): start it (mlflow server) or give its ` +
          'address with --server.',
        { cause: error },
      );
    }
  }

  private async refused(path: string, response: Response): Promise<EncodergymError> {
    const text = await response.text();
    let reason = text.slice(0, 300);
    try {
      const { error_code, message } = JSON.parse(text) as { error_code: string; message: string };
      reason = `${error_code}: ${message}`;
    } catch {
      // Not MLflow's own answer, but a proxy's, for example.
    }
    const what = `The MLflow server ${this.target.server} refused ${path.split('?')[0]} (${response.status}): ${reason}`;
    return response.status === 401 || response.status === 403
      ? new UserError(`${what}. Set MLFLOW_TRACKING_TOKEN.`)
      : new EncodergymError(what);
  }
}
