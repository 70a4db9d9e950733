#include "discovery/usage/board_plots.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr double kWidth = 720;       // of a plot, in its own units
constexpr double kLabelWidth = 210;  // in front of lying bars
constexpr double kValueWidth = 90;   // behind them
constexpr double kBarHeight = 18;
constexpr double kBarStep = 27;
constexpr double kColumnsHeight = 170;
constexpr double kScaleWidth = 72;
constexpr std::size_t kMostLabel = 26;                        // characters
constexpr std::uint64_t kMostValue = std::uint64_t{1} << 61;  // more is drawn as that

std::uint64_t sum(const std::vector<std::uint64_t>& parts) {
  std::uint64_t all = 0;
  for (const std::uint64_t part : parts) all += std::min(part, kMostValue - all);
  return all;
}

std::string svg(std::string_view title, double height, const std::string& inside) {
  return fmt::format("<svg viewBox=\"0 0 {} {:.0f}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
                     kWidth, height, html_text(title), inside);
}

// Cut at a character of UTF-8.
std::string shortened(const std::string& label) {
  std::size_t at = 0, count = 0;
  while (at < label.size() && count < kMostLabel) {
    ++at;
    while (at < label.size() && (static_cast<unsigned char>(label[at]) & 0xc0) == 0x80) ++at;
    ++count;
  }
  return at == label.size() ? label : label.substr(0, at) + "…";
}

// What a scale of at most four steps to `most` goes up by: 1, 2 or 5 times a power of ten, of bytes
// a power of two.
std::uint64_t nice_step(std::uint64_t most, bool bytes) {
  std::uint64_t step = 1;
  for (std::uint64_t n = 0; step * 4 < most; ++n) {
    step = bytes ? step * 2 : n % 3 == 1 ? step / 2 * 5 : step * 2;
  }
  return step;
}

// "512 MiB"
std::string scale_text(std::uint64_t value, bool bytes) {
  std::string text = bytes ? human_bytes(value) : std::to_string(value);
  if (const std::size_t at = text.find(".0 "); at != text.npos) text.erase(at, 2);
  return text;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string bars_svg(std::string_view title, const std::vector<PlotSeries>& series,
                     const std::vector<PlotBar>& bars) {
  std::uint64_t most = 1;
  for (const PlotBar& bar : bars) most = std::max(most, sum(bar.parts));
  const double room = kWidth - kLabelWidth - kValueWidth;
  std::string inside;
  double y = 2;
  for (const PlotBar& bar : bars) {
    const double middle = y + kBarHeight / 2 + 4;
    inside += fmt::format("<text x=\"{}\" y=\"{:.1f}\" class=\"end\">{}</text>", kLabelWidth - 10,
                          middle, html_text(shortened(bar.label)));
    double x = kLabelWidth;
    for (std::size_t i = 0; i < series.size(); ++i) {
      const double width = room * static_cast<double>(bar.parts[i]) / static_cast<double>(most);
      if (width <= 0) continue;
      inside += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" class=\"{}\"/>", x, y,
          std::max(width - (i + 1 < series.size() ? 1 : 0), 0.5), kBarHeight, series[i].css);
      x += width;
    }
    inside += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"value\">{}</text>\n", x + 8,
                          middle, html_text(bar.value));
    y += kBarStep;
  }
  return svg(title, y, inside);
}

std::string share_svg(std::string_view title, const std::vector<PlotShare>& parts) {
  std::uint64_t all = 0;
  for (const PlotShare& part : parts) all += part.value;
  if (all == 0) return {};
  std::string inside;
  double x = 0;
  for (const PlotShare& part : parts) {
    const double share = static_cast<double>(part.value) / static_cast<double>(all);
    const double width = kWidth * share;
    if (part.value == 0) continue;
    inside +=
        fmt::format("<rect x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"30\" class=\"{}\"/>", x,
                    std::max(width - 2, 0.5), part.css);
    if (share >= 0.07) {
      inside += fmt::format("<text x=\"{:.1f}\" y=\"20\" class=\"on {}-on\">{:.0f} %</text>\n",
                            x + width / 2, part.css, share * 100);
    }
    x += width;
  }
  return svg(title, 30, inside);
}

std::string columns_svg(std::string_view title, const std::vector<PlotSeries>& series,
                        const std::vector<PlotColumn>& columns, bool bytes) {
  std::uint64_t most = 1;
  for (const PlotColumn& column : columns) most = std::max(most, sum(column.parts));
  const std::uint64_t step = nice_step(most, bytes);
  const std::uint64_t top = (most + step - 1) / step * step;
  const double ground = kColumnsHeight - 24;
  const double scale = (ground - 12) / static_cast<double>(top);
  std::string inside;
  for (std::uint64_t at = 0; at <= top; at += step) {
    const double y = ground - static_cast<double>(at) * scale;
    inside += fmt::format(
        "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" class=\"{3}\"/>"
        "<text x=\"{4}\" y=\"{5:.1f}\" class=\"end scale\">{6}</text>\n",
        kScaleWidth, kWidth, y, at == 0 ? "ground" : "grid", kScaleWidth - 8, y + 4,
        scale_text(at, bytes));
  }
  const double room =
      (kWidth - kScaleWidth) / static_cast<double>(std::max<std::size_t>(columns.size(), 1));
  const double width = std::min(room * 0.75, 46.0);
  const std::size_t each = std::max<std::size_t>(1, (columns.size() + 6) / 7);  // labels
  for (std::size_t n = 0; n < columns.size(); ++n) {
    const double x = kScaleWidth + room * (static_cast<double>(n) + 0.5);
    double y = ground;
    for (std::size_t i = 0; i < series.size(); ++i) {
      const double height = static_cast<double>(columns[n].parts[i]) * scale;
      if (height <= 0) continue;
      y -= height;
      inside += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\"/>",
          x - width / 2, y, width, std::max(height, 0.5), series[i].css);
    }
    if (n % each == 0) {
      inside += fmt::format("<text x=\"{:.1f}\" y=\"{}\" class=\"middle scale\">{}</text>\n", x,
                            kColumnsHeight - 6, html_text(columns[n].label));
    }
  }
  return svg(title, kColumnsHeight, inside);
}

std::string legend_html(const std::vector<PlotSeries>& series) {
  std::string out = "<p class=\"legend\">";
  for (const PlotSeries& one : series) {
    out += fmt::format("<span><i class=\"{}\"></i>{}</span>", one.css, html_text(one.name));
  }
  return out + "</p>\n";
}

}  // namespace sallyport::discovery
