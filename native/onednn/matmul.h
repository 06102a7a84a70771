// Batched row-major matrix products, float32.
#pragma once
#include <cstddef>

// c[b] = op(a[b]) op(b[b]); op(a) is m x k, op(b) k x n. A batch stride of 0 broadcasts that operand.
void matmul(int batch, int m, int n, int k, bool transposeA, bool transposeB, const float* a, size_t batchStrideA,
            const float* b, size_t batchStrideB, float* c);
