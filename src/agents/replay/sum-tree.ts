/** @file A binary tree of sums: drawing an index in proportion to its weight, and changing a weight, take log2(n) steps. */

export class SumTree {
  private readonly leaves: number;
  /** Node i has the children 2 i and 2 i + 1; the leaves are the second half. */
  private readonly sums: Float64Array;

  /** @param size number of weights, all 0 at first */
  constructor(size: number) {
    this.leaves = 2 ** Math.ceil(Math.log2(Math.max(2, size)));
    this.sums = new Float64Array(2 * this.leaves);
  }

  get total(): number {
    return this.sums[1];
  }

  get(index: number): number {
    return this.sums[this.leaves + index];
  }

  set(index: number, weight: number): void {
    const { sums } = this;
    let node = this.leaves + index;
    sums[node] = weight;
    // Sums are computed anew, not by differences, so that no error builds up.
    for (node >>= 1; node >= 1; node >>= 1) sums[node] = sums[2 * node] + sums[2 * node + 1];
  }

  /** The index whose share of [0, total) holds `at`. */
  find(at: number): number {
    const { sums, leaves } = this;
    let node = 1;
    while (node < leaves) {
      node *= 2;
      // A share of 0 is never entered, whatever rounding has made of `at`.
      if (at >= sums[node] && sums[node + 1] > 0) at -= sums[node++];
    }
    return node - leaves;
  }
}
