import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '@pinbench/host';
import { incomingFd } from './process.ts';
import type { Qmp } from './qmp.ts';

/** Memory in shared files stays out of the stream; what is left of a 1 GiB machine is 0.3 MB. */
const sharedStaysOut = { capabilities: [{ capability: 'x-ignore-shared', state: true }] };

/** The longest path of a unix socket, sun_path less its closing NUL: unix(7). */
const longestSocketPath = 107;

/**
 * Saves the state of a machine that stands still to a file.
 * QEMU may not start programs and writes no file of its own here before 8.2, so a socket carries it.
 */
export async function saveState(qmp: Qmp, file: string, scratch: string): Promise<void> {
  const socket = path.join(scratch, 'save');
  if (Buffer.byteLength(socket) > longestSocketPath) {
    throw new BenchError(`the path of the temporary folder is too long for a socket: ${scratch}`, {
      hint: 'set TMPDIR to a shorter path',
    });
  }
  const server = createServer();
  const written = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('connection', (stream) => {
      pipeline(stream, createWriteStream(file)).then(resolve, reject);
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    await qmp.execute('migrate-set-capabilities', sharedStaysOut);
    await qmp.execute('migrate', { uri: `unix:${socket}` });
    await Promise.all([migrated(qmp), written]);
  } finally {
    server.close();
  }
}

/** Loads the state that QEMU inherited as a file. The machine stands still afterwards. */
export async function loadState(qmp: Qmp): Promise<void> {
  await qmp.execute('migrate-set-capabilities', sharedStaysOut);
  await qmp.execute('migrate-incoming', { uri: `fd:${incomingFd}` });
  await migrated(qmp);
}

async function migrated(qmp: Qmp): Promise<void> {
  for (;;) {
    const { status, 'error-desc': reason } = await qmp.execute('query-migrate');
    if (status === 'completed') return;
    if (status === 'failed')
      throw new BenchError(`QEMU could not move the machine's state: ${reason ?? 'no reason'}`);
    await sleep(2);
  }
}
