import { afterAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnergyMeter } from '../../src/compare/energy.js';

const folder = mkdtempSync(join(tmpdir(), 'encodergym-energy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A zone of powercap as Linux shows it. */
function zone(place: string, name: string, microjoules: number): string {
  mkdirSync(join(place), { recursive: true });
  for (const [file, value] of Object.entries({ name, max_energy_range_uj: 10e6, energy_uj: microjoules })) {
    writeFileSync(join(place, file), `${value}\n`);
  }
  return join(place, 'energy_uj');
}

test('adds up the packages, over the point where their counters begin anew', () => {
  const packages = [0, 1].map((i) => zone(join(folder, `intel-rapl:${i}`), `package-${i}`, 4e6));
  const others = [
    zone(join(folder, 'intel-rapl:2'), 'psys', 0),
    zone(join(folder, 'intel-rapl:0:0'), 'core', 0),
  ];
  const meter = new EnergyMeter(folder);
  writeFileSync(packages[0], '6500000\n');
  writeFileSync(packages[1], '1000000\n');
  for (const other of others) writeFileSync(other, '9000000\n');
  expect(meter.stop()).toBeCloseTo(2.5 + 7, 9);
});

test('is not known where there are no counters', () => {
  expect(new EnergyMeter(join(folder, 'none')).stop()).toBeUndefined();
  mkdirSync(join(folder, 'empty'));
  expect(new EnergyMeter(join(folder, 'empty')).stop()).toBeUndefined();
});
