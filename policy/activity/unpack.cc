#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "policy/activity/pack.h"
#include "policy/activity/pack_format.h"

namespace sallyport::policy {
namespace {

using namespace packed;

struct Read {
  unsigned field = 0;
  bool is_bytes = false;
  std::uint64_t number = 0;
  std::string_view bytes;
};

// Takes what it gives from the front of `rest_`. INVARIANT: reads no byte outside of it.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) return false;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool bytes(std::string_view& value) {
    std::uint64_t length = 0;
    if (!varint(length) || length > rest_.size()) return false;
    value = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

  bool field(Read& read) {
    std::uint64_t key = 0;
    if (!varint(key) || key > std::numeric_limits<unsigned>::max()) return false;
    read.field = static_cast<unsigned>(key / 2);
    read.is_bytes = key % 2 == 1;
    return read.is_bytes ? bytes(read.bytes) : varint(read.number);
  }

 private:
  std::string_view rest_;
};

// The fields that were there, of those numbered below 64.
class FieldSet {
 public:
  bool has(unsigned field) const { return field < 64 && (bits_ >> field & 1) != 0; }
  // False: it is there already.
  bool add(unsigned field) {
    if (has(field)) return false;
    if (field < 64) bits_ |= std::uint64_t{1} << field;
    return true;
  }

 private:
  std::uint64_t bits_ = 0;
};

// Hands each field to `take`, which says whether it can be.
template <class Take>
bool each_field(std::string_view bytes, FieldSet& there, const Take& take) {
  Unpacker from(bytes);
  Read read;
  while (!from.at_end()) {
    if (!from.field(read) || !there.add(read.field) || !take(read)) return false;
  }
  return true;
}

bool take_text(const Read& read, std::string& into) {
  if (!read.is_bytes) return false;
  into.assign(read.bytes);
  return true;
}

bool take_text(const Read& read, std::optional<std::string>& into) {
  if (!into) into.emplace();
  return take_text(read, *into);
}

bool take_list(const Read& read, std::vector<std::string>& into) {
  if (!read.is_bytes) return false;
  Unpacker from(read.bytes);
  std::size_t count = 0;
  while (!from.at_end()) {
    std::string_view text;
    if (!from.bytes(text)) return false;
    if (count == into.size()) into.emplace_back();
    into[count++].assign(text);
  }
  into.resize(count);
  return true;
}

bool take_list(const Read& read, std::optional<std::vector<std::string>>& into) {
  if (!into) into.emplace();
  return take_list(read, *into);
}

template <class Number>
bool take_number(const Read& read, Number& into) {
  if (read.is_bytes || read.number > std::numeric_limits<Number>::max()) return false;
  into = static_cast<Number>(read.number);
  return true;
}

// A word that only a newer version knows becomes `newer`.
template <class Word>
bool take_word(const Read& read, Word last, Word newer, Word& into) {
  if (read.is_bytes) return false;
  into = read.number <= static_cast<std::uint64_t>(last) ? static_cast<Word>(read.number) : newer;
  return true;
}

bool take_address(const Read& read, IpAddress& into) {
  if (!read.is_bytes) return false;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(read.bytes[i]); };
  if (read.bytes.size() == 4) {
    into = IpAddress::v4(static_cast<std::uint32_t>(byte(0)) << 24 | byte(1) << 16 | byte(2) << 8 |
                         byte(3));
    return true;
  }
  std::array<std::uint8_t, 16> bytes{};
  if (read.bytes.size() != bytes.size()) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = byte(i);
  into = IpAddress::v6(bytes);
  return true;
}

bool take_location(const Read& read, std::optional<Coordinates>& into) {
  if (!read.is_bytes || read.bytes.size() != 16) return false;
  const auto degrees = [&](std::size_t at) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(read.bytes[at + i])) << 8 * i;
    }
    return std::bit_cast<double>(bits);
  };
  into = Coordinates{degrees(0), degrees(8)};
  // Not a number is neither.
  return into->latitude >= -90 && into->latitude <= 90 && into->longitude >= -180 &&
         into->longitude <= 180;
}

bool unpack_address(const Read& read, AddressFacts& into) {
  into.category = IpCategory::none;
  into.asn = 0;
  into.location.reset();
  FieldSet there;
  const bool whole =
      read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
        switch (one.field) {
          case a_address:
            return take_address(one, into.address);
          case a_category:
            return take_word(one, IpCategory::other, IpCategory::other, into.category);
          case a_tags:
            return take_list(one, into.tags);
          case a_range:
            return take_text(one, into.range);
          case a_country:
            return take_text(one, into.country);
          case a_asn:
            return take_number(one, into.asn);
          case a_isp:
            return take_text(one, into.isp);
          case a_location:
            return take_location(one, into.location);
          default:
            return true;
        }
      });
  if (!there.has(a_tags)) into.tags.clear();
  if (!there.has(a_range)) into.range.clear();
  if (!there.has(a_country)) into.country.clear();
  if (!there.has(a_isp)) into.isp.clear();
  return whole && there.has(a_address);
}

bool unpack_app(const Read& read, AppFacts& into) {
  FieldSet there;
  const bool whole = read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
                       switch (one.field) {
                         case p_id:
                           return take_text(one, into.id);
                         case p_name:
                           return take_text(one, into.name);
                         case p_category:
                           return take_text(one, into.category);
                         case p_tags:
                           return take_list(one, into.tags);
                         default:
                           return true;
                       }
                     });
  if (!there.has(p_id)) into.id.clear();
  if (!there.has(p_name)) into.name.clear();
  if (!there.has(p_category)) into.category.clear();
  if (!there.has(p_tags)) into.tags.clear();
  return whole;
}

bool take_agent_tags(const Read& read, AgentTags& into) {
  if (read.is_bytes) return false;
  for (const AgentTag tag : kAgentTags) {
    if ((read.number >> static_cast<unsigned>(tag) & 1) != 0) into.add(tag);
  }
  return true;
}

bool unpack_agent(const Read& read, AgentFacts& into) {
  into.app = ClientApp::other;
  into.device = DeviceType::other;
  into.tags = {};
  FieldSet there;
  const bool whole = read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
                       switch (one.field) {
                         case g_app:
                           return take_word(one, ClientApp::other, ClientApp::other, into.app);
                         case g_device:
                           return take_word(one, DeviceType::other, DeviceType::other, into.device);
                         case g_tags:
                           return take_agent_tags(one, into.tags);
                         case g_browser:
                           return take_text(one, into.browser);
                         case g_browser_version:
                           return take_text(one, into.browser_version);
                         case g_os:
                           return take_text(one, into.os);
                         case g_os_version:
                           return take_text(one, into.os_version);
                         default:
                           return true;
                       }
                     });
  if (!there.has(g_browser)) into.browser.clear();
  if (!there.has(g_browser_version)) into.browser_version.clear();
  if (!there.has(g_os)) into.os.clear();
  if (!there.has(g_os_version)) into.os_version.clear();
  return whole;
}

bool unpack_file(const Read& read, FileFacts& into) {
  into.size.reset();
  FieldSet there;
  const bool whole = read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
                       switch (one.field) {
                         case l_name:
                           return take_text(one, into.name);
                         case l_extension:
                           return take_text(one, into.extension);
                         case l_type:
                           return take_text(one, into.type);
                         case l_size:
                           return take_number(one, into.size.emplace());
                         default:
                           return true;
                       }
                     });
  if (!there.has(l_name)) into.name.clear();
  if (!there.has(l_extension)) into.extension.clear();
  if (!there.has(l_type)) into.type.clear();
  return whole;
}

template <class Facts>
Facts& in_place(std::optional<Facts>& facts) {
  return facts ? *facts : facts.emplace();
}

bool unpack_field(const Read& read, Activity& into) {
  switch (read.field) {
    case f_point:
      return take_word(read, Point::download, Point::download, into.point);
    case f_at:
      into.at = Time(std::chrono::microseconds(unzigzag(read.number)));
      return !read.is_bytes;
    case f_user:
      return take_text(read, into.user);
    case f_user_names:
      return take_list(read, into.user_names);
    case f_user_domain:
      return take_text(read, into.user_domain);
    case f_groups:
      return take_list(read, into.groups);
    case f_device_tags:
      return take_list(read, into.device_tags);
    case f_client:
      return unpack_address(read, into.client);
    case f_destination:
      return unpack_address(read, in_place(into.destination));
    case f_host:
      return take_text(read, into.host);
    case f_domain:
      return take_text(read, into.domain);
    case f_host_kind:
      return take_word(read, HostKind::infrastructure, HostKind::unknown, into.host_kind);
    case f_host_tags:
      return take_list(read, into.host_tags);
    case f_port:
      return take_number(read, into.port);
    case f_scheme:
      return take_text(read, into.scheme);
    case f_app:
      return unpack_app(read, in_place(into.app));
    case f_method:
      return take_text(read, into.method);
    case f_path:
      return take_text(read, into.path);
    case f_type:
      return take_word(read, ActivityType::admin, ActivityType::other, into.type.emplace());
    case f_admin:
      into.admin = read.number != 0;
      return !read.is_bytes && read.number <= 1;
    case f_file:
      return unpack_file(read, in_place(into.file));
    case f_user_agent:
      return take_text(read, into.user_agent);
    case f_agent:
      return unpack_agent(read, in_place(into.agent));
    case f_ja4:
      return take_text(read, into.ja4);
    case f_client_tls_version:
      return take_text(read, into.client_tls_version);
    case f_connection_uploaded:
      return take_number(read, into.connection_uploaded);
    case f_connection_downloaded:
      return take_number(read, into.connection_downloaded);
    case f_certificate_faults:
      return take_list(read, into.certificate_faults);
    case f_status: {
      const std::int64_t status = unzigzag(read.number);
      into.status = static_cast<int>(status);
      return !read.is_bytes && std::in_range<int>(status);
    }
    default:
      return true;
  }
}

// What was not there is not known.
void forget_others(const FieldSet& there, Activity& into) {
  const auto clear = [&](unsigned field, auto& texts) {
    if (!there.has(field)) texts.clear();
  };
  const auto reset = [&](unsigned field, auto& facts) {
    if (!there.has(field)) facts.reset();
  };
  reset(f_user, into.user);
  clear(f_user_names, into.user_names);
  clear(f_user_domain, into.user_domain);
  clear(f_groups, into.groups);
  reset(f_device_tags, into.device_tags);
  reset(f_destination, into.destination);
  clear(f_host, into.host);
  clear(f_domain, into.domain);
  clear(f_host_tags, into.host_tags);
  clear(f_scheme, into.scheme);
  reset(f_app, into.app);
  reset(f_method, into.method);
  reset(f_path, into.path);
  reset(f_file, into.file);
  reset(f_user_agent, into.user_agent);
  reset(f_agent, into.agent);
  clear(f_ja4, into.ja4);
  clear(f_client_tls_version, into.client_tls_version);
  reset(f_certificate_faults, into.certificate_faults);
}

}  // namespace

bool unpack(std::string_view packed, Activity& into) {
  if (packed.empty() || packed.size() > kMostPacked || packed.front() != kVersion) return false;
  into.query.reset();
  into.header_names.reset();
  into.host_kind = HostKind::unknown;
  into.port = 0;
  into.type.reset();
  into.admin.reset();
  into.connection_uploaded = 0;
  into.connection_downloaded = 0;
  into.status.reset();
  FieldSet there;
  const bool whole = each_field(packed.substr(1), there,
                                [&](const Read& read) { return unpack_field(read, into); });
  forget_others(there, into);
  return whole && there.has(f_point) && there.has(f_at) && there.has(f_client);
}

}  // namespace sallyport::policy
