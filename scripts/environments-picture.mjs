/**
 * @file The README's picture of the environments: each after some steps of its heuristic or of random actions.
 *
 *   npm run build && node scripts/environments-picture.mjs        docs/images/environments.png
 */
import { fileURLToPath } from 'node:url';
import { heuristicFor, make } from '../build/src/envs/index.js';
import { writeFileAtomic } from '../build/src/files.js';
import { createPainter, encodePng } from '../build/src/recording/index.js';

const [COLUMNS, WIDTH, HEIGHT, GAP] = [4, 240, 160, 6];
/** Id, seed, steps. */
const SCENES = [
  ['LunarLander-v3', 7, 105],
  ['BipedalWalkerHardcore-v3', 3, 250],
  ['CarRacing-v3', 5, 62],
  ['CartPole-v1', 4, 12],
  ['MountainCar-v0', 1, 40],
  ['MiniGrid-DoorKey-8x8-v0', 3, 6],
  ['FrozenLake-v1', 0, 0],
  ['Taxi-v4', 0, 4],
];

const rows = Math.ceil(SCENES.length / COLUMNS);
const width = COLUMNS * (WIDTH + GAP) - GAP;
const height = rows * (HEIGHT + GAP) - GAP;
const data = new Uint8Array(3 * width * height).fill(0xe5);
SCENES.forEach(([id, seed, steps], i) => {
  const { data: pixels, width: side } = scene(id, seed, steps);
  // Narrower drawings stand in the middle of their place.
  const left = (i % COLUMNS) * (WIDTH + GAP) + ((WIDTH - side) >> 1);
  const top = Math.floor(i / COLUMNS) * (HEIGHT + GAP);
  for (let y = 0; y < HEIGHT; y++) {
    data.set(pixels.subarray(3 * side * y, 3 * side * (y + 1)), 3 * ((top + y) * width + left));
  }
});
const path = fileURLToPath(new URL('../docs/images/environments.png', import.meta.url));
writeFileAtomic(path, encodePng({ width, height, data }));
console.log(path);

function scene(id, seed, steps) {
  const env = make(id);
  env.actionSpace.seed(seed);
  let { observation } = env.reset({ seed });
  const policy = choosePolicy(env, id);
  for (let i = 0; i < steps; i++) {
    const result = env.step(policy(observation));
    observation = result.observation;
    if (result.terminated || result.truncated) break;
  }
  const { screen } = env;
  const scale = Math.min(WIDTH / screen.width, HEIGHT / screen.height);
  const painter = createPainter(screen, { width: Math.round(screen.width * scale), height: HEIGHT });
  env.draw(painter);
  return painter.frame();
}

function choosePolicy(env, id) {
  if (id === 'CarRacing-v3') return () => Float32Array.of(0, 0.4, 0);
  try {
    return heuristicFor(id)(env);
  } catch {
    return () => env.actionSpace.sample();
  }
}
