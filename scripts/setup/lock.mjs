// One setup at a time in one clone.
import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './command.mjs';

const BEAT_MS = 2_000;
const STALE_MS = 15_000;
const POLL_MS = 200;

/**
 * Runs `work` while no other process does under the same lock. A lock whose owner has stopped touching it, because it
 * was killed, is taken over.
 * @param {string} folder made for as long as the lock is held
 * @param {() => Promise<void>} work
 */
export async function exclusively(folder, work) {
  if (!acquire(folder)) {
    process.stderr.write('setup: another run is installing here; waiting for it ...\n');
    while (!acquire(folder)) await sleep(POLL_MS);
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  const beat = setInterval(() => touch(folder), BEAT_MS);
  const stops = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal, index) => {
    const stop = () => process.exit([130, 143, 129][index]);
    process.once(signal, stop);
    return () => process.removeListener(signal, stop);
  });
  process.once('exit', release);
  try {
    await work();
  } finally {
    clearInterval(beat);
    for (const forget of stops) forget();
    process.removeListener('exit', release);
    release();
  }
}

/** Making a folder fails if it is there, so only one of two gets it. @param {string} folder */
function acquire(folder) {
  removeIfStale(folder);
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new SetupError([`cannot write to this clone: ${String(error)}`]);
  }
}

/** Renames before it removes, because only one of two can rename. @param {string} folder */
function removeIfStale(folder) {
  try {
    if (Date.now() - statSync(folder).mtimeMs < STALE_MS) return;
    const aside = `${folder.replace(/\.tmp$/, '')}-${process.pid}.tmp`;
    renameSync(folder, aside);
    rmSync(aside, { recursive: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** @param {string} folder */
function touch(folder) {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // Taken over while this machine slept; the owner that took it does the same work.
  }
}

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;
