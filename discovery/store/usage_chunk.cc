// chunk   = a Zstandard frame (RFC 8878) with its size and a checksum, of: version entry*
// entry   = same service first span mask count*
// same    = 0, and then the who is that of the entry before; or 1 who
// who     = user device country address
// country = varint: 0, or 1 + its first byte * 256 + its second
// address = the number of its bytes, 4 or 16, and they
// service = of the same who: the difference to that of the entry before, at least 1
// mask    = a bit for each count that is not 0, the first of kUsageCounts in the lowest
//
// All numbers are varints (policy/activity/pack_format.h). `span` is last - first.

#include "discovery/store/usage_chunk.h"

#include <array>
#include <bit>
#include <cstring>
#include <zstd.h>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

constexpr char kVersion = 1;
constexpr int kLevel = 3;

// One entry as bytes: at most ten varints, an address and its counts.
class EntryBytes {
 public:
  void put(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_[size_++] = static_cast<char>(value | 0x80);
    bytes_[size_++] = static_cast<char>(value);
  }
  void put(std::string_view bytes) {
    std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  static constexpr std::size_t kMost = 10 * 10 + 16 + 10 * kUsageCounts.size();

  std::array<char, kMost> bytes_;
  std::size_t size_ = 0;
};

std::uint64_t pack_country(const std::array<char, 2>& country) {
  if (country[0] == 0) return 0;
  return 1 + static_cast<std::uint64_t>(static_cast<unsigned char>(country[0])) * 256 +
         static_cast<unsigned char>(country[1]);
}

void put(EntryBytes& out, const Who& who) {
  out.put(who.user);
  out.put(who.device);
  out.put(pack_country(who.country));
  const std::size_t size = who.address.is_v4() ? 4 : 16;
  out.put(size);
  out.put(std::string_view(reinterpret_cast<const char*>(who.address.bytes().data()), size));
}

}  // namespace

struct UsageChunkWriter::Zstd {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ~Zstd() { ZSTD_freeCCtx(context); }
};

UsageChunkWriter::UsageChunkWriter() : zstd_(std::make_unique<Zstd>()) {
  CHECK(zstd_->context != nullptr);
  ZSTD_CCtx_setParameter(zstd_->context, ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(zstd_->context, ZSTD_c_checksumFlag, 1);
}

UsageChunkWriter::~UsageChunkWriter() = default;

void UsageChunkWriter::add(const UsageEntry& entry) {
  const bool first = entries_ == 0;
  CHECK(first || before(last_, entry));
  const bool same = !first && entry.who == last_.who;
  if (first) {
    body_ = kVersion;
    first_user_ = entry.who.user;
  }
  EntryBytes bytes;
  bytes.put(same ? 0 : 1);
  if (!same) put(bytes, entry.who);
  bytes.put(same ? entry.service - last_.service : entry.service);
  bytes.put(entry.first);
  bytes.put(static_cast<std::uint64_t>(entry.last - entry.first));
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < kUsageCounts.size(); ++i) {
    if (entry.counts.*kUsageCounts[i] != 0) mask |= std::uint64_t{1} << i;
  }
  bytes.put(mask);
  for (const auto count : kUsageCounts) {
    if (entry.counts.*count != 0) bytes.put(entry.counts.*count);
  }
  body_ += bytes.text();
  last_ = entry;
  ++entries_;
}

std::string UsageChunkWriter::finish() {
  std::string chunk;
  chunk.resize_and_overwrite(ZSTD_compressBound(body_.size()), [this](char* to, std::size_t room) {
    const std::size_t size = ZSTD_compress2(zstd_->context, to, room, body_.data(), body_.size());
    CHECK(ZSTD_isError(size) == 0);  // It has room for the worst case.
    return size;
  });
  body_.clear();
  entries_ = 0;
  return chunk;
}

std::unexpected<Error> UsageChunk::refusal(std::string_view why) {
  return fail(ErrorKind::invalid, Side::ours,
              "counts of use in the event store cannot be read: " + std::string(why) +
                  "; the file is damaged: stop the gateway, move it away (with -wal and -shm) and "
                  "start again, or put a backup in its place");
}

UsageChunk::UsageChunk(std::unique_ptr<char[]> bytes, std::size_t size)
    : bytes_(std::move(bytes)), size_(size), from_(std::string_view(bytes_.get() + 1, size - 1)) {}

Result<UsageChunk> UsageChunk::open(std::string_view bytes) {
  const unsigned long long whole = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (whole == ZSTD_CONTENTSIZE_ERROR || whole == ZSTD_CONTENTSIZE_UNKNOWN) {
    return refusal("they are not compressed as we do it");
  }
  if (whole > kMostChunkBytes) return refusal("they are too large");
  if (whole < 1) return refusal("they are empty");
  auto opened = std::make_unique_for_overwrite<char[]>(whole);
  const std::size_t size = ZSTD_decompress(opened.get(), whole, bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0 || size != whole) return refusal("they do not uncompress");
  if (opened[0] != kVersion) return refusal("they are of a version that is not known");
  return UsageChunk(std::move(opened), size);
}

bool UsageChunk::next(UsageEntry& entry) {
  if (damaged_ || from_.at_end()) return false;
  entry = UsageEntry();
  damaged_ = !read(entry);
  return !damaged_;
}

// Only looks at what it needs to find the next entry: whether the rest of one is malformed, nobody
// is told who did not ask for it.
void UsageChunk::skip_to(NameNumber user) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes_.get()) + 1;
  const auto* const end = reinterpret_cast<const unsigned char*>(bytes_.get()) + size_;
  const auto skip = [&] {
    while (at != end && *at >= 0x80) ++at;
    if (at != end) ++at;
  };
  const auto number = [&] {
    std::uint64_t value = 0;
    for (unsigned shift = 0; at != end && shift < 63; shift += 7) {
      value |= static_cast<std::uint64_t>(*at & 0x7f) << shift;
      if (*at++ < 0x80) break;
    }
    return value;
  };
  const unsigned char* found = at;  // the last entry that begins a user's, before the one wanted
  while (at != end) {
    const unsigned char* const begin = at;
    if (number() == 1) {
      const bool there = number() >= user;
      if (there) {
        found = begin;
        break;
      }
      found = begin;
      skip();  // device
      skip();  // country
      const std::uint64_t size = number();
      if (size > static_cast<std::uint64_t>(end - at)) break;
      at += size;
    }
    skip();  // service
    skip();  // first
    skip();  // span
    for (auto mask = number(); mask != 0; mask &= mask - 1) skip();
    // Behind the last one there is none.
    if (at == end) found = end;
  }
  const auto rest = static_cast<std::size_t>(end - found);
  from_ = policy::packed::Unpacker(std::string_view(bytes_.get() + size_ - rest, rest));
}

bool UsageChunk::read(UsageEntry& entry) {
  std::uint64_t fresh = 0, service = 0, first = 0, span = 0, mask = 0;
  if (!from_.varint(fresh) || fresh > 1 || (fresh == 0 && !any_)) return false;
  if (fresh == 1) {
    const Who before = who_;
    if (!read_who(who_) || (any_ && !(before < who_))) return false;
    service_ = 0;
  }
  entry.who = who_;
  if (!from_.varint(service) || !from_.varint(first) || !from_.varint(span)) return false;
  if (service > UINT32_MAX - service_ || (fresh == 0 && service == 0)) return false;
  if (first >= kPeriodMinutes || span >= kPeriodMinutes - first) return false;
  any_ = true;
  service_ += static_cast<NameNumber>(service);
  entry.service = service_;
  entry.first = static_cast<std::uint16_t>(first);
  entry.last = static_cast<std::uint16_t>(first + span);
  if (!from_.varint(mask) || mask >> kUsageCounts.size() != 0) return false;
  for (; mask != 0; mask &= mask - 1) {
    if (!from_.varint(entry.counts.*kUsageCounts[static_cast<std::size_t>(std::countr_zero(mask))]))
      return false;
  }
  return true;
}

bool UsageChunk::read_who(Who& who) {
  std::uint64_t user = 0, device = 0, country = 0;
  std::string_view address;
  if (!from_.varint(user) || !from_.varint(device) || !from_.varint(country)) return false;
  if (user > UINT32_MAX || device > UINT32_MAX || country > 65536) return false;
  if (country != 0 && country <= 256) return false;
  who.user = static_cast<NameNumber>(user);
  who.device = static_cast<NameNumber>(device);
  who.country = {};
  if (country != 0) {
    who.country = {static_cast<char>((country - 1) / 256), static_cast<char>((country - 1) % 256)};
  }
  return from_.bytes(address) &&
         policy::packed::take_address({.field = 0, .is_bytes = true, .number = 0, .bytes = address},
                                      who.address);
}

}  // namespace sallyport::discovery
