import type { FoundTool } from './host-tools.ts';
import type { Leftovers } from './leftovers.ts';

/** What was seen on the host, without a word on what it means. Sizes in bytes. */
export type Findings = {
  node: { version: string; wanted: string };
  tools: FoundTool[];
  kvm: Kvm;
  apt: { mirrors: string[]; keyrings: string[] };
  cache: { folder: string; writable: boolean; bytes: number; freeBytes: number };
  memory: { totalBytes: number; availableBytes: number };
  cores: number;
  leftovers: Leftovers;
};

export type Kvm = {
  state: 'absent' | 'refused' | 'opens';
  /** What an earlier run learnt by booting a guest. */
  remembered?: Accelerator;
};

export type Accelerator = { kind: 'kvm' | 'tcg'; why: string };
