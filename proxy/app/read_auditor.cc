#include "proxy/app/read_auditor.h"

#include <fmt/format.h>
#include <future>

#include "base/core/log.h"

namespace sallyport::app {

using discovery::ReadNote;

namespace {

constexpr std::chrono::seconds kSame{60};
constexpr std::size_t kMostRecent = 1'000;

std::string key_of(const ReadNote& note) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", note.who, note.via, note.what, note.about,
                     note.question, note.reason);
}

}  // namespace

ReadAuditor::ReadAuditor(std::string file, AuditMode mode, discovery::ReadAuditOptions options,
                         io::Worker& worker, const Clock& clock)
    : file_(std::move(file)),
      mode_(mode),
      options_(options),
      worker_(worker),
      clock_(clock),
      pool_(std::make_unique<io::WorkPool>(1, 256, "audit")) {}

ReadAuditor::~ReadAuditor() = default;

Result<void> ReadAuditor::append(const ReadNote& note, std::uint64_t times, Time at) {
  if (audit_ == nullptr) {
    auto opened = discovery::SqliteReadAudit::open(file_, options_);
    if (!opened) return pass_on(std::move(opened));
    audit_ = std::move(*opened);
  }
  return audit_->append(note, times, at);
}

void ReadAuditor::write_later(Counted counted) {
  if (counted.times == 0) return;
  counted.note.rows = counted.rows;
  const bool taken = pool_->submit([this, counted = std::move(counted), at = clock_.now()] {
    const Result<void> done = append(counted.note, counted.times, at);
    if (!done) log::warning("reads are not recorded: " + describe(done.error()));
  });
  if (!taken) log::warning("reads are not recorded: too many wait for it");
}

Task<bool> ReadAuditor::note(const ReadNote& note) {
  if (mode_ == AuditMode::off) co_return true;
  const Time now = clock_.now();
  std::string key = key_of(note);
  const auto known = recent_.find(key);
  if (known != recent_.end() && now - known->second.began < kSame) {
    ++known->second.times;
    known->second.rows += note.rows;
    co_return true;
  }
  if (known != recent_.end()) {
    write_later(std::move(known->second));
    recent_.erase(known);
  }
  Result<void> done;
  auto work = [&] { done = append(note, 1, now); };
  const bool ran = co_await pool_->run(worker_.executor(), std::move(work));
  if (ran && done) {
    // Only now: until it is written, the same again is an entry of its own.
    if (recent_.size() < kMostRecent) recent_.emplace(std::move(key), Counted{note, now});
    co_return true;
  }
  log::warning("a read is not recorded: " +
               (ran ? describe(done.error()) : std::string("too many wait for it")));
  co_return mode_ != AuditMode::required;
}

void ReadAuditor::look_after() {
  const Time now = clock_.now();
  for (auto one = recent_.begin(); one != recent_.end();) {
    if (now - one->second.began < kSame) {
      ++one;
      continue;
    }
    write_later(std::move(one->second));
    one = recent_.erase(one);
  }
}

void ReadAuditor::close() {
  if (pool_ == nullptr) return;
  // What waits there is written first: it ends without.
  std::promise<void> all;
  if (pool_->submit([&all] { all.set_value(); })) all.get_future().wait();
  pool_.reset();
  for (auto& [key, counted] : recent_) {
    if (counted.times == 0) continue;
    counted.note.rows = counted.rows;
    const Result<void> done = append(counted.note, counted.times, clock_.now());
    if (!done) log::warning("reads are not recorded: " + describe(done.error()));
  }
  recent_.clear();
}

ReadNote note_of(const admin::Call& call, std::string_view what, std::string about,
                 std::uint64_t rows) {
  ReadNote note;
  const std::string& who = call.caller.name.empty() ? call.asked("by") : call.caller.name;
  note.who = discovery::audit_text(who.empty() ? "api" : who);
  note.via = "api";
  note.what = what;
  note.about = discovery::audit_text(about);
  note.reason = discovery::audit_text(call.asked("reason"));
  std::string question;
  for (const std::string& name : call.names) {
    if (!question.empty()) question += ' ';
    question += name;
  }
  for (const auto& [name, value] : call.query) {
    if (name == "by" || name == "reason" || value.empty()) continue;
    if (!question.empty()) question += ' ';
    question += name + "=" + value;
  }
  note.question = discovery::audit_text(question);
  note.rows = rows;
  return note;
}

http::Reply not_recorded() {
  return admin::problem(503, "Not answered",
                        "the record of reads cannot be written, and recording.audit_reads "
                        "requires it; the gateway's log says why");
}

}  // namespace sallyport::app
