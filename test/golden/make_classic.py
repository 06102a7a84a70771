#!/usr/bin/env python3
"""Writes classic_more.json: long runs of the classic control environments, from their equations in numpy.

    python3 test/golden/make_classic.py

Episodes follow each other without a new seed; actions come from default_rng([seed, 1]). A run is the SHA-256 of all
observations (resets too) and of all rewards, as little-endian float32. The state is float64, but for
MountainCarContinuous, which keeps float32 as Gymnasium does. Made with numpy 2.4.6 and glibc 2.36.
"""
import hashlib
import json
import math
import os

import numpy as np

STEPS = 4000
SEEDS = [1, 2, 3, 4, 5]


class CartPole:
    limit, actions = 500, 2

    def reset(self, rng):
        self.state = rng.uniform(-0.05, 0.05, size=4)

    def step(self, action):
        x, v, angle, spin = self.state
        force = 10.0 if action == 1 else -10.0
        c, s = np.cos(angle), np.sin(angle)
        push = (force + 0.1 * 0.5 * np.square(spin) * s) / (0.1 + 1.0)
        rate = (9.8 * s - c * push) / (0.5 * (4.0 / 3.0 - 0.1 * np.square(c) / (0.1 + 1.0)))
        acceleration = push - 0.1 * 0.5 * rate * c / (0.1 + 1.0)
        self.state = np.array([x + 0.02 * v, v + 0.02 * acceleration, angle + 0.02 * spin, spin + 0.02 * rate])
        return 1.0, bool(abs(self.state[0]) > 2.4 or abs(self.state[2]) > 12 * 2 * math.pi / 360)

    def observe(self):
        return self.state


class MountainCar:
    limit, actions, goal = 200, 3, 0.5

    def reset(self, rng):
        self.state = np.array([rng.uniform(-0.6, -0.4), 0.0])

    def move(self, acceleration):
        position, velocity = map(float, self.state)
        velocity = min(max(velocity + acceleration, -0.07), 0.07)
        position = min(max(position + velocity, -1.2), 0.6)
        if position == -1.2 and velocity < 0:
            velocity = 0.0
        self.state = np.array([position, velocity])
        return position >= self.goal and velocity >= 0

    def step(self, action):
        return -1.0, self.move((action - 1) * 0.001 + math.cos(3 * self.state[0]) * -0.0025)

    def observe(self):
        return self.state


class MountainCarContinuous(MountainCar):
    limit, actions, goal = 999, 1.0, 0.45

    def step(self, action):
        force = min(max(action, -1.0), 1.0)
        ended = self.move(force * 0.0015 - 0.0025 * math.cos(3 * float(self.state[0])))
        self.state = self.state.astype(np.float32).astype(np.float64)
        return (100.0 if ended else 0.0) - action * action * 0.1, ended


class Pendulum:
    limit, actions = 200, 2.0

    def reset(self, rng):
        high = np.array([np.pi, 1.0])
        self.state = rng.uniform(low=-high, high=high)

    def step(self, action):
        angle, spin = self.state
        torque = min(max(action, -2.0), 2.0)
        deviation = ((angle + np.pi) % (2 * np.pi)) - np.pi
        cost = deviation * deviation + 0.1 * (spin * spin) + 0.001 * (torque * torque)
        spin = np.clip(spin + (3 * 10.0 / 2 * np.sin(angle) + 3.0 * torque) * 0.05, -8, 8)
        self.state = np.array([angle + spin * 0.05, spin])
        return -cost, False

    def observe(self):
        return np.array([np.cos(self.state[0]), np.sin(self.state[0]), self.state[1]])


def run(env, seed):
    rng, choices = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    observations, rewards, elapsed = [], [], 0
    env.reset(rng)
    observations.append(env.observe())
    for _ in range(STEPS):
        if isinstance(env.actions, int):
            action = int(choices.integers(env.actions))
        else:
            action = float(np.float32(choices.uniform(-env.actions, env.actions)))
        reward, ended = env.step(action)
        observations.append(env.observe())
        rewards.append(reward)
        elapsed += 1
        if ended or elapsed == env.limit:
            env.reset(rng)
            observations.append(env.observe())
            elapsed = 0
    digest = lambda values: hashlib.sha256(np.array(values).astype("<f4").tobytes()).hexdigest()[:16]
    return {"seed": seed, "observations": digest(observations), "rewards": digest(rewards)}


RUNS = {
    "CartPole-v1": CartPole,
    "MountainCar-v0": MountainCar,
    "MountainCarContinuous-v0": MountainCarContinuous,
    "Pendulum-v1": Pendulum,
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "classic_more.json")
with open(path, "w") as file:
    json.dump({name: [run(make(), seed) for seed in SEEDS] for name, make in RUNS.items()}, file, indent=1)
    file.write("\n")
