// The format stands in mmdb.cc.

#include "discovery/mmdb/mmdb_writer.h"

#include <algorithm>
#include <bit>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kMarker("\xab\xcd\xefMaxMind.com", 14);

void append_big_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xff);
}

void append_head(std::string& out, unsigned type, std::size_t size) {
  std::size_t extra = 0;
  std::uint64_t rest = 0;
  std::size_t five = size;
  if (size >= 65821) {
    CHECK(size < 65821 + (1u << 24));
    five = 31, extra = 3, rest = size - 65821;
  } else if (size >= 285) {
    five = 30, extra = 2, rest = size - 285;
  } else if (size >= 29) {
    five = 29, extra = 1, rest = size - 29;
  }
  out += static_cast<char>((type < 8 ? type << 5 : 0) | five);
  if (type >= 8) out += static_cast<char>(type - 7);
  append_big_endian(out, rest, extra);
}

void append_text(std::string& out, std::string_view text) {
  append_head(out, 2, text.size());
  out += text;
}

// Without zero bytes in front.
void append_unsigned(std::string& out, unsigned type, std::uint64_t value) {
  const auto bytes = static_cast<std::size_t>((std::bit_width(value) + 7) / 8);
  append_head(out, type, bytes);
  append_big_endian(out, value, bytes);
}

// The bits of an address in a tree for both families.
std::array<std::uint8_t, 16> bits_of(const IpAddress& address) {
  std::array<std::uint8_t, 16> bits{};
  const auto& bytes = address.bytes();
  if (address.is_v6()) return bytes;
  std::copy(bytes.begin(), bytes.begin() + 4, bits.begin() + 12);
  return bits;
}

}  // namespace

MmdbValue MmdbValue::text(std::string_view value) { return {std::string(value)}; }
MmdbValue MmdbValue::uint32(std::uint32_t value) { return {value}; }
MmdbValue MmdbValue::number(double value) { return {value}; }
MmdbValue MmdbValue::map(Map pairs) { return {std::move(pairs)}; }

MmdbWriter::MmdbWriter(Options options) : options_(std::move(options)) {
  CHECK(options_.ip_version == 4 || options_.ip_version == 6);
}

// Two bits of size, three of the offset, then the rest; the shortest form that holds it.
std::string MmdbWriter::key_pointer(const std::string& key) {
  const auto [at, fresh] = keys_.try_emplace(key, static_cast<std::uint32_t>(data_.size()));
  if (fresh) append_text(data_, key);
  std::string out;
  const std::uint32_t offset = at->second;
  if (offset < 2048) {
    out += static_cast<char>(0x20 | offset >> 8);
    append_big_endian(out, offset & 0xff, 1);
  } else if (offset < 2048 + (1u << 19)) {
    out += static_cast<char>(0x28 | (offset - 2048) >> 16);
    append_big_endian(out, (offset - 2048) & 0xffff, 2);
  } else {
    out += static_cast<char>(0x38);
    append_big_endian(out, offset, 4);
  }
  return out;
}

void MmdbWriter::encode(std::string& out, const MmdbValue& value, bool full_keys) {
  if (const auto* text = std::get_if<std::string>(&value.is)) {
    append_text(out, *text);
  } else if (const auto* u16 = std::get_if<std::uint16_t>(&value.is)) {
    append_unsigned(out, 5, *u16);
  } else if (const auto* u32 = std::get_if<std::uint32_t>(&value.is)) {
    append_unsigned(out, 6, *u32);
  } else if (const auto* u64 = std::get_if<std::uint64_t>(&value.is)) {
    append_unsigned(out, 9, *u64);
  } else if (const auto* i32 = std::get_if<std::int32_t>(&value.is)) {
    append_head(out, 8, 4);
    append_big_endian(out, static_cast<std::uint32_t>(*i32), 4);
  } else if (const auto* number = std::get_if<double>(&value.is)) {
    append_head(out, 3, 8);
    append_big_endian(out, std::bit_cast<std::uint64_t>(*number), 8);
  } else if (const auto* yes = std::get_if<bool>(&value.is)) {
    append_head(out, 14, *yes ? 1 : 0);
  } else if (const auto* map = std::get_if<MmdbValue::Map>(&value.is)) {
    append_head(out, 7, map->size());
    for (const auto& [key, inner] : *map) {
      if (full_keys) {
        append_text(out, key);
      } else {
        out += key_pointer(key);
      }
      encode(out, inner, full_keys);
    }
  } else {
    const auto& array = std::get<MmdbValue::Array>(value.is);
    append_head(out, 11, array.size());
    for (const MmdbValue& inner : array) encode(out, inner, full_keys);
  }
}

MmdbWriter::Handle MmdbWriter::value(const MmdbValue& value) {
  std::string bytes;
  encode(bytes, value, false);
  const auto [at, fresh] = known_.try_emplace(std::move(bytes), Handle{});
  if (fresh) {
    at->second = static_cast<Handle>(data_.size());
    data_ += at->first;
    CHECK(data_.size() < (std::size_t{1} << 31));
  }
  return at->second;
}

void MmdbWriter::add(const IpPrefix& network, Handle value) {
  const IpPrefix masked = network.masked();
  auto last = masked.address.bytes();
  for (int bit = network.length; bit < masked.address.bits(); ++bit) {
    last[static_cast<std::size_t>(bit / 8)] |= static_cast<std::uint8_t>(0x80 >> bit % 8);
  }
  const IpAddress end =
      masked.address.is_v4()
          ? IpAddress::v4(std::uint32_t{last[0]} << 24 | last[1] << 16 | last[2] << 8 | last[3])
          : IpAddress::v6(last);
  add(masked.address, end, value);
}

void MmdbWriter::add(const IpAddress& first, const IpAddress& last, Handle value) {
  CHECK(first.is_v4() == last.is_v4() && first <= last);
  CHECK(first.is_v4() || options_.ip_version == 6);
  put(0, options_.ip_version == 4 ? 96 : 0, Bits{}, {bits_of(first), bits_of(last), value});
}

// `at` is where the node's network begins; at most 128 deep.
void MmdbWriter::put(std::uint32_t node, int depth, const Bits& at, const Span& span) {
  Bits low = at;
  for (std::size_t side = 0; side < 2; ++side) {
    const auto byte = static_cast<std::size_t>(depth / 8);
    if (side == 1) low[byte] |= static_cast<std::uint8_t>(0x80 >> depth % 8);
    Bits high = low;
    high[byte] |= static_cast<std::uint8_t>(0x7f >> depth % 8);
    std::fill(high.begin() + static_cast<std::ptrdiff_t>(byte) + 1, high.end(), 0xff);
    if (high < span.first || span.last < low) continue;
    if (span.first <= low && high <= span.last) {
      nodes_[node][side] = {Link::To::value, span.value};
      continue;
    }
    const Link before = nodes_[node][side];
    std::uint32_t child = before.number;
    if (before.to != Link::To::node) {
      child = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({before, before});
      nodes_[node][side] = {Link::To::node, child};
    }
    put(child, depth + 1, low, span);
  }
}

// Two halves that lead to the same value are one.
void MmdbWriter::fold(std::vector<Node>& nodes, std::uint32_t node) {
  for (std::size_t side = 0; side < 2; ++side) {
    const Link link = nodes[node][side];
    if (link.to != Link::To::node) continue;
    fold(nodes, link.number);
    const auto& [left, right] = nodes[link.number];
    const bool same =
        left.to == Link::To::value && right.to == Link::To::value && left.number == right.number;
    if (same) nodes[node][side] = left;
  }
}

// Readers that know nothing of IPv4 inside IPv6 find it all the same.
void MmdbWriter::hang_in_v4(std::vector<Node>& nodes) {
  Link v4{Link::To::node, 0};
  for (int depth = 0; depth < 96 && v4.to == Link::To::node; ++depth) v4 = nodes[v4.number][0];
  if (v4.to != Link::To::node) return;
  static constexpr std::pair<Bits, int> kPlaces[] = {
      {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96},  // mapped, RFC 4291 section 2.5.5.2
      {{0x20, 0x02}, 16},                                // 6to4, RFC 3056
  };
  for (const auto& [bits, length] : kPlaces) {
    std::uint32_t node = 0;
    for (int depth = 0; depth < length; ++depth) {
      const std::size_t side =
          bits[static_cast<std::size_t>(depth / 8)] >> (7 - depth % 8) & std::size_t{1};
      if (depth + 1 == length) {
        if (nodes[node][side].to == Link::To::nowhere) nodes[node][side] = v4;
        break;
      }
      if (nodes[node][side].to == Link::To::value) break;  // Somebody said otherwise.
      if (nodes[node][side].to == Link::To::nowhere) {
        nodes[node][side] = {Link::To::node, static_cast<std::uint32_t>(nodes.size())};
        nodes.push_back({});
      }
      node = nodes[node][side].number;
    }
  }
}

// An epoch of 0 is invalid metadata to libmaxminddb.
std::string MmdbWriter::metadata(std::size_t nodes, int record_bits) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(options_.built.time_since_epoch()).count();
  std::string out;
  encode(out,
         MmdbValue::map(
             {{"node_count", MmdbValue::uint32(static_cast<std::uint32_t>(nodes))},
              {"record_size", {static_cast<std::uint16_t>(record_bits)}},
              {"ip_version", {static_cast<std::uint16_t>(options_.ip_version)}},
              {"database_type", MmdbValue::text(options_.type)},
              {"languages", {MmdbValue::Array{}}},
              {"binary_format_major_version", {std::uint16_t{2}}},
              {"binary_format_minor_version", {std::uint16_t{0}}},
              {"build_epoch", {static_cast<std::uint64_t>(std::max<std::int64_t>(1, seconds))}},
              {"description", MmdbValue::map({{"en", MmdbValue::text(options_.description)}})}}),
         true);
  return out;
}

std::string MmdbWriter::finish() {
  std::vector<Node> nodes = nodes_;
  fold(nodes, 0);
  if (options_.ip_version == 6) hang_in_v4(nodes);
  // Only what is still reached gets a number, depth first, so that a look-up stays near.
  std::vector<std::uint32_t> order;
  constexpr std::uint32_t kUnseen = 0xffffffff;
  std::vector<std::uint32_t> number(nodes.size(), kUnseen);
  std::vector<std::uint32_t> open{0};
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    if (number[at] != kUnseen) continue;
    number[at] = static_cast<std::uint32_t>(order.size());
    order.push_back(at);
    for (const std::size_t side : {1u, 0u}) {
      if (nodes[at][side].to == Link::To::node) open.push_back(nodes[at][side].number);
    }
  }

  const std::uint64_t most = order.size() + 16 + data_.size();
  int bits = options_.least_record_bits;
  while (bits < 32 && most >> bits != 0) bits += 4;
  CHECK(most >> bits == 0);
  const auto record = [&](const Link& link) -> std::uint64_t {
    if (link.to == Link::To::node) return number[link.number];
    return link.to == Link::To::nowhere ? order.size() : order.size() + 16 + link.number;
  };
  std::string out;
  for (const std::uint32_t at : order) {
    const std::uint64_t left = record(nodes[at][0]);
    const std::uint64_t right = record(nodes[at][1]);
    if (bits == 28) {
      append_big_endian(out, left & 0xffffff, 3);
      out += static_cast<char>((left >> 24) << 4 | right >> 24);
      append_big_endian(out, right & 0xffffff, 3);
    } else {
      append_big_endian(out, left, static_cast<std::size_t>(bits) / 8);
      append_big_endian(out, right, static_cast<std::size_t>(bits) / 8);
    }
  }
  out.append(16, '\0');
  out += data_;
  out += kMarker;
  out += metadata(order.size(), bits);
  return out;
}

}  // namespace sallyport::discovery
