// Channels that can only be removed together, because operations pass them on one by one. Internal
// to offload.
#pragma once

#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "compiler/mlir/operation.h"
#include "compiler/offload/channel_flow.h"

namespace thimble::offload {

/// A channel of a value, by number.
struct Channel {
  const std::string* value = nullptr;
  int number = 0;
};

/// Numbers all channels of all values in a function, and joins them (union-find).
class ChannelClasses {
 public:
  explicit ChannelClasses(const mlir::Block& function) {
    for (const auto& [name, type] : function.arguments) add(name, type);
    for (const mlir::Operation& operation : function.operations) {
      for (std::size_t i = 0; i < operation.results.size(); ++i)
        add(operation.results[i], operation.result_types[i]);
    }
    parents_.resize(channels_.size());
    std::iota(parents_.begin(), parents_.end(), std::size_t{0});
  }

  [[nodiscard]] int count(const std::string& value) const {
    const auto found = extents_.find(value);
    return found == extents_.end() ? 0 : found->second.count;
  }
  [[nodiscard]] std::size_t size() const { return channels_.size(); }
  [[nodiscard]] const Channel& channel(std::size_t index) const { return channels_[index]; }
  [[nodiscard]] std::size_t index(const std::string& value, int channel) const {
    return extents_.at(value).first + static_cast<std::size_t>(channel);
  }
  /// One number for all channels of a class.
  [[nodiscard]] std::size_t class_of(const std::string& value, int channel) {
    return root(index(value, channel));
  }
  [[nodiscard]] std::size_t root(std::size_t index) {
    while (parents_[index] != index) index = parents_[index] = parents_[parents_[index]];
    return index;
  }
  void join(std::size_t a, std::size_t b) { parents_[root(a)] = root(b); }

 private:
  struct Extent {
    std::size_t first = 0;
    int count = 0;
  };

  void add(const std::string& name, const std::string& type) {
    const auto place = extents_.insert({name, {channels_.size(), channel_count(type)}}).first;
    for (int c = 0; c < place->second.count; ++c) channels_.push_back({&place->first, c});
  }

  std::map<std::string, Extent> extents_;
  std::vector<Channel> channels_;
  std::vector<std::size_t> parents_;
};

}  // namespace thimble::offload
