import type { Watcher } from './record-stages.ts';

/** Draws stage events; `close` leaves the screen as a program should. */
export type ProgressView = { watch: Watcher; close: () => void };

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
