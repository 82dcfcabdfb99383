import { expect, test } from 'vitest';
import { busySecondsOf, cpuSecondsOf, memoryOf } from './proc-text.ts';

const numbers =
  '1 2 3 0 -1 4194304 1131 0 0 0 250 75 11 12 20 0 11 0 12345 1234567 8901 18446744073709551615';

test('CPU time is user and system time of the process itself, not of its children', () => {
  // Goal: the right two of fifty numbers. Method: a line as proc(5) has it; 250 and 75 ticks of a hundredth.
  expect(cpuSecondsOf(`4711 (node) S ${numbers}`)).toBe(3.25);
});

test('a command’s name may hold brackets and spaces', () => {
  // Goal: no shifted fields, which would look like plausible figures. Method: names that look like the fields themselves.
  for (const name of ['nats server', 'a) S 9 9', '((x)) 1 2 3']) {
    expect(cpuSecondsOf(`4711 (${name}) S ${numbers}`)).toBe(3.25);
  }
});

test('memory is read with its peak, in bytes', () => {
  // Goal: VmHWM, not VmPeak or VmSize. Method: the lines around them.
  const status =
    'VmPeak:\t  999 kB\nVmSize:\t  998 kB\nVmHWM:\t    20 kB\nVmRSS:\t    10 kB\nRssAnon:\t 5 kB\n';
  expect(memoryOf(status)).toEqual({ residentBytes: 10_240, peakBytes: 20_480 });
});

test('the machine is busy with everything but waiting', () => {
  // Goal: neighbours are noticed, idle time and disks are not taken for them. Method: fields of a power of two hundredths each.
  const stat = 'cpu  100 200 400 800 1600 3200 6400 12800 100 200\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n';
  expect(busySecondsOf(stat)).toBe(1 + 2 + 4 + 32 + 64 + 128);
});

test('what is no such file is an error, not a zero', () => {
  // Goal: a figure that is missing must not pass for one. Method: empty texts.
  expect(() => cpuSecondsOf('')).toThrow('not a');
  expect(() => busySecondsOf('intr 5')).toThrow('not a');
  expect(() => memoryOf('Name: zombie\n')).toThrow('VmRSS');
});
