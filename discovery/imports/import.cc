#include "discovery/imports/import.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "discovery/imports/line_splitter.h"
#include "discovery/imports/sniff.h"

namespace sallyport::discovery::imports {
namespace {

constexpr std::size_t kSniffLines = 200;
constexpr std::size_t kSniffBytes = 256 * 1024;
constexpr std::uint64_t kEnoughBad = 1000;  // lines, to give a text up before its end
constexpr std::size_t kShownBytes = 160;    // of a bad line

// The lines of one text, from the first on.
class TextImport {
 public:
  TextImport(const ImportOptions& options, const RecordSink& sink, ImportReport& report)
      : options_(options), sink_(sink), report_(report) {
    report_.format = options.format;
    if (options.format != LogFormat::auto_) {
      report_.why = "it was named";
      parser_ = make_parser(options.format, options.parser);
    }
  }

  // False where the text is given up.
  bool take(std::string_view line, bool too_long) {
    ++number_;
    if (number_ == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    if (number_ == 1 && (line.starts_with("\xff\xfe") || line.starts_with("\xfe\xff"))) {
      return give_up("it is UTF-16, and only UTF-8 can be read");
    }
    if (line.empty()) return true;
    ++report_.lines;
    if (too_long) line = line.substr(0, kShownBytes);
    if (parser_) return read(number_, line, too_long);
    held_lines_.push_back({number_, std::string(line), too_long});
    held_bytes_ += line.size();
    const bool enough = held_lines_.size() >= kSniffLines || held_bytes_ >= kSniffBytes;
    return !enough || begin();
  }

  void finish() {
    if (!parser_ && report_.fault.empty() && report_.lines > 0) begin();
    if (!report_.fault.empty()) return;
    if (is_mostly_bad()) give_up(mostly_bad());
    report_.without_zone = parser_ ? parser_->times().without_zone() : 0;
  }

 private:
  struct Held {
    std::uint64_t number;
    std::string line;
    bool too_long;
  };

  // Tells the format, and reads what was held for it.
  bool begin() {
    std::vector<std::string_view> lines;
    for (const Held& held : held_lines_) {
      if (!held.too_long) lines.push_back(held.line);
    }
    const Sniffed sniffed = sniff_log(lines, options_.parser.times);
    report_.why = sniffed.why;
    report_.format = sniffed.format;
    if (sniffed.format == LogFormat::auto_) {
      for (std::size_t i = 0; i < held_lines_.size() && i < options_.examples; ++i) {
        note(Reading::shape, held_lines_[i].number, held_lines_[i].line);
      }
      return give_up("its format cannot be told: " + sniffed.why +
                     "; --format names one, --parser describes one");
    }
    parser_ = make_parser(sniffed.format, options_.parser);
    bool good = true;
    for (const Held& held : held_lines_) {
      good = good && read(held.number, held.line, held.too_long);
    }
    held_lines_.clear();
    return good;
  }

  bool read(std::uint64_t number, std::string_view line, bool too_long) {
    LogRecord record;
    const Reading reading = too_long ? Reading::too_long : parser_->read(line, record);
    if (reading != Reading::record) return note(reading, number, line);
    if (report_.readings[static_cast<std::size_t>(Reading::record)]++ == 0) {
      report_.first = report_.last = record.time;
    }
    report_.first = std::min(report_.first, record.time);
    report_.last = std::max(report_.last, record.time);
    sink_(record);
    return true;
  }

  bool note(Reading reading, std::uint64_t number, std::string_view line) {
    ++report_.readings[static_cast<std::size_t>(reading)];
    if (!is_bad(reading)) return true;
    if (report_.first_bad.size() < options_.examples) {
      report_.first_bad.push_back(
          {number, reading, printable(line.substr(0, options_.quotes ? kShownBytes : 0))});
    }
    return report_.bad() % kEnoughBad != 0 || !is_mostly_bad() || give_up(mostly_bad());
  }

  bool is_mostly_bad() const { return report_.bad() > report_.records(); }
  std::string mostly_bad() const {
    return fmt::format("{} of {} lines are bad", report_.bad(), report_.bad() + report_.records());
  }

  bool give_up(std::string why) {
    report_.fault = std::move(why);
    return false;
  }

  const ImportOptions& options_;
  const RecordSink& sink_;
  ImportReport& report_;
  std::unique_ptr<LineParser> parser_;
  std::uint64_t number_ = 0;  // of the line at hand
  std::vector<Held> held_lines_;
  std::size_t held_bytes_ = 0;
};

// What a text is known by.
class TextDigest {
 public:
  void take(std::string_view piece) {
    whole_.update(piece);
    const std::string_view first = piece.substr(0, kBeginning - taken_);
    beginning_.update(first);
    taken_ += first.size();
  }
  void finish(ImportReport& report) {
    report.digest = bytes(whole_.finish());
    report.beginning = bytes(beginning_.finish());
  }

 private:
  static std::string bytes(const Sha256Digest& digest) { return {digest.begin(), digest.end()}; }
  Sha256 whole_, beginning_;
  std::size_t taken_ = 0;
};

void import_text(LogInput& input, const ImportOptions& options, const RecordSink& sink,
                 const ImportProgress& progress, ImportReport& report) {
  TextImport text(options, sink, report);
  LineSplitter lines(kMaxLine);
  const auto take = [&](std::string_view line, bool too_long) { return text.take(line, too_long); };
  bool good = true;
  TextDigest digest;
  while (good) {
    const auto piece = input.read();
    if (!piece) {
      report.fault = printable(piece.error().detail);
      break;
    }
    if (piece->empty()) break;
    report.bytes += piece->size();
    if (options.digest) digest.take(*piece);
    good = lines.feed(*piece, take);
    if (good && progress && !progress(input.done(), input.size())) {
      report.fault = "stopped";
      good = false;
    }
  }
  if (good && report.fault.empty()) lines.finish(take);
  text.finish();
  if (options.digest) digest.finish(report);
}

}  // namespace

std::uint64_t ImportReport::bad() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kReadings; ++i) {
    if (is_bad(static_cast<Reading>(i))) sum += readings[i];
  }
  return sum;
}

Result<std::vector<ImportReport>> import_log(const std::string& path, const ImportOptions& options,
                                             const RecordSink& sink,
                                             const ImportProgress& progress) {
  auto input = LogInput::open(path, options.limits);
  if (!input) return pass_on(std::move(input));
  std::vector<ImportReport> reports;
  while (true) {
    const auto more = (*input)->next_text();
    if (more && !*more) break;
    ImportReport& report = reports.emplace_back();
    const std::string_view member = (*input)->member();
    report.name = printable(member.empty() ? path : path + ":" + std::string(member));
    report.packing = (*input)->packing();
    if (!more) {
      report.fault = printable(more.error().detail);
      break;
    }
    import_text(**input, options, sink, progress, report);
    if (report.fault == "stopped") break;
  }
  return reports;
}

}  // namespace sallyport::discovery::imports
