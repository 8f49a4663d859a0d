// See shapes.h.
#include "compiler/timeline/shapes.h"

#include <array>
#include <ranges>
#include <vector>

#include "compiler/base/numbers.h"

namespace thimble::timeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kColours[] = {"#a9cbe6", "#f3d18f", "#b5d8b0", "#e3b3ae", "#c9bde0",
                                    "#9fd6d2", "#efb98c", "#d5d795", "#e4b4d1", "#b9c4d0"};
constexpr const char* kScratchColour = "#d9dce0";

class Shapes {
 public:
  Shapes(const Json& plan, const Scale& scale) : plan_(plan), scale_(scale) {}

  std::string draw() {
    const Json& tensors = plan_.at("tensors");
    for (std::size_t i = 0; i < tensors.size(); ++i) draw_tensor(i);
    for (int s = 0; s < scale_.steps; ++s) draw_stripes(s);
    for (const Json& tensor : tensors) draw_moves(tensor);
    return std::move(text_);
  }

 private:
  [[nodiscard]] const Json& step(int number) const {
    return plan_.at("steps").at(static_cast<std::size_t>(number));
  }

  // Where it is made it grows, where it is used up it shrinks.
  void draw_tensor(std::size_t number) {
    const Json& tensor = plan_.at("tensors")[number];
    const bool is_scratch = tensor.at("use") == "scratch";
    const Json& places = tensor.at("places");
    for (std::size_t p = 0; p < places.size(); ++p) {
      // A move takes half of its column from the old place, half from the new one.
      const double begin = places[p].at("first_step").get<int>() + (p == 0 ? 0 : 0.5);
      const double end = places[p].at("last_step").get<int>() + (p + 1 == places.size() ? 1 : 0.5);
      text_ += fmt::format(
          "<polygon points=\"{}\" fill=\"{}\" stroke=\"#48535f\" stroke-width=\"0.8\">"
          "<title>{} {}: {} bytes at {}</title></polygon>\n",
          points_of(places[p], begin, end, tensor.at("bytes")),
          is_scratch ? kScratchColour : kColours[number % std::size(kColours)], number,
          escaped_html(tensor.at("name").get<std::string>()),
          grouped(tensor.at("bytes").get<std::uint64_t>()),
          grouped(places[p].at("offset").get<std::uint64_t>()));
    }
  }

  [[nodiscard]] std::string points_of(const Json& place, double begin, double end,
                                      double bytes) const {
    const double offset = place.at("offset");
    std::vector<std::array<double, 3>> instants;  // time, low, high
    for (const Json& instant : place.value("outline", Json::array()))
      instants.push_back({instant[0], instant[1], instant[2]});
    if (instants.empty() || instants.front()[0] > begin)
      instants.insert(instants.begin(), {begin, 0, bytes});
    if (instants.back()[0] < end) {
      if (instants.size() > 1) instants.push_back({instants.back()[0], 0, bytes});
      instants.push_back({end, 0, bytes});
    }
    std::string points;
    for (const auto& [time, low, high] : instants)
      points += fmt::format("{:.1f},{:.1f} ", scale_.x(time), scale_.y(offset + high));
    for (const auto& [time, low, high] : std::views::reverse(instants))
      points += fmt::format("{:.1f},{:.1f} ", scale_.x(time), scale_.y(offset + low));
    return points;
  }

  [[nodiscard]] std::pair<double, double> range(const Json& number, bool is_last) const {
    const Json& tensor = plan_.at("tensors").at(number.get<std::size_t>());
    const Json& places = tensor.at("places");
    const double begin = (is_last ? places.back() : places.front()).at("offset");
    return {begin, begin + tensor.at("bytes").get<double>()};
  }

  // Where a step goes channel by channel, bytes of two tensors lie between each other.
  void draw_stripes(int number) {
    constexpr double kDistance = 5;
    for (const Json& shared : step(number).value("sharing", Json::array())) {
      if (!shared.at("by_channel").get<bool>()) continue;
      const auto input = range(shared.at("input"), true);
      const auto output = range(shared.at("output"), false);
      const double bottom = scale_.y(std::max(input.first, output.first));
      std::string path;
      for (double top = scale_.y(std::min(input.second, output.second)) + kDistance / 2;
           top < bottom; top += kDistance)
        path += fmt::format("M{:.1f} {:.1f}h{:.1f}", scale_.x(number), top, scale_.column);
      text_ += fmt::format("<path d=\"{}\" stroke=\"#48535f\" stroke-width=\"0.8\"/>\n", path);
    }
  }

  void draw_moves(const Json& tensor) {
    const Json& places = tensor.at("places");
    const double middle = tensor.at("bytes").get<double>() / 2;
    for (std::size_t p = 1; p < places.size(); ++p) {
      const int number = places[p].at("first_step");
      if (number < 0 || number >= scale_.steps || step(number).at("by") != "move") continue;
      const double from = scale_.y(places[p - 1].at("offset").get<double>() + middle);
      const double to = scale_.y(places[p].at("offset").get<double>() + middle);
      const double at = scale_.x(number + 0.5);
      const double barb = to < from ? 5 : -5;
      text_ += fmt::format(
          "<path d=\"M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {4:.1f}L{0:.1f} {2:.1f}L{5:.1f} {4:.1f}\" "
          "fill=\"none\" stroke=\"#1d2733\" stroke-width=\"1.4\"><title>{6} is moved</title>"
          "</path>\n",
          at, from, to, at - 4, to + barb, at + 4,
          escaped_html(tensor.at("name").get<std::string>()));
    }
  }

  const Json& plan_;
  const Scale& scale_;
  std::string text_;
};

}  // namespace

std::string draw_tensors(const Json& plan, const Scale& scale) {
  return Shapes(plan, scale).draw();
}

}  // namespace thimble::timeline
