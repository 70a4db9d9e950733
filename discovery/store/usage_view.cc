#include "discovery/store/usage_view.h"

#include <algorithm>
#include <utility>

#include "discovery/store/usage_chunk.h"

namespace sallyport::discovery {
namespace {

std::unexpected<Error> nameless() {
  return UsageChunk::refusal("a summary has a number that is no name's");
}

// All of it is held.
class HeldView final : public UsageView {
 public:
  Result<void> read(UsageReader& reader, const UsageQuestion& question) {
    UsagePieces pieces;
    family_ = question.family;
    const auto extent = reader.read_usage(
        question, [&](UsagePeriod period, const UsageEntry& entry, const UsageNames& names) {
          if (names.size() != names_.size()) names_ = names;
          pieces.add(period, entry);
        });
    if (!extent) return std::unexpected(extent.error());
    extent_ = *extent;
    for (auto& [period, data] : pieces.take(number_of_nobody(names_))) {
      widest_.push_back(pieces_.size());
      by_period_.push_back(pieces_.size());
      pieces_.push_back({.period = period, .held = std::move(data), .is_held = true});
    }
    return {};
  }

 private:
  Result<std::string> load_directory(std::int64_t) override { return std::string(); }
  Result<std::string> load_totals(std::int64_t) override { return std::string(); }
  Result<std::unique_ptr<KeptParts>> open_parts(std::int64_t, const Wanted&, Counts) override {
    return std::unique_ptr<KeptParts>();
  }
};

}  // namespace

// ---- Sections

Result<std::string> UsageView::section(const UsageDirectory*, const Piece& piece) {
  return piece.is_held ? piece.held.directory : load_directory(piece.n);
}

Result<std::string> UsageView::section(const UsageTotals*, const Piece& piece) {
  return piece.is_held ? piece.held.totals : load_totals(piece.n);
}

template <class Made>
void UsageView::begin_next(Expected<Made>& expected) {
  constexpr std::size_t kAhead = 2;  // the totals of many people are megabytes
  while (!expected.pieces.empty() && expected.begun.size() < kAhead) {
    const std::size_t at = expected.pieces.front();
    expected.pieces.pop_front();
    Result<std::string> bytes = section(static_cast<const Made*>(nullptr), pieces_[at]);
    auto make = [bytes = std::move(bytes)]() -> Result<Made> {
      if (!bytes) return std::unexpected(bytes.error());
      return Made::read(*bytes);
    };
    expected.begun.emplace_back(at, beside_.begin(std::move(make)));
  }
}

template <class Made>
Result<Made> UsageView::take(Expected<Made>& expected, std::size_t at) {
  if (!expected.begun.empty() && expected.begun.front().first == at) {
    auto begun = std::move(expected.begun.front().second);
    expected.begun.pop_front();
    begin_next(expected);
    return begun.get();
  }
  const Result<std::string> bytes = section(static_cast<const Made*>(nullptr), pieces_[at]);
  if (!bytes) return std::unexpected(bytes.error());
  return Made::read(*bytes);
}

void UsageView::expect_directories(std::vector<std::size_t> pieces) {
  directories_ = {.pieces = {pieces.begin(), pieces.end()}, .begun = {}};
  begin_next(directories_);
}

void UsageView::expect_totals(std::vector<std::size_t> pieces) {
  totals_ = {.pieces = {pieces.begin(), pieces.end()}, .begun = {}};
  begin_next(totals_);
}

Result<UsageDirectory> UsageView::directory(std::size_t at) {
  Result<UsageDirectory> made = take(directories_, at);
  if (made && !made->services.empty() && made->services.back().service >= names_.size()) {
    return nameless();
  }
  return made;
}

Result<UsageTotals> UsageView::totals(std::size_t at) {
  Result<UsageTotals> made = take(totals_, at);
  if (!made) return made;
  const std::size_t users = family_ == UsageFamily::hour ? 24 : names_.size();
  const bool named = (made->users.empty() || made->users.back().first < users) &&
                     (made->devices.empty() || made->devices.back().first < names_.size());
  if (!named) return nameless();
  return made;
}

// ---- Parts

// Of a piece that is held.
class UsageView::HeldParts final : public KeptParts {
 public:
  HeldParts(const UsageBlockData& data, Wanted wanted) : data_(data), wanted_(std::move(wanted)) {}

  Result<bool> next(std::string_view& columns, std::string_view& counts) override {
    while (at_ < data_.parts.size()) {
      const UsageBlockData::Part& part = data_.parts[at_++];
      if (!wanted_.any_within(part.first_service, part.last_service)) continue;
      columns = part.columns;
      counts = part.counts;
      return true;
    }
    return false;
  }

 private:
  const UsageBlockData& data_;
  const Wanted wanted_;
  std::size_t at_ = 0;
};

// Reads parts, the next one while the caller is at one, and looks at their numbers.
class UsageView::CheckedParts final : public Parts {
 public:
  CheckedParts(UsageView& view, std::unique_ptr<KeptParts> kept, const Wanted& wanted,
               UsagePart::Columns columns, Counts counts)
      : view_(view),
        kept_(std::move(kept)),
        wanted_(std::make_shared<const Wanted>(wanted)),
        columns_(columns),
        counts_(counts) {
    begin();
  }

  Result<bool> next(UsagePart& part) override {
    while (begun_) {
      Result<UsagePart> read = std::exchange(begun_, {}).get();
      if (!read) return pass_on(std::move(read));
      begin();
      if (read->runs.empty()) continue;  // its services lie on both sides of what is wanted
      if (!named(*read)) return nameless();
      part = std::move(*read);
      return true;
    }
    return last_;
  }

 private:
  void begin() {
    std::string_view columns, counts;
    last_ = kept_->next(columns, counts);
    if (!last_ || !*last_) return;
    const bool with_counts = counts_ == Counts::yes;
    auto make = [columns = std::string(columns), counts = std::string(with_counts ? counts : ""),
                 services = wanted_, wanted = columns_, with_counts] {
      Result<UsagePart> read = UsagePart::read(columns, wanted, *services);
      if (!read || !with_counts) return read;
      const Result<void> done = read->read_counts(counts);
      if (!done) read = std::unexpected(done.error());
      return read;
    };
    begun_ = view_.beside_.begin(std::move(make));
  }

  bool named(const UsagePart& part) const {
    const std::size_t names = view_.names_.size();
    const std::size_t users = view_.family_ == UsageFamily::hour ? 24 : names;
    NameNumber user = kOther, device = kOther;
    for (const NameNumber one : part.users) user = std::max(user, one);
    for (const NameNumber one : part.devices) device = std::max(device, one);
    return part.runs.back().service < names && user < users && device < names;
  }

  UsageView& view_;
  const std::unique_ptr<KeptParts> kept_;
  const std::shared_ptr<const Wanted> wanted_;
  const UsagePart::Columns columns_;
  const Counts counts_;
  Result<bool> last_ = false;  // what the store told where nothing is begun
  Beside::Begun<Result<UsagePart>> begun_;
};

Result<std::unique_ptr<UsageView::Parts>> UsageView::parts(std::size_t at, const Wanted& wanted,
                                                           UsagePart::Columns columns,
                                                           Counts counts) {
  const Piece& piece = pieces_[at];
  Result<std::unique_ptr<KeptParts>> kept = std::unique_ptr<KeptParts>();
  if (piece.is_held) {
    kept = std::make_unique<HeldParts>(piece.held, wanted);
  } else {
    kept = open_parts(piece.n, wanted, counts);
  }
  if (!kept) return pass_on(std::move(kept));
  return std::unique_ptr<Parts>(
      std::make_unique<CheckedParts>(*this, std::move(*kept), wanted, columns, counts));
}

Result<void> UsageView::each_part(std::size_t piece, const Wanted& wanted,
                                  UsagePart::Columns columns, Counts counts, const EachPart& each) {
  auto parts = this->parts(piece, wanted, columns, counts);
  if (!parts) return pass_on(std::move(parts));
  UsagePart part;
  while (true) {
    const Result<bool> any = (*parts)->next(part);
    if (!any) return std::unexpected(any.error());
    if (!*any) return {};
    each(part);
  }
}

std::vector<std::pair<UsagePeriod, UsageBlockData>> UsagePieces::take(NameNumber nobody) {
  std::vector<std::pair<UsagePeriod, UsageBlockData>> made;
  for (auto& [period, entries] : by_period_) {
    UsageBlockWriter writer(nobody, UsageBlockWriter::Packing::none);
    entries.write(writer);
    made.emplace_back(period, writer.finish());
  }
  by_period_.clear();
  return made;
}

NameNumber number_of_nobody(const UsageNames& names) {
  for (std::size_t n = 1; n < names.size(); ++n) {
    if (names[n].kind == NameKind::user && names[n].name.empty()) {
      return static_cast<NameNumber>(n);
    }
  }
  return UINT32_MAX;
}

Result<std::unique_ptr<UsageView>> UsageReader::view_usage(const UsageQuestion& question) {
  return view_of_counts(*this, question);
}

Result<std::unique_ptr<UsageView>> view_of_counts(UsageReader& reader,
                                                  const UsageQuestion& question) {
  auto view = std::make_unique<HeldView>();
  Result<void> read = view->read(reader, question);
  if (!read) return pass_on(std::move(read));
  return std::unique_ptr<UsageView>(std::move(view));
}

}  // namespace sallyport::discovery
