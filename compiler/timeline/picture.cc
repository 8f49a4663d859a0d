// A timeline drawn: steps from left to right, addresses from bottom to top. See timeline.h.
#include <cmath>

#include "compiler/base/numbers.h"
#include "compiler/profile/names.h"
#include "compiler/timeline/shapes.h"
#include "compiler/timeline/timeline.h"

namespace thimble::timeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kLabels = 292;  // pixels below, for what each step does
constexpr std::size_t kLongestLabel = 44;
constexpr double kLine = 14;
constexpr const char* kPeakColour = "#b03a2e";

class Picture {
 public:
  Picture(const Json& plan, const std::string& title) : plan_(plan), title_(title), scale_(plan) {}

  std::string draw() {
    mark_streams();
    mark_peak();
    text_ += draw_tensors(plan_, scale_);
    text_ += label_tensors(plan_, scale_);
    draw_axes();
    draw_high_marks();
    label_steps();
    return fmt::format(
        "<svg viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
        "style=\"width:{0:.0f}px;max-width:none\" font-family=\"'DejaVu Sans',Arial,sans-serif\" "
        "font-size=\"11\" fill=\"#1d2733\" role=\"img\">\n<title>{2}: memory over time</title>\n"
        "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"#ffffff\"/>\n{3}</svg>\n",
        scale_.width(), kBottom + kLabels, escaped_html(title_), text_);
  }

 private:
  static constexpr double kBottom = Scale::kTop + Scale::kHeight;

  [[nodiscard]] const Json& step(int number) const {
    return plan_.at("steps").at(static_cast<std::size_t>(number));
  }
  [[nodiscard]] std::string bytes(const char* key) const {
    return grouped(plan_.at(key).get<std::uint64_t>());
  }

  void fill_column(int number, double above, const char* colour) {
    text_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n",
        scale_.x(number), Scale::kTop - above, scale_.column, Scale::kHeight + above, colour);
  }

  // Steps that run as one.
  void mark_streams() {
    for (int s = 0; s < scale_.steps; ++s) {
      if (step(s).contains("stream")) fill_column(s, 0, "#eaeff4");
    }
  }

  void mark_peak() {
    const int peak = plan_.at("peak").at("step");
    fill_column(peak, 8, "#fbe3e0");
    const bool at_right = scale_.x(peak) > scale_.width() / 2;
    text_ +=
        text_at(scale_.x(at_right ? peak + 1 : peak), Scale::kTop - 14,
                fmt::format("peak: {} bytes{}", bytes("arena"),
                            peak < 0 ? " before the first step" : fmt::format(" at step {}", peak)),
                fmt::format("fill=\"{}\" font-weight=\"bold\" text-anchor=\"{}\"", kPeakColour,
                            at_right ? "end" : "start"));
  }

  void draw_axes() {
    text_ += fmt::format(
        "<path d=\"M{0:.1f} {1:.1f}V{2:.1f}H{3:.1f}\" fill=\"none\" stroke=\"#66717e\"/>\n",
        Scale::kLeft, Scale::kTop, kBottom, scale_.x(scale_.steps + 1));
    const double arena = scale_.arena;
    const double grid = std::max(1.0, std::pow(2, std::round(std::log2(arena / 6))));
    for (double address = 0; address <= arena - grid / 3; address += grid) {
      text_ += fmt::format("<path d=\"M{:.1f} {:.1f}h4\" stroke=\"#66717e\"/>\n", Scale::kLeft - 4,
                           scale_.y(address));
      text_ += text_at(Scale::kLeft - 8, scale_.y(address) + 4,
                       grouped(static_cast<std::uint64_t>(address)), "text-anchor=\"end\"");
    }
    draw_level(arena, kPeakColour, true);
    const double least = plan_.at("lower_bound");
    if (least < arena) draw_level(least, "#2e7d32", scale_.y(least) - scale_.y(arena) > kLine);
    text_ += text_at(Scale::kLeft, 18, title_, "font-weight=\"bold\" font-size=\"13\"");
    text_ += text_at(Scale::kLeft, 34,
                     fmt::format("arena {} bytes; lower bound {}; layer after layer {}; every "
                                 "tensor apart {}; IREE's own {}",
                                 bytes("arena"), bytes("lower_bound"), bytes("unstreamed"),
                                 bytes("apart"), bytes("iree")),
                     "fill=\"#66717e\"");
  }

  void draw_level(double address, const char* colour, bool is_labelled) {
    text_ +=
        fmt::format("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"{}\" stroke-dasharray=\"5 3\"/>\n",
                    Scale::kLeft, scale_.y(address), scale_.x(scale_.steps + 1), colour);
    if (!is_labelled) return;
    text_ += text_at(Scale::kLeft - 8, scale_.y(address) + 4,
                     grouped(static_cast<std::uint64_t>(address)),
                     fmt::format("text-anchor=\"end\" fill=\"{}\" font-weight=\"bold\"", colour));
  }

  void draw_high_marks() {
    std::string path;
    for (int s = 0; s < scale_.steps; ++s) {
      path += fmt::format("{}{:.1f} {:.1f}H{:.1f}", s == 0 ? "M" : "L", scale_.x(s),
                          scale_.y(step(s).at("high").get<double>()), scale_.x(s + 1));
    }
    text_ += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"/>\n",
                         path, kPeakColour);
  }

  void label_step(int number, const std::string& words) {
    const double left = scale_.x(number + 0.5) + 4;
    const double top = kBottom + 8;
    text_ += text_at(
        left, top, words,
        fmt::format("text-anchor=\"end\" transform=\"rotate(-90 {:.1f} {:.1f})\"", left, top));
  }

  void label_steps() {
    label_step(-1, "before");
    for (int s = 0; s < scale_.steps; ++s) {
      const Json& labelled = step(s);
      const std::string by = labelled.at("by");
      const bool is_layer = by == "microkernel" || by == "generated";
      std::string what = is_layer ? labelled.at("op").get<std::string>() : by;
      if (labelled.contains("rows"))
        what += fmt::format(" by {} rows", labelled.at("rows").get<int>());
      const Json& named = labelled.contains("moved")
                              ? plan_.at("tensors").at(labelled.at("moved").get<std::size_t>())
                              : labelled;
      const std::size_t room = kLongestLabel - std::min<std::size_t>(what.size() + 5, 30);
      label_step(s, fmt::format("{} {} {}", s, what,
                                profile::shortened(named.at("name").get<std::string>(), room)));
    }
    label_step(scale_.steps, "after");
  }

  const Json& plan_;
  const std::string& title_;
  Scale scale_;
  std::string text_;
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
