// SPDX-License-Identifier: Apache-2.0
#include "landcover/segmentation_head.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"

#include <algorithm>

namespace skyglot {
namespace {

void store(TensorMap& tensors, const std::string& name, const PointwiseLayer& layer) {
  if (layer.weights.rows == 0) return;
  tensors[name + ".weight"] =
      make_tensor(layer.weights.values, {layer.weights.rows, layer.weights.cols, 1, 1});
  tensors[name + ".bias"] = make_tensor(layer.bias, {layer.weights.rows});
}

PointwiseLayer layer_of(const TensorMap& tensors, const std::string& name, std::int64_t depth) {
  const auto weight = tensors.find(name + ".weight");
  if (weight == tensors.end()) return {};
  const auto bias = tensors.find(name + ".bias");
  const std::vector<std::int64_t>& shape = weight->second.shape;
  const bool fits = (shape.size() == 2 || shape.size() == 4) && shape[1] == depth && shape[0] > 0 &&
                    weight->second.element_count() == shape[0] * depth;
  if (!fits || bias == tensors.end() || bias->second.element_count() != shape[0])
    fail(ErrorKind::format, "{}.weight is {}; features of {} values and a bias were expected", name,
         shape_text(shape), depth);
  PointwiseLayer layer{Matrix(shape[0], depth), to_floats(bias->second)};
  layer.weights.values = to_floats(weight->second);
  return layer;
}

}  // namespace

Matrix PointwiseLayer::apply(const Matrix& rows) const {
  Matrix result = inner_products(rows, 0, rows.rows, weights);
  for (std::int64_t i = 0; i < result.rows; ++i)
    std::ranges::transform(result.row(i), bias, result.row(i).begin(), std::plus<>());
  return result;
}

Matrix SegmentationHead::codes(const Matrix& features) const {
  Matrix codes = is_identity() ? features : linear.apply(features);
  if (hidden.weights.rows > 0) {
    Matrix between = hidden.apply(features);
    for (float& value : between.values) value = std::max(value, 0.F);
    const Matrix bent = output.apply(between);
    std::ranges::transform(codes.values, bent.values, codes.values.begin(), std::plus<>());
  }
  normalise_rows(codes);
  return codes;
}

TensorMap head_tensors(const SegmentationHead& head) {
  TensorMap tensors;
  store(tensors, "cluster1.0", head.linear);
  store(tensors, "cluster2.0", head.hidden);
  store(tensors, "cluster2.2", head.output);
  return tensors;
}

SegmentationHead head_of(const TensorMap& tensors, std::int64_t depth) {
  SegmentationHead head{layer_of(tensors, "cluster1.0", depth),
                        layer_of(tensors, "cluster2.0", depth),
                        layer_of(tensors, "cluster2.2", depth)};
  const bool bent = head.hidden.weights.rows > 0;
  if (bent != (head.output.weights.rows > 0) ||
      (bent &&
       (head.hidden.weights.rows != depth || head.output.weights.rows != head.linear.weights.rows)))
    fail(ErrorKind::format, "the layers of the head do not fit one another");
  return head;
}

}  // namespace skyglot
