#include "discovery/imports/sniff.h"

#include <algorithm>
#include <fmt/format.h>

namespace sallyport::discovery::imports {
namespace {

struct Trial {
  LogFormat format = LogFormat::auto_;
  std::size_t records = 0, aside = 0, bad = 0;
  std::size_t nowhere = 0;  // of the bad ones: whose only fault is that they name no destination

  std::size_t lines() const { return records + aside + bad; }
  // Cut lines and other programs' lines between them are no reason to read nothing.
  bool fits() const { return records > 0 && bad * 3 <= lines(); }
  // Nothing to import among the first lines, and yet they are of this format.
  bool knows() const {
    return records == 0 && aside + nowhere > 0 && (bad - nowhere) * 3 <= lines();
  }
};

Trial tried(LogFormat format, std::span<const std::string_view> lines, const TimeOptions& times) {
  Trial trial{format};
  const auto parser = make_parser(format, {times, nullptr, nullptr});
  for (const std::string_view line : lines) {
    LogRecord record;
    const Reading reading = parser->read(line, record);
    ++(reading == Reading::record ? trial.records : is_bad(reading) ? trial.bad : trial.aside);
    trial.nowhere += reading == Reading::destination;
  }
  return trial;
}

std::string names(const std::vector<Trial>& trials, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < trials.size() && i < most; ++i) {
    const Trial& trial = trials[i];
    text += fmt::format("{}{} ({} of {} lines)", i == 0 ? "" : ", ", format_info(trial.format).word,
                        trial.records + trial.aside, trial.lines());
  }
  return text;
}

}  // namespace

Sniffed sniff_log(std::span<const std::string_view> lines, const TimeOptions& times) {
  if (lines.empty()) return {LogFormat::auto_, "there is no line"};
  std::vector<Trial> all, fitting, knowing;
  for (const FormatInfo& info : log_formats()) {
    if (info.format == LogFormat::logformat || info.format == LogFormat::custom) continue;
    const Trial trial = tried(info.format, lines, times);
    if (trial.fits()) fitting.push_back(trial);
    if (trial.knows()) knowing.push_back(trial);
    if (trial.records > 0) all.push_back(trial);
  }
  const std::vector<Trial>& found = fitting.empty() ? knowing : fitting;
  if (found.size() == 1) {
    const Trial& only = found.front();
    if (only.records == 0) {
      return {only.format, fmt::format("it knows {} of the first {} lines, none of which is of use",
                                       only.aside + only.nowhere, only.lines())};
    }
    return {only.format, fmt::format("it reads {} of the first {} lines", only.records + only.aside,
                                     only.lines())};
  }
  if (found.size() > 1) return {LogFormat::auto_, "it may be " + names(found, 8)};
  if (all.empty()) return {LogFormat::auto_, "no format reads any of the first lines"};
  std::ranges::sort(all, std::greater<>(), &Trial::records);
  return {LogFormat::auto_,
          "no format reads most of the first lines; nearest are " + names(all, 3)};
}

}  // namespace sallyport::discovery::imports
