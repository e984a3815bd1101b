import { BenchError } from '@pinbench/host';
import { eduSlot } from './machine.ts';
import type { Qmp } from './qmp.ts';

/** PCI configuration mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2): a register's address goes in one port, its value in the other. */
const addressPort = '0xcf8';
const valuePort = '0xcfc';

/** What firmware and kernel write before a driver comes: latency, BAR 0, the interrupt line, and last the command that turns decoding on. */
const registers = [0x0c, 0x10, 0x3c, 0x04] as const;

/**
 * QEMU saves nothing of an edu device, which therefore comes back unconfigured. While the machine stands still its
 * configuration is read before the save and written after the load, and the guest sees no difference. The device's own
 * registers need nothing: until the agent is ready nobody has touched them.
 */
export const readEduConfig = (qmp: Qmp): Promise<number[]> =>
  keepingAddress(qmp, async () => {
    const values = [];
    for (const register of registers) {
      await select(qmp, register);
      values.push(await input(qmp, valuePort));
    }
    return values;
  });

/** Gives an edu device the configuration that `readEduConfig` found. */
export const writeEduConfig = (qmp: Qmp, values: readonly number[]): Promise<void> =>
  keepingAddress(qmp, async () => {
    for (const [index, register] of registers.entries()) {
      await select(qmp, register);
      await output(qmp, valuePort, values[index] ?? 0);
    }
  });

async function keepingAddress<T>(qmp: Qmp, work: () => Promise<T>): Promise<T> {
  const address = await input(qmp, addressPort);
  const result = await work();
  await output(qmp, addressPort, address);
  return result;
}

const select = (qmp: Qmp, register: number): Promise<void> =>
  output(qmp, addressPort, 0x8000_0000 + (eduSlot << 11) + register);

const output = async (qmp: Qmp, port: string, value: number): Promise<void> => {
  await qmp.execute('human-monitor-command', { 'command-line': `o /w ${port} ${value}` });
};

async function input(qmp: Qmp, port: string): Promise<number> {
  const said = await qmp.execute('human-monitor-command', { 'command-line': `i /xw ${port}` });
  const value = /= (0x[0-9a-f]+)/.exec(said)?.[1];
  if (value === undefined) throw new BenchError(`QEMU did not read port ${port}: ${said.trim()}`);
  return Number(value);
}
