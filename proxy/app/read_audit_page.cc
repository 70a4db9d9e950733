#include "proxy/app/read_audit_page.h"

#include <filesystem>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/store/sqlite_read_audit.h"

namespace sallyport::app {

using discovery::AuditEntry;

namespace {

constexpr std::size_t kMostLooked = 100'000;  // entries, for one page

void text(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

}  // namespace

bool ReadAuditFilter::keeps(const AuditEntry& entry) const {
  if (!who.empty() && !iequals(who, entry.note.who)) return false;
  if (since && entry.at < *since) return false;
  if (until && entry.at >= *until) return false;
  return !about || about->in(entry.note.about) || about->in(entry.note.question);
}

Result<ReadAuditPage> read_reads(const std::string& file, const ReadAuditFilter& filter,
                                 std::optional<std::uint64_t> before, std::size_t limit) {
  ReadAuditPage page;
  std::error_code none;
  if (!std::filesystem::exists(file, none)) return page;
  auto audit = discovery::SqliteReadAudit::open_for_reading(file);
  if (!audit) return pass_on(std::move(audit));
  std::uint64_t end = before.value_or(UINT64_MAX);
  for (std::size_t looked = 0; looked < kMostLooked;) {
    auto entries = (*audit)->before(end, discovery::SqliteReadAudit::kMostEntries);
    if (!entries) return pass_on(std::move(entries));
    if (entries->empty()) return page;
    looked += entries->size();
    for (AuditEntry& one : *entries) {
      if (!filter.keeps(one)) continue;
      if (page.entries.size() == limit) {
        page.next = page.entries.back().number;
        return page;
      }
      page.entries.push_back(std::move(one));
    }
    end = entries->back().number;
  }
  page.next = end;
  return page;
}

void append_json(std::string& out, const AuditEntry& entry) {
  JsonWriter json(out);
  json.begin_object();
  json.member("number", entry.number);
  json.member("at", format_rfc3339(entry.at).substr(0, 19) + "Z");
  json.member("kind", to_string(entry.kind));
  text(json, "who", entry.note.who);
  text(json, "via", entry.note.via);
  text(json, "what", entry.note.what);
  text(json, "about", entry.note.about);
  text(json, "question", entry.note.question);
  text(json, "reason", entry.note.reason);
  json.member("rows", entry.note.rows);
  json.member("times", entry.times);
  if (entry.emptied) json.member("emptied", true);
  json.end_object();
}

}  // namespace sallyport::app
