import type { Duplex } from 'node:stream';
import { BenchError } from '@pinbench/host';
import { z } from 'zod';
import { lineSplitter } from './lines.ts';

/** The commands pinbench gives, with their arguments and results; QEMU's own account is qapi/*.json. */
type Commands = {
  qmp_capabilities: [Record<string, never>, unknown];
  cont: [Record<string, never>, unknown];
  'migrate-set-capabilities': [{ capabilities: { capability: string; state: boolean }[] }, unknown];
  migrate: [{ uri: string }, unknown];
  'migrate-incoming': [{ uri: string }, unknown];
  'human-monitor-command': [{ 'command-line': string }, string];
  'query-migrate': [Record<string, never>, { status?: string; 'error-desc'?: string }];
};

export type QmpEvent = { event: string; data: Record<string, unknown> };

const message = z.union([
  z.object({ QMP: z.looseObject({}) }),
  z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).default({}) }),
  z.object({ return: z.unknown(), id: z.number() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: z.number().optional() }),
]);

export type Qmp = {
  /** Settles when QEMU answers. @throws BenchError when QEMU refuses or goes away. */
  execute<Name extends keyof Commands>(
    name: Name,
    ...[args]: Record<string, never> extends Commands[Name][0] ? [] : [Commands[Name][0]]
  ): Promise<Commands[Name][1]>;
};

type Waiting = { name: string; resolve: (value: unknown) => void; reject: (error: Error) => void };

/**
 * Speaks QMP over a stream: one JSON object per line both ways.
 * Settles once QEMU has greeted and left negotiation mode; every event is handed to `onEvent`, in order.
 * @throws BenchError when the stream ends first.
 */
export async function openQmp(stream: Duplex, onEvent: (event: QmpEvent) => void): Promise<Qmp> {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let gone = false;
  // The greeting is the answer that nobody asked for.
  const greeting = new Promise((resolve, reject) =>
    waiting.set(0, { name: 'QMP', resolve, reject }),
  );

  const lines = lineSplitter((line) => {
    const said = message.safeParse(parseJson(line));
    if (!said.success) return;
    if ('QMP' in said.data) settle(waiting, { id: 0 });
    else if ('event' in said.data) onEvent(said.data);
    else settle(waiting, said.data);
  });
  const leave = (): void => {
    gone = true;
    for (const { reject } of waiting.values()) reject(new BenchError('QEMU went away'));
    waiting.clear();
  };
  stream.on('data', (chunk: Buffer) => {
    lines.push(chunk);
  });
  stream.on('close', leave).on('error', leave);

  const execute: Qmp['execute'] = (name, ...[args]) =>
    new Promise((resolve, reject) => {
      if (gone) {
        reject(new BenchError('QEMU went away'));
        return;
      }
      last += 1;
      waiting.set(last, { name, resolve, reject });
      stream.write(`${JSON.stringify({ execute: name, arguments: args ?? {}, id: last })}\n`);
    });

  await greeting;
  await execute('qmp_capabilities');
  return { execute };
}

function settle(
  waiting: Map<number, Waiting>,
  answer: { id?: number | undefined; return?: unknown; error?: { desc: string } },
): void {
  const asked = waiting.get(answer.id ?? -1);
  if (asked === undefined) return;
  waiting.delete(answer.id ?? -1);
  if (answer.error === undefined) asked.resolve(answer.return);
  else asked.reject(new BenchError(`QEMU refused ${asked.name}: ${answer.error.desc}`));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
