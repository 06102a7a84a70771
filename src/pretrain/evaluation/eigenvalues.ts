/**
 * @file Eigenvalues of a symmetric matrix: Householder reduction to tridiagonal form, then the implicit QL
 * iteration, both without vectors (Wilkinson and Reinsch 1971). 512 x 512 takes a fraction of a second.
 */

/**
 * All eigenvalues of a symmetric matrix, largest first.
 * @param matrix row-major [n, n]; only its lower triangle is read
 * @throws RangeError when the matrix is not finite, as no iteration would end.
 */
export function symmetricEigenvalues(matrix: ArrayLike<number>, n: number): Float64Array {
  const a = Float64Array.from(matrix);
  if (a.some((value) => !Number.isFinite(value)))
    throw new RangeError('Eigenvalues of a matrix that is not finite.');
  const { diagonal, offDiagonal } = tridiagonalise(a, n);
  implicitQl(diagonal, offDiagonal);
  return diagonal.sort().reverse();
}

/** Reflects one row after the other, from the last, onto its neighbour of the diagonal; overwrites `a`. */
function tridiagonalise(a: Float64Array, n: number) {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n); // offDiagonal[i] joins i - 1 and i
  const p = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const row = a.subarray(i * n, i * n + i);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    diagonal[i] = a[i * n + i];
    offDiagonal[i] = row[i - 1] > 0 ? -norm : norm;
    if (norm === 0) continue;
    // v = row - offDiagonal e; A <- A - v q' - q v' with q = p - K v, p = A v / h, K = v'p / 2h, h = v'v / 2.
    row[i - 1] -= offDiagonal[i];
    const h = -offDiagonal[i] * row[i - 1];
    p.fill(0, 0, i);
    for (let j = 0; j < i; j++) {
      let sum = a[j * n + j] * row[j];
      for (let k = 0; k < j; k++) {
        sum += a[j * n + k] * row[k];
        p[k] += a[j * n + k] * row[j];
      }
      p[j] += sum;
    }
    let dot = 0;
    for (let j = 0; j < i; j++) dot += (p[j] /= h) * row[j];
    for (let j = 0; j < i; j++) p[j] -= (dot / (2 * h)) * row[j];
    for (let j = 0; j < i; j++) {
      for (let k = 0; k <= j; k++) a[j * n + k] -= row[j] * p[k] + p[j] * row[k];
    }
  }
  diagonal[0] = a[0];
  return { diagonal, offDiagonal };
}

/** Rotates a tridiagonal matrix to its eigenvalues, in place of `d`; `e` is consumed. */
function implicitQl(d: Float64Array, e: Float64Array): void {
  const n = d.length;
  e.copyWithin(0, 1); // now e[i] joins i and i + 1
  e[n - 1] = 0;
  for (let l = 0; l < n; l++) {
    for (;;) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      const half = (d[l + 1] - d[l]) / (2 * e[l]);
      let g = d[m] - d[l] + e[l] / (half + Math.sign(half || 1) * Math.hypot(half, 1)); // Wilkinson's shift
      let [sine, cosine, shifted] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const f = sine * e[i];
        const b = cosine * e[i];
        const radius = Math.hypot(f, g);
        e[i + 1] = radius;
        if (radius === 0) {
          d[i + 1] -= shifted;
          e[m] = 0;
          break;
        }
        sine = f / radius;
        cosine = g / radius;
        g = d[i + 1] - shifted;
        const r = (d[i] - g) * sine + 2 * cosine * b;
        shifted = sine * r;
        d[i + 1] = g + shifted;
        g = cosine * r - b;
      }
      if (i >= l) continue;
      d[l] -= shifted;
      e[l] = g;
      e[m] = 0;
    }
  }
}
