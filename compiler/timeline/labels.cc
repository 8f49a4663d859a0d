// Names of tensors in a timeline's picture: see shapes.h.
#include <vector>

#include "compiler/base/numbers.h"
#include "compiler/profile/names.h"
#include "compiler/timeline/shapes.h"

namespace thimble::timeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kLetter = 6.4;  // of 11 pixels, on average
constexpr double kLine = 14;
constexpr std::size_t kFew = 10;  // letters of a name: fewer tell nothing

struct Box {
  double left;
  double top;
  double width;
  double height;
  std::size_t tensor = 0;

  [[nodiscard]] bool meets(const Box& other) const {
    return left < other.left + other.width && other.left < left + width &&
           top < other.top + other.height && other.top < top + height;
  }
};

std::string bytes_of(const Json& tensor) {
  const auto bytes = tensor.at("bytes").get<std::uint64_t>();
  const auto whole = tensor.at("whole").get<std::uint64_t>();
  return whole == bytes ? grouped(bytes) : fmt::format("{} of {}", grouped(bytes), grouped(whole));
}

std::size_t letters_in(double pixels) {
  return static_cast<std::size_t>(std::max(0.0, (pixels - 8) / kLetter));
}

class Labels {
 public:
  Labels(const Json& plan, const Scale& scale) : plan_(plan) {
    const Json& tensors = plan.at("tensors");
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      for (const Json& place : tensors[i].at("places")) {
        const double left = scale.x(place.at("first_step").get<int>());
        const double offset = place.at("offset");
        const double top = scale.y(offset + tensors[i].at("bytes").get<double>());
        boxes_.push_back({left, top, scale.x(place.at("last_step").get<int>() + 1) - left,
                          std::max(scale.y(offset) - top, 1.0), i});
      }
    }
  }

  std::string write() {
    for (const Box& box : boxes_) label(box);
    return std::move(text_);
  }

 private:
  // Along its box or upwards; where there is no room for a name, its number.
  void label(const Box& box) {
    const Json& tensor = plan_.at("tensors")[box.tensor];
    const std::string whole = fmt::format("{} {}, {}", box.tensor,
                                          tensor.at("name").get<std::string>(), bytes_of(tensor));
    const std::size_t along = box.height >= kLine ? letters_in(box.width) : 0;
    const std::size_t upwards = box.width >= kLine ? letters_in(box.height) : 0;
    const std::size_t least = std::min(kFew, whole.size());
    if (along >= least && (along >= whole.size() || along >= upwards)) {
      write_over(box.left + 4, box.top + box.height / 2 + 4, fitted(whole, box.tensor, along), {});
    } else if (upwards >= least) {
      const double left = box.left + box.width / 2 + 4;
      const double bottom = box.top + box.height - 4;
      write_over(left, bottom, fitted(whole, box.tensor, upwards),
                 fmt::format(" transform=\"rotate(-90 {:.1f} {:.1f})\"", left, bottom));
    } else {
      write_beside(box);
    }
  }

  [[nodiscard]] std::string fitted(const std::string& whole, std::size_t tensor,
                                   std::size_t letters) const {
    if (whole.size() <= letters) return whole;
    const std::string number = std::to_string(tensor);
    const std::size_t rest = letters - std::min(letters, number.size() + 1);
    return number + " " +
           profile::shortened(plan_.at("tensors")[tensor].at("name"),
                              std::max<std::size_t>(rest, 4));
  }

  // Readable over whatever is drawn there.
  void write_over(double left, double top, std::string_view words, const std::string& more) {
    text_ += text_at(
        left, top, words,
        R"(paint-order="stroke" stroke="#ffffff" stroke-opacity="0.7" stroke-width="3")" + more);
  }

  // In a box that is too small for a name, over it or under it, where no other tensor is.
  void write_beside(const Box& box) {
    const std::string number = std::to_string(box.tensor);
    const double width = kLetter * static_cast<double>(number.size()) + 2;
    const double left = box.left + std::max(1.0, (box.width - width) / 2);
    const auto write = [&](double top) { text_ += text_at(left, top + kLine - 4, number); };
    if (box.height >= kLine - 2 && box.width >= width)
      return write(box.top + box.height / 2 - kLine / 2);
    for (const double top : {box.top - kLine + 1, box.top + box.height}) {
      const Box label{left, top, width, kLine - 2};
      const bool is_free = std::ranges::none_of(
          boxes_, [&](const Box& other) { return &other != &box && other.meets(label); });
      if (is_free && top >= Scale::kTop - kLine) return write(top);
    }
  }

  const Json& plan_;
  std::vector<Box> boxes_;
  std::string text_;
};

}  // namespace

std::string label_tensors(const Json& plan, const Scale& scale) {
  return Labels(plan, scale).write();
}

}  // namespace thimble::timeline
