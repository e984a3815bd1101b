import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { lineSplitter } from './lines.ts';

export type Follower = {
  /** Hands over every whole line that is in the file by now. */
  pull(): void;
  close(): void;
};

/**
 * Makes an empty file and hands over the lines that another process writes into it. Reading is synchronous: a pull
 * costs microseconds, and after it whoever wrote before an event is known to have been heard before that event.
 */
export function followFile(file: string, onLine: (line: string) => void): Follower {
  writeFileSync(file, '');
  const fd = openSync(file, 'r');
  const chunk = Buffer.alloc(64 * 1024);
  const lines = lineSplitter(onLine);
  return {
    pull: () => {
      for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) {
        lines.push(chunk.subarray(0, got));
      }
    },
    close: () => {
      closeSync(fd);
    },
  };
}
