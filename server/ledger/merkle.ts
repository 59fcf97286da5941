import { createHash } from 'node:crypto';

// The tree of RFC 6962: leaves and nodes are hashed with different first bytes, so that neither passes for the other.

const OF_LEAF = Buffer.of(0);
const OF_NODE = Buffer.of(1);
/** Bytes of a hash. */
export const LEAF = 32;

export function leafHash(row: string): Buffer {
  return createHash('sha256').update(OF_LEAF).update(row).digest();
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(OF_NODE).update(left).update(right).digest();
}

/** The root over at least one leaf. */
export function rootOf(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  const middle = splitOf(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)));
}

/** One step from a leaf to the root: the neighbour's hash, and on which side it stands. */
export interface Step {
  side: 'left' | 'right';
  hash: string;
}

/** The neighbours by which leaf `index` leads to the root. */
export function pathOf(leaves: Buffer[], index: number): Step[] {
  if (leaves.length === 1) return [];
  const middle = splitOf(leaves.length);
  return index < middle
    ? [
        ...pathOf(leaves.slice(0, middle), index),
        { side: 'right', hash: rootOf(leaves.slice(middle)).toString('hex') },
      ]
    : [
        ...pathOf(leaves.slice(middle), index - middle),
        { side: 'left', hash: rootOf(leaves.slice(0, middle)).toString('hex') },
      ];
}

/** The root that a leaf and its path give. */
export function rootFrom(leaf: Buffer, path: Step[]): Buffer {
  return path.reduce((hash, step) => {
    const neighbour = Buffer.from(step.hash, 'hex');
    return step.side === 'left' ? nodeHash(neighbour, hash) : nodeHash(hash, neighbour);
  }, leaf);
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}
