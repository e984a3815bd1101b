import type { Context, Json } from '@pinbench/host';
import type { TreeInResult } from '@pinbench/model';

/** The files of a tree as they were when it was looked at. */
export type Snapshot = {
  /** By content: the same for two trees that hold the same files. */
  key: Json;
  /**
   * Lays the files out in an empty folder of ours: all, or those at and below some paths. A path that is not in the
   * tree is passed over.
   * @throws RequestError when the tree has lost files, or was changed since it was looked at.
   */
  lay: (context: Context, folder: string, paths?: readonly string[]) => Promise<void>;
};

/** What a tree turned out to be. `identity` names its content for a person. */
export type Taken = { tree: TreeInResult; snapshot: Snapshot; identity: string };
