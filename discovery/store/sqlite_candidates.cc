#include "discovery/store/sqlite_candidates.h"

#include <algorithm>
#include <string>
#include <utility>

#include "discovery/store/sqlite_block_users.h"
#include "discovery/store/sqlite_blocks.h"

namespace sallyport::discovery {

Candidates::Candidates(const SqliteDatabase& db, const Query& query)
    : db_(db), query_(query), asked_(blocks_of(query)) {}

Result<void> Candidates::prepare() {
  std::optional<std::vector<std::int64_t>> numbers;
  if (query_.user) {
    auto found = blocks_with_user(db_, *query_.user);
    if (!found) return pass_on(std::move(found));
    numbers = std::move(*found);
  }
  if (numbers) return list(*numbers);
  auto blocks = db_.prepare(asked_.sql);
  if (!blocks) return pass_on(std::move(blocks));
  blocks_ = std::move(*blocks);
  bind_values(blocks_, asked_);
  return {};
}

Result<bool> Candidates::next() {
  if (!listed_) return blocks_.step();
  while (at_ < listed_->size()) {
    blocks_.reset();
    blocks_.bind(1, (*listed_)[at_++].n);
    const Result<bool> row = blocks_.step();
    if (!row || *row) return row;  // Else it was removed meanwhile.
  }
  return false;
}

Result<void> Candidates::list(const std::vector<std::int64_t>& numbers) {
  SqliteQuery narrow = asked_;
  narrow.sql.insert(narrow.sql.find(" ORDER BY"), " AND n = ?");
  narrow.sql.replace(narrow.sql.find(" ORDER BY"), std::string::npos, "");
  // The number finds the row; without the plus an index of ids would be looked through.
  narrow.sql.replace(narrow.sql.find("last_id >= ?"), 7, "+last_id");
  auto statement = db_.prepare(narrow.sql);
  if (!statement) return pass_on(std::move(statement));
  listed_.emplace();
  const auto last = static_cast<int>(narrow.values.size()) + 1;
  for (const std::int64_t n : numbers) {
    bind_values(*statement, narrow);
    statement->bind(last, n);
    const Result<bool> row = statement->step();
    if (!row) return std::unexpected(row.error());
    if (*row) listed_->push_back({n, id_from_key(statement->text(1))});
    statement->reset();
  }
  const bool newest = query_.order == Order::newest_first;
  std::ranges::sort(*listed_, [newest](const One& a, const One& b) {
    return newest ? a.last_id > b.last_id : a.last_id < b.last_id;
  });
  auto one = db_.prepare("SELECT n, last_id, filter FROM blocks WHERE n = ?");
  if (!one) return pass_on(std::move(one));
  blocks_ = std::move(*one);
  return {};
}

}  // namespace sallyport::discovery
