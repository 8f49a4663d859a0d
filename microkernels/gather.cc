// See gather.h.
#include "microkernels/gather.h"

namespace thimble::microkernels {
namespace {

using Word [[gnu::may_alias]] = std::uint32_t;

bool are_words(const std::int8_t* to, const std::int8_t* from, int count) {
  const auto bits = reinterpret_cast<std::uintptr_t>(to) | reinterpret_cast<std::uintptr_t>(from) |
                    static_cast<std::uintptr_t>(count);
  return bits % sizeof(Word) == 0;
}

// Pieces are short: calling memcpy would cost as much as copying. Returns the end of what was
// written.
std::int8_t* copy(std::int8_t* to, const std::int8_t* from, int count) {
  if (are_words(to, from, count)) {
    const std::int8_t* const end = to + count;
#pragma clang loop unroll_count(4)
    for (; to != end; to += sizeof(Word), from += sizeof(Word))
      *reinterpret_cast<Word*>(to) = *reinterpret_cast<const Word*>(from);
    return to;
  }
  for (; count >= 4; count -= 4, to += 4, from += 4) {
    const std::int8_t a = from[0];
    const std::int8_t b = from[1];
    const std::int8_t c = from[2];
    const std::int8_t d = from[3];
    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
  }
#pragma clang loop unroll(disable)
  for (; count > 0; --count) *to++ = *from++;
  return to;
}

std::int8_t* fill(std::int8_t* to, std::int8_t value, int count) {
#pragma clang loop unroll(disable)
  for (; count > 0; --count) *to++ = value;
  return to;
}

}  // namespace

void gather(const Window& window, const std::int8_t* input, int row, int column,
            std::int8_t* patch) {
  const int depth = window.input_channels;
  const int line = window.kernel_width * depth;
  const int pitch = window.input_width * depth;
  const int left = column * window.stride_x - window.pad_left;
  int y = row * window.stride_y - window.pad_top;
  const bool is_line =
      window.dilation_x == 1 && left >= 0 && left + window.kernel_width <= window.input_width;
  const std::int8_t* from = input + y * pitch + left * depth;
  for (int ky = 0; ky < window.kernel_height;
       ++ky, y += window.dilation_y, from += window.dilation_y * pitch) {
    if (y < 0 || y >= window.input_height) {
      patch = fill(patch, window.input_zero_point, line);
    } else if (is_line) {
      patch = copy(patch, from, line);
    } else {
      int x = left;
      for (int kx = 0; kx < window.kernel_width; ++kx, x += window.dilation_x) {
        patch = x >= 0 && x < window.input_width ? copy(patch, input + y * pitch + x * depth, depth)
                                                 : fill(patch, window.input_zero_point, depth);
      }
    }
  }
}

WindowReader::WindowReader(const Window& window, std::byte* const* buffers, int first_row,
                           bool in_place)
    : window_(window),
      input_(reinterpret_cast<const std::int8_t*>(buffers[0])),
      scratch_(reinterpret_cast<std::int8_t*>(buffers[2])),
      in_place_(in_place),
      pitch_((window.kernel_height * window.kernel_width * window.input_channels + 3) / 4 * 4),
      step_(window.stride_x * window.input_channels),
      here_{first_row, 0,
            input_ + ((first_row * window.stride_y - window.pad_top) * window.input_width -
                      window.pad_left) *
                         window.input_channels} {}

bool WindowReader::is_inside() const {
  const int top = here_.row * window_.stride_y - window_.pad_top;
  const int left = here_.column * window_.stride_x - window_.pad_left;
  return top >= 0 && left >= 0 &&
         top + (window_.kernel_height - 1) * window_.dilation_y < window_.input_height &&
         left + window_.kernel_width <= window_.input_width;
}

void WindowReader::advance() {
  if (++here_.column < window_.output_width) return;
  here_.column = 0;
  ++here_.row;
  here_.line += window_.stride_y * window_.input_width * window_.input_channels;
}

bool WindowReader::next(int count, const std::int8_t** pixels) {
  const Position start = here_;
  bool in_place = in_place_;
  for (int p = 0; p < count && in_place; ++p, advance()) {
    in_place = is_inside();
    pixels[p] = here_.line + here_.column * step_;
  }
  if (in_place) return true;
  here_ = start;
  for (int p = 0; p < count; ++p, advance()) {
    pixels[p] = scratch_ + p * pitch_;
    gather(window_, input_, here_.row, here_.column, scratch_ + p * pitch_);
  }
  return false;
}

}  // namespace thimble::microkernels
