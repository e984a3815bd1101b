// What is there and what is missing. Changes nothing but for `stampNodePackages`.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * One entry of host-tools.json: a program to be found on the PATH or, with `files`, something that has to lie in one of
 * these places; the Debian package it comes from, and what it is for.
 * @typedef {{ name: string, package: string, purpose: string, version?: string[], files?: string[] }} Tool
 */

/** One line for a Node older than package.json asks for, undefined for one that will do. @param {string} root */
export function nodeTooOld(root) {
  const { engines } = readJson(path.join(root, 'package.json'));
  const [wantedMajor = 0, wantedMinor = 0] = numbers(engines.node);
  const [major = 0, minor = 0] = numbers(process.versions.node);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined;
  return `pinbench needs Node ${wantedMajor}.${wantedMinor} or newer; this is ${process.versions.node}`;
}

/** Whether node_modules is not what package-lock.json describes. @param {string} root */
export function nodePackagesAreStale(root) {
  return readText(stampFile(root)) !== stampFor(root) && !installedByHand(root);
}

/** Notes that node_modules is what package-lock.json describes. @param {string} root */
export function stampNodePackages(root) {
  writeFileSync(stampFile(root), stampFor(root));
}

/** The entries of host-tools.json that are not there. @param {string} root @returns {Tool[]} */
export function missingTools(root) {
  /** @type {Tool[]} */
  const tools = readJson(path.join(root, 'scripts/host-tools.json'));
  return tools.filter((tool) =>
    tool.files === undefined ? findProgram(tool.name) === undefined : !tool.files.some(existsSync),
  );
}

/** Where a program lies on the PATH. @param {string} name */
export function findProgram(name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, name)).find(isProgram);
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** @param {string} root */
const stampFile = (root) => path.join(root, 'node_modules/.pinbench-setup');

/** Some packages hold programs for one platform, so it belongs to the stamp. @param {string} root */
const stampFor = (root) =>
  `${process.platform}-${process.arch} ` +
  createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');

/** npm's own account of what it installed agrees with package-lock.json: no need to do it again. @param {string} root */
function installedByHand(root) {
  try {
    const wanted = readJson(path.join(root, 'package-lock.json')).packages;
    const installed = readJson(path.join(root, 'node_modules/.package-lock.json')).packages;
    return Object.keys(wanted).every(
      (place) =>
        !place.includes('node_modules/') ||
        wanted[place].optional ||
        (installed[place]?.version === wanted[place].version &&
          existsSync(path.join(root, place, 'package.json'))),
    );
  } catch {
    return false;
  }
}

/** @param {string} range */
const numbers = (range) => (range.match(/\d+/g) ?? []).map(Number);

/** @param {string} file */
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
