// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"
#include "page/histogram.hpp"
#include "page/svg.hpp"

#include "train/training_log.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

constexpr SvgSize kSize{720, 360};
constexpr double kLeft = 56;
constexpr double kRight = 704;
constexpr double kTop = 24;
constexpr double kBottom = 312;
constexpr double kSmoothing = 0.95;  // of the exponential mean, a step
constexpr std::size_t kMostPoints = 2000;

constexpr const char* kStyle =
    "<style>svg{font:12px system-ui,sans-serif;background:#fff}.ax{stroke:#444}.gr{stroke:#ddd}"
    ".m{text-anchor:middle}.e{text-anchor:end}.raw{fill:none;stroke:#9bb8d3}"
    ".mean{fill:none;stroke:#0b5394;stroke-width:2}</style>\n";

struct Axes {
  double steps = 1;
  double loss = 1;
  [[nodiscard]] double x(double step) const { return kLeft + step / steps * (kRight - kLeft); }
  [[nodiscard]] double y(double value) const {
    return kBottom - std::clamp(value / loss, 0.0, 1.0) * (kBottom - kTop);
  }
};

std::string grid(const Axes& axes, double x_step, double y_step) {
  std::string svg = svg_text(8, 14, "l", "loss");
  for (double value = 0; value <= axes.loss * (1 + 1e-9); value += y_step) {
    svg += svg_line(kLeft, axes.y(value), kRight, axes.y(value), value == 0 ? "ax" : "gr");
    svg += svg_text(kLeft - 6, axes.y(value) + 4, "e", format_double(three_digits(value)));
  }
  for (double step = 0; step <= axes.steps * (1 + 1e-9); step += x_step)
    svg += svg_text(axes.x(step), kBottom + 18, "m",
                    format_count(static_cast<std::uint64_t>(std::llround(step))));
  return svg + svg_text((kLeft + kRight) / 2, kSize.height - 8, "m", "step");
}

template <typename Value>
std::string curve(const std::vector<LoggedStep>& steps, const Axes& axes, const char* css_class,
                  Value&& value) {
  const std::size_t every = std::max<std::size_t>(1, steps.size() / kMostPoints);
  std::string path;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double at = value(steps[i]);
    if (i % every != 0 && i + 1 < steps.size()) continue;
    path += (path.empty() ? "M" : "L") + svg_number(axes.x(static_cast<double>(steps[i].step))) +
            " " + svg_number(axes.y(at));
  }
  return fmt::format("<path class=\"{}\" d=\"{}\"/>\n", css_class, path);
}

}  // namespace

std::string loss_svg(const std::vector<LoggedStep>& steps) {
  const FigureText text{
      "loss", "Loss of the training",
      steps.empty() ? "no step yet"
                    : fmt::format("from {:.3f} at step {} to {:.3f} at step {}", steps.front().loss,
                                  steps.front().step, steps.back().loss, steps.back().step)};
  std::string body = kStyle;
  if (!steps.empty()) {
    double highest = 0;
    for (const LoggedStep& step : steps) highest = std::max(highest, step.loss);
    const double y_step = round_step(std::max(highest, 1e-9), 4);
    const double x_step = round_step(static_cast<double>(steps.back().step), 6);
    const Axes axes{static_cast<double>(steps.back().step),
                    std::ceil(highest / y_step - 1e-9) * y_step};
    double mean = steps.front().loss;
    body += grid(axes, std::max(1.0, x_step), y_step);
    body += curve(steps, axes, "raw", [](const LoggedStep& step) { return step.loss; });
    body += curve(steps, axes, "mean", [&](const LoggedStep& step) {
      mean = kSmoothing * mean + (1 - kSmoothing) * step.loss;
      return mean;
    });
  }
  std::string svg = svg_html(text, kSize, body);
  svg.insert(4, " xmlns=\"http://www.w3.org/2000/svg\"");
  return svg;
}

}  // namespace skyglot
