/** @file A thread of a pool vector environment: it plays its part of the environments until it is told to close. */
import { receiveMessageOnPort } from 'node:worker_threads';
import { UserError } from '../../../errors.js';
// All families register themselves.
import { make, NO_INFO, SyncVectorEnv, type Env, type Info, type MakeOptions } from '../../index.js';
import { ANSWERS, COMMANDS, type Answer, type Command, type PoolTask } from './pool-protocol.js';

async function factoryOf({ source, isModule, options }: PoolTask): Promise<() => Env> {
  if (!isModule) return () => make(source, options);
  const module = (await import(source)) as { default: (options: MakeOptions) => Env };
  return () => module.default(options);
}

export default async function playPart(task: PoolTask): Promise<void> {
  const { part, port, autoresetMode } = task;
  const { control } = part;
  const create = await factoryOf(task);
  const envs = new SyncVectorEnv<unknown, unknown>(Array<typeof create>(part.count).fill(create), {
    autoresetMode,
  });
  const told = (infos: readonly Info[]): Answer => (infos.every((info) => info === NO_INFO) ? {} : { infos });
  const obey = (command: Command): Answer => {
    if (command.kind === 'reset') {
      const { observations, infos } = envs.reset(command.options);
      envs.singleObservationSpace.paste(part.observations, 0, observations);
      return told(infos);
    }
    const { observations, rewards, terminated, truncated, infos } = envs.step(part.actions);
    envs.singleObservationSpace.paste(part.observations, 0, observations);
    part.rewards.set(rewards);
    part.terminated.set(terminated);
    part.truncated.set(truncated);
    return told(infos);
  };
  const answer = (message: Answer) => {
    port.postMessage(message);
    Atomics.add(control, ANSWERS, 1);
    Atomics.notify(control, ANSWERS);
  };

  answer({});
  for (let seen = 0; ; seen++) {
    Atomics.wait(control, COMMANDS, seen);
    const { message: command } = receiveMessageOnPort(port) as { message: Command };
    if (command.kind === 'close') break;
    try {
      answer(obey(command));
    } catch (error) {
      const { message } = error instanceof Error ? error : new Error(String(error));
      answer({ error: { message, byUser: error instanceof UserError } });
    }
  }
  envs.close();
  port.close();
}
