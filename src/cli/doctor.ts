/**
 * @file `npm run doctor`: which engine, canvas and video encoder are used here, and why the others are not.
 *
 *   npm run doctor
 *   npm run doctor -- --json
 */
import { Command } from 'commander';
import { packageVersion } from '../files.js';
import { chooseCanvas, chooseVideoEncoder, type Choice } from '../recording/index.js';
import { listEngines, tf, useEngine, type EngineInfo } from '../tensor/index.js';
import { runCommand } from './command.js';
import { describeCpu } from './environment.js';

interface EngineStatus {
  name: string;
  description: string;
  chosen: boolean;
  works: boolean;
  /** Why it is not the chosen one. */
  reason?: string;
}

/** Tries every engine, then lets the choice that training would make stand. */
async function examineEngines(): Promise<{ engine?: EngineInfo; problem?: string; engines: EngineStatus[] }> {
  const failures = new Map<string, string>();
  for (const { name } of listEngines()) {
    await useEngine(name).catch((error: Error) => failures.set(name, error.message));
  }
  let engine: EngineInfo | undefined;
  let problem: string | undefined;
  await useEngine().then(
    (info) => (engine = info),
    (error: Error) => (problem = error.message),
  );
  const prefix = /^The engine "[^"]*" cannot be loaded: /;
  const order = listEngines().map(({ name }) => name);
  const chosenAt = order.indexOf(engine?.name ?? '');
  const engines = listEngines().map(({ name, description }, i): EngineStatus => {
    const chosen = name === engine?.name;
    const failure = failures.get(name)?.replace(prefix, '');
    const works = failure === undefined;
    const idle = engine !== undefined && i > chosenAt ? 'works, but is slower' : 'works';
    const reason = chosen ? undefined : (failure ?? idle);
    return { name, description, chosen, works, reason };
  });
  return { engine, problem, engines };
}

/** Lines of a section: its title before the first, the columns aligned. */
function section(title: string, rows: string[][]): string {
  const widths = rows[0].slice(0, -1).map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) => row.map((cell, i) => (i < widths.length ? cell.padEnd(widths[i]) : cell)).join('  '))
    .map((line, i) => `${(i === 0 ? title : '').padEnd(10)}${line}`)
    .join('\n');
}

const describeChoice = ({ name, version, path }: Choice): string =>
  name === undefined ? 'none' : `${name} ${version ?? ''}${path === undefined ? '' : ` (${path})`}`;

const describeAll = (choice: Choice): string[][] => [
  [describeChoice(choice)],
  ...Object.entries(choice.others).map(([name, reason]) => [`${name}: ${reason}`]),
];

const command = new Command('doctor')
  .description(
    'Shows which engine, canvas and video encoder are used on this machine, and why the others are not.',
  )
  .addHelpText('after', '\nExample:\n  npm run doctor\n  ENCODERGYM_ENGINE=wasm npm run doctor -- --json');

await runCommand(command, async () => {
  const { engine, problem, engines } = await examineEngines();
  const cpu = describeCpu();
  const [canvas, video] = [chooseCanvas(), chooseVideoEncoder()];
  const versions = {
    encodergym: packageVersion('.'),
    node: process.versions.node,
    tfjs: tf.version_core,
    onednn: engine?.name === 'onednn' ? engine.version.replace('oneDNN ', '') : undefined,
  };
  const forced = process.env.ENCODERGYM_ENGINE;
  const threads = engine?.threads === 1 ? '1 thread' : `${engine?.threads ?? 0} threads`;
  const chosen =
    engine === undefined
      ? `none: ${problem ?? 'no engine'}`
      : [engine.name, engine.version, threads, ...Object.values(engine.details)].join(', ');
  console.log(
    [
      `encodergym ${versions.encodergym ?? ''}, Node ${versions.node}, TensorFlow.js ${versions.tfjs}, ${process.platform} ${process.arch}`,
      section('CPU', [
        [`${cpu.model}, ${cpu.cores} cores${cpu.features.map((name) => `, ${name}`).join('')}`],
      ]),
      '',
      section('Engine', [[chosen + (forced === undefined ? '' : ' (named by ENCODERGYM_ENGINE)')]]),
      section(
        '',
        engines.filter((other) => !other.chosen).map(({ name, reason }) => [name, reason ?? '']),
      ),
      '',
      section('Canvas', describeAll(canvas)),
      '',
      section('Video', describeAll(video)),
    ].join('\n'),
  );
  return { engine: engine ?? null, problem, engines, cpu, versions, canvas, video };
});
