#include "proxy/cli/discover_export.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "discovery/store/sqlite_store.h"
#include "discovery/usage/use_export.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/discover_book.h"
#include "proxy/cli/pseudonym_key.h"

namespace sallyport::cli {

namespace {

using discovery::ExportFormat;
using discovery::ReportQuestion;

constexpr std::size_t kPiece = 64 * 1024;  // bytes that are written at once

ExportFormat format_of(const std::string& word) {
  return word == "csv"   ? ExportFormat::csv
         : word == "cef" ? ExportFormat::cef
         : word == "w3c" ? ExportFormat::w3c
                         : ExportFormat::jsonl;
}

class Output {
 public:
  ~Output() {
    if (own_) ::close(fd_);
  }
  // False after a message.
  bool open(const std::string& path) {
    if (path.empty()) return true;
    fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    own_ = fd_ >= 0;
    if (!own_) complain("cannot make " + path + ": " + std::strerror(errno));
    return own_;
  }
  // False, and after that always, where it cannot be written.
  bool write(std::string_view text) {
    while (good_ && !text.empty()) {
      const ssize_t put = ::write(fd_, text.data(), text.size());
      if (put < 0 && errno == EINTR) continue;
      good_ = put > 0;
      if (good_) text.remove_prefix(static_cast<std::size_t>(put));
    }
    return good_;
  }

 private:
  int fd_ = STDOUT_FILENO;
  bool own_ = false;
  bool good_ = true;
};

Result<discovery::UsageExtent> each_use(const ReportQuestion& question,
                                        const discovery::UsageReader::Each& each) {
  discovery::UsageSieve sieve(*question.book, *question.users, question.filter);
  return question.store->read_usage(
      {.since = question.since, .until = question.until, .source = question.source},
      [&](discovery::UsagePeriod period, const discovery::UsageEntry& entry,
          const discovery::UsageNames& names) {
        if (sieve.passes(entry, names)) each(period, entry, names);
      });
}

int failed(const Error& error) {
  const bool unknown = error.kind == ErrorKind::not_found;
  complain(unknown ? error.detail : describe(error));
  return unknown ? kNo : kMachine;
}

}  // namespace

int discover_export(const ExportOptions& options) {
  std::string state;
  AskedBook asked;
  const CommonOptions& common = options.asked.common;
  if (const int code = open_book(common, state, asked); code != kOk) return code;
  const Time now = system_clock().now();
  auto question = read_words(options.asked.words, *asked.book, *asked.snapshot->users, now);
  if (!question) {
    complain(question.error());
    return kWrongInput;
  }
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(state));
  if (!store) return failed(store.error());
  question->store = store->get();
  std::uint64_t rows = 0;
  const auto counted = each_use(*question, [&](discovery::UsagePeriod, const discovery::UsageEntry&,
                                               const discovery::UsageNames&) { ++rows; });
  if (!counted) return failed(counted.error());
  if (!note_read(common, state, "discover export", options.asked.words.user, rows)) return kMachine;
  std::optional<discovery::Pseudonyms> pseudonyms;
  if (options.asked.pseudonyms && !(pseudonyms = pseudonyms_of(state))) return kMachine;
  Output output;
  if (!output.open(options.output)) return kMachine;
  const ExportFormat format = format_of(options.format);
  std::string text = export_head(format, now);
  const auto read =
      each_use(*question, [&](discovery::UsagePeriod period, const discovery::UsageEntry& entry,
                              const discovery::UsageNames& names) {
        discovery::UseRow row = row_of(*asked.book, period, entry, names);
        std::string user;
        if (pseudonyms) {
          row.pseudonyms = true;
          row.user = user = pseudonyms->user(row.user);
          row.address = pseudonyms->address(row.address);
        }
        append_use(text, format, row);
        if (text.size() < kPiece) return;
        output.write(text);
        text.clear();
      });
  if (!read) return failed(read.error());
  if (!output.write(text)) {
    complain(std::string("cannot write: ") + std::strerror(errno));
    return kMachine;
  }
  return rows == 0 ? kNo : kOk;
}

}  // namespace sallyport::cli
