import { open } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { execa } from 'execa';
import { openQmp, type Qmp, type QmpEvent } from './qmp.ts';

export const qemuBinary = 'qemu-system-x86_64';

export type Exit = { exitCode: number | undefined; signal: string | undefined; stderr: string };

export type QemuProcess = {
  /** QMP, once QEMU has greeted. */
  qmp: Promise<Qmp>;
  /** Never rejects. */
  exited: Promise<Exit>;
  kill(): void;
};

/** The number, inside QEMU, of the file given as `incoming`. */
export const incomingFd = 4;

const qmpFd = 3;

/**
 * Starts QEMU with a QMP monitor on an inherited socket. The process dies with the signal, and with this process
 * however that ends: setpriv has the kernel see to it.
 */
export async function startQemu(
  args: readonly string[],
  options: {
    cwd: string;
    signal: AbortSignal;
    onEvent: (event: QmpEvent) => void;
    incoming?: string;
  },
): Promise<QemuProcess> {
  const incoming = options.incoming === undefined ? undefined : await open(options.incoming, 'r');
  const child = execa('setpriv', ['--pdeathsig', 'KILL', qemuBinary, ...monitor, ...args], {
    cwd: options.cwd,
    cancelSignal: options.signal,
    killSignal: 'SIGKILL',
    reject: false,
    buffer: { fd3: false },
    // execa takes any file number here, its types only those of one digit.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', ...(incoming ? [incoming.fd as 9] : [])],
  });
  // At once: a turn of the event loop later execa lets a stream that nobody listens to run dry, greeting and all.
  const qmp = openQmp(child.stdio[qmpFd] as unknown as Duplex, options.onEvent);
  // Whoever waits for the exit learns it there; an unanswered greeting is then no news.
  qmp.catch(() => undefined);
  await incoming?.close();
  return {
    qmp,
    exited: child.then(({ exitCode, signal, stderr, originalMessage }) => ({
      exitCode,
      signal,
      stderr: stderr === '' ? (originalMessage ?? '') : stderr,
    })),
    kill: () => child.kill('SIGKILL'),
  };
}

const monitor = [
  ...['-chardev', `socket,id=qmp,fd=${qmpFd}`],
  ...['-mon', 'chardev=qmp,mode=control'],
];
