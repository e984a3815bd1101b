// Makes one cache entry of `bytes` bytes, slowly, and says whether it was this process that made it.
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Cache } from '../../src/index.ts';

const [root = '', log = '', bytes = '10'] = process.argv.slice(2);
try {
  await new Cache(root).entry('things', { name: 'one' }, async (folder) => {
    await appendFile(log, 'made\n');
    await writeFile(path.join(folder, 'file'), Buffer.alloc(Number(bytes)));
    await setTimeout(300);
  });
} catch (error) {
  process.stderr.write(`${(error as Error).name}: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
