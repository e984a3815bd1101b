#!/usr/bin/env node
// Makes a fresh clone ready: node packages, then host tools. Runs before anything is installed, so it needs nothing but
// Node, and before every command, so it costs next to nothing when there is nothing to do.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingTools, nodePackagesAreStale, nodeTooOld } from './setup/inspect.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const nodeOnly = process.argv.includes('--node-only');

const tooOld = nodeTooOld(root);
if (tooOld !== undefined) {
  process.stderr.write(`setup: ${tooOld}\n`);
  process.exit(2);
}
const work = {
  nodePackages: nodePackagesAreStale(root),
  tools: nodeOnly ? [] : missingTools(root),
};
if (work.nodePackages || work.tools.length > 0) {
  const { install } = await import('./setup/install.mjs');
  process.exitCode = await install(root, { nodeOnly });
}
