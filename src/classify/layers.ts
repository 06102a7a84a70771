/** @file A network's parameters by depth, for layer-wise learning rates. */
import type { MlpHead, ResNet } from '../encoders/index.js';
import type { ParameterGroup } from '../optim/index.js';
import { prefixed } from '../training/index.js';

/** Groups of an encoder, deepest last: the stem, then the four stages. */
const STAGES = [/^(conv1|bn1)\./, /^layer1\./, /^layer2\./, /^layer3\./, /^layer4\./];

/**
 * Head and encoder in groups whose learning rates fall by the factor `decay` from the head to the stem (Clark et al.
 * 2020); 1 makes all learn alike.
 */
export function layerGroups(encoder: ResNet, head: MlpHead, decay: number): ParameterGroup[] {
  const encoderGroups = STAGES.map((pattern, depth) => ({
    parameters: new Map(
      prefixed('encoder', new Map([...encoder.parameters].filter(([name]) => pattern.test(name)))),
    ),
    scale: decay ** (STAGES.length - depth),
  }));
  return [...encoderGroups, { parameters: new Map(prefixed('head', head.parameters)), scale: 1 }];
}
