// Any bytes as a section of a block of counted use, compressed or not: refused, or read within its
// limits.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/check.h"
#include "discovery/store/usage_block.h"

namespace {

using namespace sallyport::discovery;

void read(std::string_view bytes) {
  const auto directory = UsageDirectory::read(bytes);
  for (std::size_t i = 1; directory && i < directory->services.size(); ++i) {
    CHECK(directory->services[i - 1].service < directory->services[i].service);
  }
  const auto totals = UsageTotals::read(bytes);
  for (std::size_t i = 1; totals && i < totals->users.size(); ++i) {
    CHECK(totals->users[i - 1].first < totals->users[i].first);
  }
  auto part = UsagePart::read(bytes, UsagePart::Columns::all);
  if (!part) return;
  CHECK(part->size() <= kMostPartEntries);
  CHECK(part->addresses.size() == part->size() && part->flags.size() == part->size());
  CHECK(part->devices.size() == part->size() && part->countries.size() == part->size());
  for (const UsagePart::Run& run : part->runs) {
    CHECK(run.begin < run.end && run.end <= part->size());
  }
  (void)part->read_counts(bytes);
  // Some of them are those of all.
  std::vector<NameNumber> every_other;
  std::size_t entries = 0;
  for (std::size_t i = 0; i < part->runs.size(); i += 2) {
    every_other.push_back(part->runs[i].service);
    entries += part->runs[i].end - part->runs[i].begin;
  }
  auto some = UsagePart::read(bytes, UsagePart::Columns::all, UsageServices(every_other));
  CHECK(some && some->runs.size() == every_other.size() && some->size() == entries);
  CHECK(some->users.size() == entries && some->countries.size() == entries);
  (void)some->read_counts(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  read(text);
  read(std::string(1, '\0') + std::string(text));
  return 0;
}
