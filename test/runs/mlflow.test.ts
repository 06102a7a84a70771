/** @file The exporter against a server that holds requests to MLflow's REST API: paths, required fields, limits. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportToMlflow } from '../../src/runs/index.js';

interface Item {
  key: string;
  value: string | number;
  timestamp?: number;
  step?: number;
}
interface StoredRun {
  experiment: string;
  name: string;
  status: string;
  start: number;
  end?: number;
  tags: Item[];
  params: Item[];
  metrics: Item[];
}

const root = mkdtempSync(join(tmpdir(), 'encodergym-mlflow-'));
const folder = join(root, 'run');
let server: Server;
let url: string;
let experiments: Map<string, string>;
let runs: StoredRun[];
let token: string | undefined;

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
const invalid = (message: string) => new Refusal(400, 'INVALID_PARAMETER_VALUE', message);

/** What the server does, after https://mlflow.org/docs/latest/api_reference/rest-api.html */
function answer(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>): object {
  const storedRun = () => {
    const run = runs[Number(String(body.run_id).replace('id-', ''))];
    if (run === undefined) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'No such run');
    return run;
  };
  switch (`${method} ${path}`) {
    case 'GET experiments/get-by-name': {
      const id = experiments.get(query.get('experiment_name') ?? '');
      if (id === undefined) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'No such experiment');
      return { experiment: { experiment_id: id } };
    }
    case 'POST experiments/create': {
      const name = body.name as string;
      if (experiments.has(name)) throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', name);
      experiments.set(name, String(experiments.size));
      return { experiment_id: experiments.get(name) };
    }
    case 'POST runs/create': {
      if (![...experiments.values()].includes(body.experiment_id as string)) throw invalid('experiment_id');
      if (!Number.isInteger(body.start_time)) throw invalid('start_time');
      runs.push({
        experiment: body.experiment_id as string,
        name: body.run_name as string,
        status: 'RUNNING',
        start: body.start_time as number,
        tags: body.tags as Item[],
        params: [],
        metrics: [],
      });
      return { run: { info: { run_id: `id-${runs.length - 1}` } } };
    }
    case 'POST runs/log-batch': {
      const run = storedRun();
      const { metrics = [], params = [] } = body as { metrics?: Item[]; params?: Item[] };
      if (metrics.length > 1000 || params.length > 100) throw invalid('too many items in one request');
      for (const { key, value } of params) {
        if (typeof value !== 'string' || value.length > 500) throw invalid(`param ${key}`);
        if (run.params.some((known) => known.key === key)) throw invalid(`param ${key} is there already`);
      }
      for (const { key, value, timestamp, step } of metrics) {
        if (!/^[\w\-. /]{1,250}$/.test(key)) throw invalid(`metric key ${key}`);
        if (typeof value !== 'number' || !Number.isInteger(timestamp) || !Number.isInteger(step)) {
          throw invalid(`metric ${key}`);
        }
      }
      run.params.push(...params);
      run.metrics.push(...metrics);
      return {};
    }
    case 'POST runs/update': {
      const run = storedRun();
      if (!['RUNNING', 'FINISHED', 'FAILED'].includes(body.status as string)) throw invalid('status');
      run.status = body.status as string;
      run.end = body.end_time as number | undefined;
      return { run_info: {} };
    }
    default:
      throw new Refusal(404, 'ENDPOINT_NOT_FOUND', path);
  }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (data: string) => (text += data));
    request.on('end', () => {
      try {
        if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
          throw new Refusal(401, 'UNAUTHENTICATED', 'who are you?');
        }
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
        const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
        const result = answer(
          request.method ?? '',
          pathname.replace('/api/2.0/mlflow/', ''),
          searchParams,
          body,
        );
        response.end(JSON.stringify(result));
      } catch (error) {
        const { status, code, message } = error as Refusal;
        response.writeHead(status).end(JSON.stringify({ error_code: code, message }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(folder);
  const config = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`option${i}`, i]));
  const description = {
    config: { ...config, cropScale: [0.2, 1], missing: null, long: 'x'.repeat(900) },
    command: 'npm run pretrain',
    dataset: 'cifar10',
    engine: { name: 'onednn', version: '1', threads: 2 },
    started: '2026-01-01T00:00:00.000Z',
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(description));
  const lines = Array.from(
    { length: 1500 },
    (_, i) => `{"step":${i},"epoch":${i},"train/loss":${i / 2},"b":null}\n`,
  );
  writeFileSync(join(folder, 'metrics.jsonl'), lines.join(''));
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  [experiments, runs, token] = [new Map<string, string>(), [], undefined];
});

test('settings, metrics and tags arrive; an experiment is made once', async () => {
  expect(await exportToMlflow(folder, { server: `${url}/`, experiment: 'my work' })).toBe('id-0');
  expect([...experiments.keys()]).toEqual(['my work']);
  const [run] = runs;
  expect(run).toMatchObject({ name: 'run', status: 'RUNNING', start: Date.UTC(2026, 0, 1) });
  expect(run.params).toHaveLength(152);
  expect(run.params).toContainEqual({ key: 'cropScale', value: '[0.2,1]' });
  expect(run.metrics).toHaveLength(1500);
  expect(run.metrics.at(-1)).toEqual({
    key: 'train/loss',
    value: 749.5,
    step: 1499,
    timestamp: Date.UTC(2026, 0, 1),
  });
  expect(run.tags).toContainEqual({ key: 'encodergym.command', value: 'npm run pretrain' });
  writeFileSync(join(folder, 'summary.json'), '{}');
  expect(await exportToMlflow(folder, { server: url, experiment: 'my work' })).toBe('id-1');
  expect(experiments.size).toBe(1);
  expect(runs[1].status).toBe('FINISHED');
  expect(runs[1].end).toBeGreaterThan(Date.UTC(2026, 0, 1));
});

test('a token is sent; without it the refusal says what to do', async () => {
  token = 'secret';
  await exportToMlflow(folder, { server: url, experiment: 'x', token });
  expect(runs).toHaveLength(1);
  await expect(exportToMlflow(folder, { server: url, experiment: 'x' })).rejects.toThrow(
    /refused experiments\/get-by-name \(401\): UNAUTHENTICATED: who are you\?\. Set MLFLOW_TRACKING_TOKEN/,
  );
});

test('no server, no run: said so', async () => {
  await expect(exportToMlflow(folder, { server: 'http://127.0.0.1:1', experiment: 'x' })).rejects.toThrow(
    /Cannot reach the MLflow server http:\/\/127\.0\.0\.1:1 \(.+\): start it/,
  );
  await expect(exportToMlflow(root, { server: url, experiment: 'x' })).rejects.toThrow(/is no run/);
});
