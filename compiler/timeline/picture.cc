// A timeline drawn: steps from left to right, addresses from bottom to top. See timeline.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/base/html.h"
#include "compiler/base/numbers.h"
#include "compiler/profile/names.h"
#include "compiler/timeline/timeline.h"

namespace thimble::timeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kLeft = 84;
constexpr double kTop = 64;
constexpr double kHeight = 460;
constexpr double kRight = 24;
constexpr double kLabels = 292;  // below: what each step does
constexpr double kLetter = 6.4;  // of 11 pixels, on average
constexpr double kLine = 14;
constexpr std::size_t kLongestLabel = 44;

constexpr const char* kColours[] = {"#a9cbe6", "#f3d18f", "#b5d8b0", "#e3b3ae", "#c9bde0",
                                    "#9fd6d2", "#efb98c", "#d5d795", "#e4b4d1", "#b9c4d0"};

struct Box {
  double left;
  double top;
  double width;
  double height;

  [[nodiscard]] bool meets(const Box& other) const {
    return left < other.left + other.width && other.left < left + width &&
           top < other.top + other.height && other.top < top + height;
  }
};

class Picture {
 public:
  Picture(const Json& plan, const std::string& title) : plan_(plan), title_(title) {
    arena_ = std::max<double>(1, plan.at("arena").get<double>());
    steps_ = static_cast<int>(plan.at("steps").size());
    column_ = std::clamp(1200.0 / (steps_ + 2), 19.0, 90.0);
    width_ = std::max(kLeft + column_ * (steps_ + 2) + kRight, 620.0);
  }

  std::string draw() {
    mark_peak();
    for (std::size_t i = 0; i < plan_.at("tensors").size(); ++i) draw_tensor(i);
    text_ += shared_;
    for (std::size_t i = 0; i < plan_.at("tensors").size(); ++i) draw_moves(plan_["tensors"][i]);
    for (std::size_t i = 0; i < plan_.at("tensors").size(); ++i) label_tensor(i);
    draw_axes();
    label_steps();
    constexpr double kHeightInAll = kTop + kHeight + kLabels;
    return fmt::format(
        "<svg viewBox=\"0 0 {0:.0f} {1:.0f}\" "
        "width=\"{0:.0f}\" height=\"{1:.0f}\" style=\"width:{0:.0f}px;max-width:none\" "
        "font-family=\"'DejaVu Sans',Arial,sans-serif\" font-size=\"11\" fill=\"#1d2733\" "
        "role=\"img\">\n"
        "<title>{2}: memory over time</title>\n"
        "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"#ffffff\"/>\n{3}</svg>\n",
        width_, kHeightInAll, escaped_html(title_), text_);
  }

 private:
  // Steps begin with -1, what is there before.
  [[nodiscard]] double x(double step) const { return kLeft + column_ * (step + 1); }
  [[nodiscard]] double y(double address) const { return kTop + kHeight * (1 - address / arena_); }
  [[nodiscard]] const Json& tensor(int number) const {
    return plan_.at("tensors").at(static_cast<std::size_t>(number));
  }
  [[nodiscard]] const Json* step(int number) const {
    return number < 0 || number >= steps_ ? nullptr
                                          : &plan_.at("steps").at(static_cast<std::size_t>(number));
  }

  void write(double left, double top, std::string_view words, std::string_view attributes = {}) {
    text_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}{}>{}</text>\n", left, top,
                         attributes.empty() ? "" : " ", attributes, escaped_html(words));
  }

  void mark_peak() {
    const int peak = plan_.at("peak").at("step");
    text_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"#fbe3e0\"/>\n",
        x(peak), kTop - 8, column_, kHeight + 8);
    const std::string words =
        fmt::format("peak: {} bytes{}", grouped(plan_.at("arena").get<std::uint64_t>()),
                    peak < 0 ? " before the first step" : fmt::format(" at step {}", peak));
    const bool at_right = x(peak) > width_ / 2;
    write(at_right ? x(peak + 1) : x(peak), kTop - 14, words,
          fmt::format("fill=\"#b03a2e\" font-weight=\"bold\" text-anchor=\"{}\"",
                      at_right ? "end" : "start"));
  }

  // How a step that shares a tensor's memory leaves it: null if it does not.
  [[nodiscard]] const Json* sharing(int number, int tensor, const char* role) const {
    const Json* found = step(number);
    if (found == nullptr || !found->contains("sharing")) return nullptr;
    for (const Json& sharing : found->at("sharing")) {
      if (sharing.at(role) == tensor) return &sharing;
    }
    return nullptr;
  }

  // A tensor's outline: in the step that makes it it grows, in the one that uses it up it shrinks.
  void draw_tensor(std::size_t number) {
    const Json& drawn = plan_.at("tensors")[number];
    const bool is_scratch = drawn.at("use") == "scratch";
    const std::string colour = is_scratch ? "#d9dce0" : kColours[number % std::size(kColours)];
    const double bytes = drawn.at("bytes");
    const std::string name = drawn.at("name");
    const Json& places = drawn.at("places");
    for (std::size_t p = 0; p < places.size(); ++p) {
      const Json& place = places[p];
      const int first = place.at("first_step");
      const int last = place.at("last_step");
      const double offset = place.at("offset");
      // A move takes half of its column from the old place, half from the new one.
      const double begin = p == 0 ? x(first) : x(first + 0.5);
      const double end = p + 1 == places.size() ? x(last + 1) : x(last + 0.5);
      std::string points;
      const auto add = [&](double left, double address) {
        points += fmt::format("{:.1f},{:.1f} ", left, y(address));
      };
      const Json* made = p == 0 ? sharing(first, static_cast<int>(number), "output") : nullptr;
      const Json* used =
          p + 1 == places.size() ? sharing(last, static_cast<int>(number), "input") : nullptr;
      if (made != nullptr && !made->at("progress").empty()) {
        const Json& progress = made->at("progress");
        for (std::size_t i = 0; i < progress.size(); ++i)
          add(x(first) + instant(i, progress), offset + progress[i][1].get<double>());
      } else {
        add(begin, offset + bytes);
      }
      add(end, offset + bytes);
      if (used != nullptr && !used->at("progress").empty()) {
        const Json& progress = used->at("progress");
        for (std::size_t i = progress.size(); i-- > 0;)
          add(x(last) + instant(i, progress), offset + progress[i][0].get<double>());
      } else {
        add(end, offset);
      }
      add(begin, offset);
      text_ += fmt::format(
          "<polygon points=\"{}\" fill=\"{}\" stroke=\"#48535f\" stroke-width=\"0.8\">"
          "<title>{} {}: {} bytes at {}</title></polygon>\n",
          points, colour, number, escaped_html(name), grouped(drawn.at("bytes")),
          grouped(place.at("offset").get<std::uint64_t>()));
      boxes_.push_back(
          {begin, y(offset + bytes), end - begin, std::max(y(offset) - y(offset + bytes), 1.0)});
      numbers_.push_back(number);
      if (used != nullptr && used->at("progress").empty())
        draw_interleaved(*used, last, offset, bytes);
    }
  }

  [[nodiscard]] double instant(std::size_t i, const Json& progress) const {
    return column_ * static_cast<double>(i) / static_cast<double>(progress.size() - 1);
  }

  // Channel by channel, bytes of both lie between each other.
  void draw_interleaved(const Json& shared, int number, double offset, double bytes) {
    const Json& output = tensor(shared.at("output"));
    const double begin = output.at("places")[0].at("offset");
    const double low = std::max(begin, offset);
    const double high = std::min(begin + output.at("bytes").get<double>(), offset + bytes);
    constexpr double kDistance = 5;
    std::string path;
    for (double top = y(high) + kDistance / 2; top < y(low); top += kDistance)
      path += fmt::format("M{:.1f} {:.1f}h{:.1f}", x(number), top, column_);
    shared_ += fmt::format("<path d=\"{}\" stroke=\"#48535f\" stroke-width=\"0.8\"/>\n", path);
  }

  void draw_moves(const Json& moved) {
    const Json& places = moved.at("places");
    const double middle = moved.at("bytes").get<double>() / 2;
    for (std::size_t p = 1; p < places.size(); ++p) {
      const int number = places[p].at("first_step");
      const Json* found = step(number);
      if (found == nullptr || found->at("by") != "move") continue;
      const double from = y(places[p - 1].at("offset").get<double>() + middle);
      const double to = y(places[p].at("offset").get<double>() + middle);
      const double at = x(number + 0.5);
      const double barb = to < from ? 5 : -5;
      text_ += fmt::format(
          "<path d=\"M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {4:.1f}L{0:.1f} {2:.1f}L{5:.1f} {4:.1f}\" "
          "fill=\"none\" stroke=\"#1d2733\" stroke-width=\"1.4\"><title>{6} is moved, {7} "
          "bytes</title></path>\n",
          at, from, to, at - 4, to + barb, at + 4,
          escaped_html(moved.at("name").get<std::string>()), grouped(moved.at("bytes")));
    }
  }

  // Over whatever is drawn there.
  void write_over(double left, double top, std::string_view words, const std::string& more = {}) {
    write(left, top, words,
          "paint-order=\"stroke\" stroke=\"#ffffff\" stroke-opacity=\"0.7\" stroke-width=\"3\"" +
              more);
  }

  // In its box, along it or upwards; where there is no room for a name, its number beside it.
  void label_tensor(std::size_t number) {
    const Json& labelled = plan_.at("tensors")[number];
    const std::string mark = std::to_string(number);
    const std::string whole = fmt::format("{} {}, {}", mark, labelled.at("name").get<std::string>(),
                                          grouped(labelled.at("bytes")));
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      if (numbers_[i] != number) continue;
      const Box& box = boxes_[i];
      const auto room = [](double pixels) {
        return static_cast<std::size_t>(std::max(0.0, (pixels - 8) / kLetter));
      };
      constexpr std::size_t kFew = 10;  // letters; fewer tell nothing
      const bool along = box.height >= kLine && room(box.width) >= std::min(kFew, whole.size());
      const bool upwards = box.width >= kLine && room(box.height) >= std::min(kFew, whole.size());
      if (along &&
          (room(box.width) >= whole.size() || !upwards || room(box.width) >= room(box.height))) {
        write_over(box.left + 4, box.top + box.height / 2 + 4,
                   fitted(whole, mark, labelled, room(box.width)));
      } else if (upwards) {
        const double left = box.left + box.width / 2 + 4;
        const double bottom = box.top + box.height - 4;
        write_over(left, bottom, fitted(whole, mark, labelled, room(box.height)),
                   fmt::format(" transform=\"rotate(-90 {:.1f} {:.1f})\"", left, bottom));
      } else {
        write_beside(box, mark);
      }
    }
  }

  [[nodiscard]] static std::string fitted(const std::string& whole, const std::string& mark,
                                          const Json& labelled, std::size_t letters) {
    if (whole.size() <= letters) return whole;
    const std::size_t rest = letters - std::min(letters, mark.size() + 1);
    return mark + " " + profile::shortened(labelled.at("name"), std::max<std::size_t>(rest, 4));
  }

  // A number over, in or under a box that is too small for a name, where it covers no other tensor.
  void write_beside(const Box& box, const std::string& mark) {
    const double width = kLetter * static_cast<double>(mark.size()) + 2;
    const double left = box.left + std::max(1.0, (box.width - width) / 2);
    for (const double top :
         {box.top + box.height / 2 - kLine / 2, box.top - kLine + 1, box.top + box.height}) {
      const Box label{left, top, width, kLine - 2};
      const bool is_in_it = box.height >= kLine - 2 && top > box.top - 1 &&
                            top + label.height <= box.top + box.height + 1;
      const bool is_free = std::ranges::none_of(
          boxes_, [&](const Box& other) { return &other != &box && other.meets(label); });
      const bool is_over_it = box.meets(label) && !is_in_it;
      if ((is_in_it && box.width >= width) || (is_free && !is_over_it && top >= kTop - kLine)) {
        write(left, top + kLine - 4, mark);
        return;
      }
    }
  }

  void draw_axes() {
    text_ += fmt::format(
        "<path d=\"M{0:.1f} {1:.1f}V{2:.1f}H{3:.1f}\" fill=\"none\" "
        "stroke=\"#66717e\"/>\n",
        kLeft, kTop, kTop + kHeight, x(steps_ + 1));
    const double raw = arena_ / 6;
    double grid = std::pow(2, std::round(std::log2(raw)));
    grid = std::max(grid, 1.0);
    for (double address = 0; address <= arena_ - grid / 3; address += grid) {
      text_ += fmt::format("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"#66717e\"/>\n", kLeft - 4,
                           y(address), kLeft);
      write(kLeft - 8, y(address) + 4, grouped(static_cast<std::uint64_t>(address)),
            "text-anchor=\"end\"");
    }
    draw_level(arena_, "#b03a2e", true);
    const double least = plan_.at("lower_bound");
    if (least < arena_) draw_level(least, "#2e7d32", y(least) - y(arena_) > kLine);
    draw_high_marks();
    write(kLeft, 18, title_, "font-weight=\"bold\" font-size=\"13\"");
    write(kLeft, 34,
          fmt::format("arena {} bytes; every tensor apart {}; lower bound {}; IREE's own {}",
                      grouped(plan_.at("arena")), grouped(plan_.at("apart")),
                      grouped(plan_.at("lower_bound")), grouped(plan_.at("iree"))),
          "fill=\"#66717e\"");
  }

  void draw_level(double address, const char* colour, bool is_labelled) {
    text_ +=
        fmt::format("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"{}\" stroke-dasharray=\"5 3\"/>\n",
                    kLeft, y(address), x(steps_ + 1), colour);
    if (!is_labelled) return;
    write(kLeft - 8, y(address) + 4, grouped(static_cast<std::uint64_t>(address)),
          fmt::format("text-anchor=\"end\" fill=\"{}\" font-weight=\"bold\"", colour));
  }

  void draw_high_marks() {
    std::string path;
    for (int s = 0; s < steps_; ++s) {
      const double high = y(step(s)->at("high").get<double>());
      path += fmt::format("{}{:.1f} {:.1f}H{:.1f}", s == 0 ? "M" : "L", x(s), high, x(s + 1));
    }
    text_ += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#b03a2e\" stroke-width=\"1.6\"/>\n",
                         path);
  }

  void label_steps() {
    const auto label = [&](double number, const std::string& words) {
      const double left = x(number + 0.5) + 4;
      const double top = kTop + kHeight + 8;
      write(left, top, words,
            fmt::format("text-anchor=\"end\" transform=\"rotate(-90 {:.1f} {:.1f})\"", left, top));
    };
    label(-1, "before");
    for (int s = 0; s < steps_; ++s) {
      const Json& labelled = *step(s);
      const bool is_move = labelled.contains("moved");
      const std::string by = labelled.at("by");
      const std::string what =
          by == "microkernel" || by == "generated" ? labelled.at("op") : labelled.at("by");
      const std::string of =
          is_move ? tensor(labelled.at("moved")).at("name") : labelled.at("name");
      const std::string name =
          profile::shortened(of, kLongestLabel - std::min<std::size_t>(what.size() + 5, 30));
      label(s, fmt::format("{} {} {}", s, what, name));
    }
    label(steps_, "after");
  }

  const Json& plan_;
  const std::string& title_;
  double arena_ = 1;
  int steps_ = 0;
  double column_ = 0;
  double width_ = 0;
  std::string text_;
  std::vector<Box> boxes_;            // of places
  std::vector<std::size_t> numbers_;  // whose they are
  std::string shared_;                // stripes over what two tensors have channel by channel
};

}  // namespace

std::string to_svg(const Json& plan, const std::string& title) {
  return Picture(plan, title).draw();
}

std::string to_svg_file(const Json& plan, const std::string& title) {
  const std::string picture = to_svg(plan, title);
  constexpr std::string_view kStart = "<svg";
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\"{}", picture.substr(kStart.size()));
}

}  // namespace thimble::timeline
