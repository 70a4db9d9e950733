// The file: search tree, 16 zero bytes, data section, marker, metadata.
//
//   tree      nodes of two records, left for a bit 0, right for a bit 1. A record below the count
//             of nodes is the next node; equal to it: no entry; above it: count + 16 + the entry's
//             offset in the data section.
//   field     control byte: 3 bits of type, 5 of size. Type 0: the next byte + 7 is the type. Size
//             29, 30, 31: one, two, three more bytes, added to 29, 285, 65821.
//   pointer   type 1: 2 bits tell how many more bytes, 3 bits belong to the offset. It never points
//             to a pointer.
//   map       as many pairs as its size says; keys are texts. array: as many values.

#include "discovery/mmdb/mmdb.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kMarker("\xab\xcd\xefMaxMind.com", 14);
constexpr std::size_t kMetadataWithin = 128 * 1024;   // bytes at the end that the marker stands in
constexpr std::size_t kSeparator = 16;                // zero bytes behind the tree
constexpr std::uint64_t kLatestEpoch = 253402300799;  // the end of the year 9999

enum FieldType : unsigned {
  kPointer = 1,
  kText = 2,
  kDouble = 3,
  kUint16 = 5,
  kUint32 = 6,
  kMap = 7,
  kInt32 = 8,
  kUint64 = 9,
  kUint128 = 10,
  kArray = 11,
  kBoolean = 14,
  kFloat = 15,
};

struct Field {
  unsigned type = 0;
  std::uint32_t size = 0;
  std::size_t body = 0;  // Where its bytes, pairs or values begin; of a pointer, what is behind it.
  std::uint32_t target = 0;  // of a pointer
};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// One section of fields. Every step is paid for from `work`.
class Section {
 public:
  Section(std::string_view bytes, std::uint64_t& work) : bytes_(bytes), work_(work) {}

  // What stands at the end of the path that begins at `at`, past any pointer.
  std::optional<Field> follow(std::size_t at, std::span<const std::string_view> path) {
    for (const std::string_view key : path) {
      const std::optional<Field> inside = resolved(at);
      if (!inside) return std::nullopt;
      const std::optional<std::size_t> next = inside->type == kMap     ? value_of(*inside, key)
                                              : inside->type == kArray ? element_of(*inside, key)
                                                                       : std::nullopt;
      if (!next) return std::nullopt;
      at = *next;
    }
    return resolved(at);
  }

  std::string_view bytes_of(const Field& field) const {
    return bytes_.substr(field.body, field.size);
  }

 private:
  // The field at `at`, its bytes inside the section.
  std::optional<Field> field(std::size_t at) {
    if (work_ == 0) return std::nullopt;
    --work_;
    const auto more = [&](std::size_t count) -> std::optional<std::uint64_t> {
      if (at > bytes_.size() || bytes_.size() - at < count) return std::nullopt;
      at += count;
      return big_endian(bytes_.substr(at - count, count));
    };
    const auto control = more(1);
    if (!control) return std::nullopt;
    Field out;
    out.type = static_cast<unsigned>(*control >> 5);
    if (out.type == kPointer) return pointer(static_cast<unsigned>(*control), at);
    if (out.type == 0) {
      const auto extended = more(1);
      if (!extended || *extended > 8) return std::nullopt;
      out.type = static_cast<unsigned>(*extended) + 7;
    }
    out.size = *control & 31;
    if (out.size >= 29) {
      static constexpr std::uint32_t kBase[] = {29, 285, 65821};
      const std::uint32_t extra = out.size - 28;
      const auto rest = more(extra);
      if (!rest) return std::nullopt;
      out.size = kBase[extra - 1] + static_cast<std::uint32_t>(*rest);
    }
    out.body = at;
    const bool counted = out.type == kMap || out.type == kArray || out.type == kBoolean;
    if (!counted && bytes_.size() - at < out.size) return std::nullopt;
    return out;
  }

  std::optional<Field> pointer(unsigned control, std::size_t at) const {
    static constexpr std::uint32_t kBase[] = {0, 2048, 526336, 0};
    const unsigned count = (control >> 3 & 3) + 1;
    if (bytes_.size() - at < count) return std::nullopt;
    const auto rest = static_cast<std::uint32_t>(big_endian(bytes_.substr(at, count)));
    const std::uint32_t high = count == 4 ? 0 : (control & 7) << (8 * count);
    return Field{kPointer, 0, at + count, (high | rest) + kBase[count - 1]};
  }

  std::optional<Field> resolved(std::size_t at) {
    std::optional<Field> found = field(at);
    if (found && found->type == kPointer) {
      found = field(found->target);
      if (found && found->type == kPointer) return std::nullopt;
    }
    return found;
  }

  // Where what begins at `at` ends. Without recursion: only the number of fields still to come.
  std::optional<std::size_t> end_of(std::size_t at) {
    for (std::uint64_t open = 1; open > 0; --open) {
      const std::optional<Field> one = field(at);
      if (!one) return std::nullopt;
      at = one->body;
      if (one->type == kMap) {
        open += 2 * std::uint64_t{one->size};
      } else if (one->type == kArray) {
        open += one->size;
      } else if (one->type != kBoolean) {
        at += one->size;
      }
      if (open > bytes_.size() + 1) return std::nullopt;  // A field has at least one byte.
    }
    return at;
  }

  std::optional<std::size_t> value_of(const Field& map, std::string_view wanted) {
    std::size_t at = map.body;
    for (std::uint32_t i = 0; i < map.size; ++i) {
      std::optional<Field> key = field(at);
      if (!key) return std::nullopt;
      at = key->type == kPointer ? key->body : key->body + key->size;
      if (key->type == kPointer) key = field(key->target);
      if (!key || key->type != kText) return std::nullopt;
      if (bytes_of(*key) == wanted) return at;
      const std::optional<std::size_t> next = end_of(at);
      if (!next) return std::nullopt;
      at = *next;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> element_of(const Field& array, std::string_view index) {
    const auto wanted = parse_decimal(index);
    if (!wanted || *wanted >= array.size) return std::nullopt;
    std::size_t at = array.body;
    for (std::uint64_t i = 0; i < *wanted; ++i) {
      const std::optional<std::size_t> next = end_of(at);
      if (!next) return std::nullopt;
      at = *next;
    }
    return at;
  }

  std::string_view bytes_;
  std::uint64_t& work_;
};

// An unsigned number of any width, where it fits.
MmdbScalar unsigned_number(std::string_view bytes) {
  while (!bytes.empty() && bytes.front() == '\0') bytes.remove_prefix(1);
  if (bytes.size() > 8) return {};
  return big_endian(bytes);
}

MmdbScalar scalar(const Field& field, std::string_view bytes) {
  switch (field.type) {
    case kText:
      return bytes;
    case kUint16:
    case kUint32:
    case kUint64:
    case kUint128:
      return unsigned_number(bytes);
    case kInt32:
      if (bytes.size() > 4) return {};
      return std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(big_endian(bytes)))};
    case kDouble:
      if (bytes.size() != 8) return {};
      return std::bit_cast<double>(big_endian(bytes));
    case kFloat:
      if (bytes.size() != 4) return {};
      return double{std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(bytes)))};
    case kBoolean:
      if (field.size > 1) return {};
      return field.size == 1;
    default:
      return {};
  }
}

MmdbScalar find_in(std::string_view section, std::size_t at, std::span<const std::string_view> path,
                   std::uint64_t& work) {
  Section reader(section, work);
  const std::optional<Field> field = reader.follow(at, path);
  if (!field) return {};
  return scalar(*field, field->type == kBoolean ? std::string_view() : reader.bytes_of(*field));
}

std::unexpected<Error> refused(std::string detail) {
  return fail(ErrorKind::invalid, Side::ours, std::move(detail));
}

// The bits of an address while the tree is walked.
using Bits = std::array<std::uint8_t, 16>;

bool all_zero(const Bits& bits, std::size_t bytes) {
  return std::all_of(bits.begin(), bits.begin() + static_cast<std::ptrdiff_t>(bytes),
                     [](std::uint8_t byte) { return byte == 0; });
}

// ::ffff:0:0/96, whose addresses exist as IPv4 only.
bool is_mapped(const Bits& bits) {
  return all_zero(bits, 10) && bits[10] == 0xff && bits[11] == 0xff;
}

IpAddress last_four(const Bits& bits) {
  return IpAddress::v4(std::uint32_t{bits[12]} << 24 | std::uint32_t{bits[13]} << 16 |
                       std::uint32_t{bits[14]} << 8 | bits[15]);
}

}  // namespace

Result<Mmdb> Mmdb::open(std::string_view bytes) {
  if (bytes.size() > kMaxMmdb) {
    return fail(ErrorKind::limit, Side::ours, "more than " + human_bytes(kMaxMmdb));
  }
  const std::size_t from = bytes.size() - std::min(bytes.size(), kMetadataWithin);
  const std::size_t marker = bytes.substr(from).rfind(kMarker);
  if (marker == std::string_view::npos) return refused("no MMDB file, or one that was cut off");
  Mmdb out;
  out.work_ = 4 * std::uint64_t{bytes.size()} + 1'000'000;
  Result<void> read = out.read_metadata(bytes.substr(from + marker + kMarker.size()));
  if (!read) return pass_on(std::move(read));

  const std::uint64_t tree =
      std::uint64_t{out.metadata_.nodes} * static_cast<unsigned>(out.metadata_.record_bits) / 4;
  if (tree + kSeparator > from + marker) return refused("the search tree is longer than the file");
  out.tree_ = bytes.substr(0, static_cast<std::size_t>(tree));
  out.data_ = bytes.substr(0, from + marker).substr(out.tree_.size() + kSeparator);
  out.find_v4_root();
  return out;
}

Result<void> Mmdb::read_metadata(std::string_view section) {
  const auto number = [&](std::string_view key) -> std::optional<std::uint64_t> {
    const MmdbScalar value = find_in(section, 0, {{key}}, work_);
    const auto* found = std::get_if<std::uint64_t>(&value);
    return found != nullptr ? std::optional(*found) : std::nullopt;
  };
  const auto format = number("binary_format_major_version");
  if (!format) return refused("the metadata cannot be read");
  if (*format != 2) return refused("format version " + std::to_string(*format) + ", not 2");
  const auto nodes = number("node_count");
  const auto bits = number("record_size");
  const auto version = number("ip_version");
  if (!nodes || *nodes == 0 || *nodes > 0xffffffff)
    return refused("the metadata has no node_count");
  if (!bits || (*bits != 24 && *bits != 28 && *bits != 32)) {
    return refused("the metadata has a record_size that is none of 24, 28 and 32");
  }
  if (!version || (*version != 4 && *version != 6)) {
    return refused("the metadata has an ip_version that is neither 4 nor 6");
  }
  metadata_.nodes = static_cast<std::uint32_t>(*nodes);
  metadata_.record_bits = static_cast<int>(*bits);
  metadata_.ip_version = static_cast<int>(*version);
  const MmdbScalar type = find_in(section, 0, {{"database_type"}}, work_);
  if (const auto* text = std::get_if<std::string_view>(&type)) {
    metadata_.type = printable(text->substr(0, 100));
  }
  if (const auto epoch = number("build_epoch"); epoch && *epoch <= kLatestEpoch) {
    metadata_.built = Time(std::chrono::seconds(*epoch));
  }
  return {};
}

std::uint32_t Mmdb::record(std::uint32_t node, bool right) const {
  const auto width = static_cast<std::size_t>(metadata_.record_bits) / 4;  // bytes of a node
  const std::string_view bytes = tree_.substr(node * width, width);
  const std::size_t half = width / 2;
  if (width != 7) {
    return static_cast<std::uint32_t>(big_endian(bytes.substr(right ? half : 0, half)));
  }
  // 28 bits: the byte in the middle holds the upper four of the left, then of the right.
  const auto middle = static_cast<unsigned char>(bytes[3]);
  const std::uint32_t upper = right ? middle & 15u : middle >> 4;
  return upper << 24 | static_cast<std::uint32_t>(big_endian(bytes.substr(right ? 4 : 0, 3)));
}

void Mmdb::find_v4_root() {
  if (metadata_.ip_version == 4) return;
  while (v4_depth_ < 96 && v4_root_ < metadata_.nodes) {
    v4_root_ = record(v4_root_, false);
    ++v4_depth_;
  }
}

Result<void> Mmdb::walk(const Visit& visit) const {
  struct Branch {
    std::uint32_t record;
    int depth;
    Bits bits;
  };
  const bool wide = metadata_.ip_version == 6;
  const int deepest = wide ? 128 : 32;
  const std::size_t first_byte = wide ? 0 : 12;
  // A tree has each node once. Branches that are hung in twice are legal; what only they explain is
  // a file that grows without end.
  std::uint64_t most = 8 * std::uint64_t{metadata_.nodes} + 1'000'000;
  std::vector<Branch> open{{0, 0, {}}};
  while (!open.empty()) {
    const Branch at = open.back();
    open.pop_back();
    const bool v4 = !wide || (at.depth >= 96 && all_zero(at.bits, 12));
    if (wide && !v4 && at.record == v4_root_ && v4_depth_ == 96) continue;
    if (wide && at.depth >= 96 && is_mapped(at.bits)) continue;
    if (at.record < metadata_.nodes) {
      if (at.depth == deepest) return refused("the search tree is deeper than an address is long");
      if (most-- == 0) {
        return fail(ErrorKind::limit, Side::ours,
                    "the search tree is no tree, or is far too large");
      }
      Branch right{record(at.record, true), at.depth + 1, at.bits};
      right.bits[first_byte + static_cast<std::size_t>(at.depth / 8)] |=
          static_cast<std::uint8_t>(0x80 >> at.depth % 8);
      open.push_back(right);
      open.push_back({record(at.record, false), at.depth + 1, at.bits});
      continue;
    }
    if (at.record == metadata_.nodes) continue;
    const std::uint64_t behind = std::uint64_t{at.record} - metadata_.nodes;
    if (behind < kSeparator || behind - kSeparator >= data_.size()) {
      return refused("the search tree points out of the file");
    }
    const auto entry = static_cast<Entry>(behind - kSeparator);
    if (v4) {
      if (!visit({last_four(at.bits), wide ? at.depth - 96 : at.depth}, entry)) break;
      continue;
    }
    // One record for more than all of IPv4.
    if (at.depth < 96 && all_zero(at.bits, 12) && !visit({IpAddress::v4(0), 0}, entry)) break;
    if (!visit({IpAddress::v6(at.bits), at.depth}, entry)) break;
  }
  return {};
}

std::optional<Mmdb::Entry> Mmdb::look_up(const IpAddress& address) const {
  const bool v4 = address.is_v4();
  if (!v4 && metadata_.ip_version == 4) return std::nullopt;
  std::uint32_t at = v4 ? v4_root_ : 0;
  for (int i = 0; i < address.bits() && at < metadata_.nodes; ++i) {
    at = record(at, address.bit(i));
  }
  if (at <= metadata_.nodes) return std::nullopt;
  const std::uint64_t behind = std::uint64_t{at} - metadata_.nodes;
  if (behind < kSeparator || behind - kSeparator >= data_.size()) return std::nullopt;
  return static_cast<Entry>(behind - kSeparator);
}

MmdbScalar Mmdb::find(Entry entry, std::span<const std::string_view> path) const {
  return find_in(data_, entry, path, work_);
}

}  // namespace sallyport::discovery
