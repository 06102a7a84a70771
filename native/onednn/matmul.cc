// Matrix products: oneDNN where it has a fast kernel for the operands as they lie in memory, our own tiles elsewhere.
//
// oneDNN falls back to its `gemm:jit` for some layouts and to reference code for tiny sizes; the former is not safe
// against signals that arrive on the thread, the latter is slow. A product of matrices is a 1x1 convolution of 1x1
// images, so those cases are the convolutions' core.
#include "matmul.h"

#include <array>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "direct.h"

namespace {

using dnnl::memory;

struct Product {
  bool usable = false;
  dnnl::matmul primitive;
  memory a, b, c;
};

dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

std::unique_ptr<Product> makeProduct(int batch, int m, int n, int k, bool transposeA, bool transposeB, size_t batchStrideA,
                                     size_t batchStrideB) {
  auto product = std::make_unique<Product>();
  // A broadcast operand has a batch of one.
  auto desc = [&](int rows, int cols, bool transposed, size_t batchStride) {
    const memory::dim count = batchStride == 0 ? 1 : batch, stride = count == 1 ? memory::dim(rows) * cols : memory::dim(batchStride);
    const memory::dims strides = transposed ? memory::dims{stride, 1, rows} : memory::dims{stride, cols, 1};
    return memory::desc({count, rows, cols}, memory::data_type::f32, strides);
  };
  const auto a = desc(m, k, transposeA, batchStrideA), b = desc(k, n, transposeB, batchStrideB),
             c = desc(m, n, false, batch == 1 ? 0 : size_t(m) * n);
  try {
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::matmul::primitive_desc chosen(cpu(), a, b, c);
#else
    const dnnl::matmul::primitive_desc chosen(dnnl::matmul::desc(a, b, c), cpu());
#endif
    const std::string kernel = chosen.impl_info_str();
    product->usable = kernel.find("gemm") == std::string::npos && kernel.find("ref") == std::string::npos;
    if (product->usable) {
      product->primitive = dnnl::matmul(chosen);
      product->a = memory(a, cpu(), nullptr);
      product->b = memory(b, cpu(), nullptr);
      product->c = memory(c, cpu(), nullptr);
    }
  } catch (const dnnl::error&) {
    product->usable = false;  // this build of oneDNN has no kernel for these operands
  }
  return product;
}

bool onednnMatmul(int batch, int m, int n, int k, bool transposeA, bool transposeB, const float* a, size_t batchStrideA,
                  const float* b, size_t batchStrideB, float* c) {
  if (m < 16 || n < 16 || k < 16) return false;
  thread_local std::map<std::array<size_t, 8>, std::unique_ptr<Product>> products;
  thread_local dnnl::stream stream(cpu());
  auto& product = products[{size_t(batch), size_t(m), size_t(n), size_t(k), transposeA, transposeB, batchStrideA, batchStrideB}];
  if (!product) product = makeProduct(batch, m, n, k, transposeA, transposeB, batchStrideA, batchStrideB);
  if (!product->usable) return false;
  product->a.set_data_handle(const_cast<float*>(a));
  product->b.set_data_handle(const_cast<float*>(b));
  product->c.set_data_handle(c);
  product->primitive.execute(stream, {{DNNL_ARG_SRC, product->a}, {DNNL_ARG_WEIGHTS, product->b}, {DNNL_ARG_DST, product->c}});
  stream.wait();
  return true;
}

}  // namespace

void matmul(int batch, int m, int n, int k, bool transposeA, bool transposeB, const float* a, size_t batchStrideA,
            const float* b, size_t batchStrideB, float* c) {
  if (onednnMatmul(batch, m, n, k, transposeA, transposeB, a, batchStrideA, b, batchStrideB, c)) return;
  std::vector<float> turned;
  for (int i = 0; i < batch; i++, a += batchStrideA, b += batchStrideB, c += size_t(m) * n) {
    const float* right = b;
    if (transposeA && transposeB) {
      turned.resize(size_t(k) * n);
      for (int row = 0; row < k; row++) {
        for (int column = 0; column < n; column++) turned[size_t(row) * n + column] = b[size_t(column) * k + row];
      }
      right = turned.data();
    }
    if (transposeA) {
      directBackwardFilter({k, 1, 1, m, 1, 1, n, 1, 1, 0, 0, 1, 1, 1, 1}, a, right, c);
    } else if (transposeB) {
      directBackwardData({m, 1, 1, n, 1, 1, k, 1, 1, 0, 0, 1, 1, 1, 1}, a, b, c);
    } else {
      directForward({m, 1, 1, k, 1, 1, n, 1, 1, 0, 0, 1, 1, 1, 1}, a, b, c);
    }
  }
}
