// See encode_conv2d.h.
#include "compiler/offload/encode_conv2d.h"

#include <fmt/format.h>

#include "compiler/offload/bytes.h"
#include "compiler/offload/runs.h"
#include "compiler/offload/window.h"

namespace thimble::offload {
namespace {

constexpr std::size_t kGroup = microkernels::kChannelGroup;

void append(std::vector<std::uint8_t>& to, const std::vector<std::uint8_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// Groups of four channels, then pairs.
void encode_packed(const Convolution& layer, EncodedConv2d& encoded) {
  encoded.symbol = "thimble_conv2d_packed";
  const std::size_t outputs = layer.window.output_channels;
  for (std::size_t first = 0; first < outputs;) {
    const std::size_t count =
        std::min<std::size_t>(outputs - first >= kGroup ? kGroup : 2, outputs - first);
    std::vector<ChannelWeights> channels;
    for (std::size_t c = first; c < first + count; ++c)
      channels.push_back(ChannelWeights(layer.weights).subspan(c * layer.taps(), layer.taps()));
    append(encoded.runs, run_lengths(channels));
    encoded.runs.push_back(0);
    append(encoded.weights, bytes_of(packed(channels)));
    first += count;
  }
  if (outputs % 2 != 0) encoded.requantization.biases.push_back(0);
}

}  // namespace

EncodedConv2d encode_conv2d(const Convolution& layer, Goal /*goal*/) {
  EncodedConv2d encoded;
  encoded.requantization = plan_requantization(layer.channel_scales(), layer.rescale.output);
  if (encoded.requantization.form == microkernels::RequantizationForm::kReference) {
    encoded.symbol = "thimble_conv2d_reference";
    encoded.weights = bytes_of(layer.weights);
  } else {
    encode_packed(layer, encoded);
  }
  return encoded;
}

Layer conv2d_layer(const Convolution& layer, Goal goal) {
  EncodedConv2d encoded = encode_conv2d(layer, goal);
  Layer result;
  result.symbol = encoded.symbol;
  result.header = "microkernels/conv2d.h";
  result.descriptor =
      fmt::format("Conv2d{{{}, {}, $0, $1}}", window_text(layer.window),
                  requantization_text(encoded.requantization, layer.rescale.output, "$2", "$3"));
  result.constants = {std::move(encoded.weights), std::move(encoded.runs),
                      bytes_of(encoded.requantization.biases), encoded.requantization.scales};
  result.rows = layer.window.output_height;
  result.scratch_bytes = microkernels::conv2d_scratch_bytes(layer.window);
  result.forms = encoded.requantization.forms;
  return result;
}

}  // namespace thimble::offload
