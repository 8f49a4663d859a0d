// Rows of one channel of a tensor as words of two pixels, for depthwise convolutions. Internal to
// microkernels.
#pragma once

#include <cstdint>

#include "microkernels/depthwise_conv2d.h"

namespace thimble::microkernels {

/// One channel of the input: the rows that the windows of a row cover, in lines of words.
class PackedLines {
 public:
  PackedLines(const Window& window, std::uint32_t* scratch)
      : window_(window),
        count_(depthwise_packed_lines(window)),
        words_(depthwise_packed_words(window)),
        half_((window.output_width + 1) / 2 * window.stride_x),
        lines_(scratch),
        segments_end_(find_segments()) {}

  void begin(const std::int8_t* channel) {
    channel_ = channel;
    read_ = 0;
  }

  [[nodiscard]] const std::uint32_t* line(int y) const { return lines_ + y % count_ * words_; }
  [[nodiscard]] const std::uint32_t* end() const { return lines_ + count_ * words_; }
  [[nodiscard]] int words() const { return words_; }

  // Makes sure that rows `first` to `last` of the input are in their lines.
  void read(int first, int last) {
    const int row = window_.input_width * window_.input_channels;
    for (int y = first > read_ ? first : read_; y <= last; ++y) {
      fill(lines_ + y % count_ * words_,
           channel_ + y * row - window_.pad_left * window_.input_channels);
      read_ = y + 1;
    }
  }

 private:
  // Words of a line whose pixels are read alike: each from the row, column after column, or all of
  // them from the border.
  struct Segment {
    int words;
    int lower;  // of the first one: bytes from where the first window begins
    int upper;
    int lower_step;  // 0: the border
    int upper_step;
  };
  static constexpr int kMostSegments = 5;  // the two pixels come to either border in turn

  [[nodiscard]] bool is_inside(int x) const {
    return x >= window_.pad_left && x < window_.pad_left + window_.input_width;
  }

  // Columns are counted from where the first window begins. Returns the end.
  Segment* find_segments() {
    const int channels = window_.input_channels;
    Segment* segment = segments_;
    for (int x = 0; x < words_; ++x) {
      const int lower_step = is_inside(x) ? channels : 0;
      const int upper_step = is_inside(x + half_) ? channels : 0;
      if (x == 0 || segment->lower_step != lower_step || segment->upper_step != upper_step) {
        if (x != 0) ++segment;
        *segment = {0, x * channels, (x + half_) * channels, lower_step, upper_step};
      }
      ++segment->words;
    }
    return segment + 1;
  }

  void fill(std::uint32_t* to, const std::int8_t* pixels) const {
    for (const Segment* segment = segments_; segment != segments_end_; ++segment) {
      const std::int8_t* const border = &window_.input_zero_point;
      const std::int8_t* lower = segment->lower_step != 0 ? pixels + segment->lower : border;
      const std::int8_t* upper = segment->upper_step != 0 ? pixels + segment->upper : border;
      const int lower_step = segment->lower_step;
      const int upper_step = segment->upper_step;
      const std::uint32_t* const end = to + segment->words;
#pragma clang loop unroll(disable)
      while (to != end) {
        const auto word = static_cast<std::uint32_t>(*upper);
        *to++ = (word << 16U) + static_cast<std::uint32_t>(*lower);
        lower += lower_step;
        upper += upper_step;
      }
    }
  }

  const Window& window_;
  int count_;
  int words_;
  int half_;  // columns from one pixel of a word to the other
  std::uint32_t* lines_;
  Segment segments_[kMostSegments];
  Segment* segments_end_;
  const std::int8_t* channel_ = nullptr;
  int read_ = 0;  // the first row that no line has had yet
};

}  // namespace thimble::microkernels
