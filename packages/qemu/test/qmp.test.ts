import { createServer, connect, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openQmp, type QmpEvent } from '../src/qmp.ts';
import { startQemu } from '../src/process.ts';

const greeting = '{"QMP": {"version": {}, "capabilities": []}}\r\n';

/** A socket and its other end, on which `answer` is what QEMU would do with each command. */
async function socketPair(
  folder: string,
  answer: (command: { execute: string; id: number }, peer: Socket) => void,
): Promise<{ near: Socket; far: Socket }> {
  const place = path.join(folder, 'qmp');
  const server = createServer().listen(place);
  const far = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const near = connect(place);
  const peer = await far;
  server.close();
  peer.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) {
      answer(JSON.parse(line) as { execute: string; id: number }, peer);
    }
  });
  return { near, far: peer };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pinbench-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const agree = ({ id }: { id: number }, peer: Socket): void => {
  peer.write(`{"return": {}, "id": ${id}}\r\n`);
};

describe('QMP over a socket', () => {
  test('answers find their commands, in whatever pieces they come', async () => {
    const { near, far } = await socketPair(folder, ({ execute, id }, peer) => {
      const answer = `{"return": {"status": "completed"}, "id": ${id}}\r\n`;
      if (execute === 'qmp_capabilities') agree({ id }, peer);
      else {
        peer.write(answer.slice(0, 9));
        setTimeout(() => peer.write(answer.slice(9)), 5);
      }
    });
    far.write(greeting);
    const qmp = await openQmp(near, () => undefined);
    expect(await qmp.execute('query-migrate')).toEqual({ status: 'completed' });
    far.destroy();
  });

  test('events come in order, also between a command and its answer', async () => {
    const events: QmpEvent[] = [];
    const { near, far } = await socketPair(folder, (command, peer) => {
      peer.write(`{"event": "${command.execute}", "data": {"n": 1}, "timestamp": {}}\r\n`);
      agree(command, peer);
    });
    far.write(greeting);
    const qmp = await openQmp(near, (event) => events.push(event));
    await qmp.execute('cont');
    expect(events).toEqual([
      { event: 'qmp_capabilities', data: { n: 1 } },
      { event: 'cont', data: { n: 1 } },
    ]);
    far.destroy();
  });

  test('a refusal names the command', async () => {
    const { near, far } = await socketPair(folder, (command, peer) => {
      if (command.execute === 'qmp_capabilities') agree(command, peer);
      else
        peer.write(
          `{"id": ${command.id}, "error": {"class": "GenericError", "desc": "not now"}}\r\n`,
        );
    });
    far.write(greeting);
    const qmp = await openQmp(near, () => undefined);
    await expect(qmp.execute('cont')).rejects.toThrow('QEMU refused cont: not now');
    far.destroy();
  });

  test('nobody waits for a QEMU that has gone', async () => {
    const { near, far } = await socketPair(folder, (command, peer) => {
      if (command.execute === 'qmp_capabilities') agree(command, peer);
      else peer.destroy();
    });
    far.write(greeting);
    const qmp = await openQmp(near, () => undefined);
    await expect(qmp.execute('cont')).rejects.toThrow('QEMU went away');
    await expect(qmp.execute('cont')).rejects.toThrow('QEMU went away');
  });
});

describe('a QEMU process', () => {
  const start = (args: string[], signal = new AbortController().signal) =>
    startQemu(args, { cwd: folder, signal, onEvent: () => undefined });
  const nothing = ['-machine', 'none', '-nodefaults', '-display', 'none'];

  test('speaks QMP and can be ended', async () => {
    const qemu = await start(nothing);
    const qmp = await qemu.qmp;
    expect(await qmp.execute('query-migrate')).toEqual({});
    qemu.kill();
    expect(await qemu.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  test('that refuses its arguments says so at its exit', async () => {
    const qemu = await start(['-no-such-option']);
    expect(await qemu.exited).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('-no-such-option: invalid option') as string,
    });
  });

  test('dies with the signal', async () => {
    const stop = new AbortController();
    const qemu = await start(nothing, stop.signal);
    await qemu.qmp;
    stop.abort();
    expect(await qemu.exited).toMatchObject({ exitCode: undefined });
  });
});
