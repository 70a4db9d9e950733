#pragma once
// Plots of the board report, as SVG that stands in a page: no script, no font of its own, colours
// by the page's classes. Each has a text that says what it shows, for those who do not see it.
//
// Pure. Texts are escaped here.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

// As HTML text or as the value of an attribute in double quotes.
std::string html_text(std::string_view text);

// What a colour stands for: a class of the page, and its words in the legend.
struct PlotSeries {
  std::string_view css;  // "sanctioned"
  std::string_view name;
};

struct PlotBar {
  std::string label;
  std::vector<std::uint64_t> parts;  // one for each series
  std::string value;                 // what stands behind the bar: "1.2 GiB"
};
// Lying bars, one below the other, whose parts follow each other. REQUIRES: a part per series.
std::string bars_svg(std::string_view title, const std::vector<PlotSeries>& series,
                     const std::vector<PlotBar>& bars);

// One bar of all, in parts of a hundred. Those of nothing are left out.
struct PlotShare {
  std::string_view css;
  std::uint64_t value = 0;
};
std::string share_svg(std::string_view title, const std::vector<PlotShare>& parts);

struct PlotColumn {
  std::string label;                 // "2026-11-20"
  std::vector<std::uint64_t> parts;  // one for each series, from the ground up
};
// Standing columns over time with a scale in `unit`: "bytes" or "".
std::string columns_svg(std::string_view title, const std::vector<PlotSeries>& series,
                        const std::vector<PlotColumn>& columns, bool bytes);

std::string legend_html(const std::vector<PlotSeries>& series);

}  // namespace sallyport::discovery
