// The file, one host per line, fields parted by a blank:
//
//   sallyport-pins 1
//   api.example.com 2026-11-20T08:00:00.000000Z 2026-11-23T21:58:51.000000Z 12 0 3 1 8f3a...
//   91c0... host            first                       last                        per
//   ClientRefusal  clients
//
// The clients are hashes in 16 hexadecimal digits. A line that does not fit is passed over, so that
// one damaged by a crash or an editor costs one host.

#include "tls/bypass/pin_memory.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/core/text.h"

namespace sallyport::tls {

namespace {

constexpr std::string_view kMagic = "sallyport-pins ";
constexpr std::string_view kVersion = "1";
constexpr std::size_t kMaxLine = 4096;  // bytes
constexpr std::size_t kFixedFields = 3 + kClientRefusals;

// FNV-1a. It only tells clients apart in a count; it hides nobody, so the file stays 0600.
std::uint64_t hash_of(std::string_view client) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : client) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

std::string hex16(std::uint64_t value) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  return text;
}

std::optional<std::uint64_t> parse_hex16(std::string_view text) {
  if (text.size() != 16 || !std::all_of(text.begin(), text.end(), is_hex)) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) value = value << 4 | static_cast<std::uint64_t>(hex_value(c));
  return value;
}

// Whether it was not there and there was room.
bool add_client(std::vector<std::uint64_t>& clients, std::uint64_t client) {
  const auto place = std::lower_bound(clients.begin(), clients.end(), client);
  if (place != clients.end() && *place == client) return false;
  if (clients.size() >= PinMemory::kMaxClients) return false;
  clients.insert(place, client);
  return true;
}

struct Line {
  PinnedHost seen;
  std::vector<std::uint64_t> clients;
};

std::optional<Line> parse_line(std::string_view text) {
  if (text.size() > kMaxLine) return std::nullopt;
  const auto fields = split(text, ' ');
  if (fields.size() < kFixedFields) return std::nullopt;
  const auto host = Host::parse(fields[0]);
  const auto first = parse_rfc3339(fields[1]);
  const auto last = parse_rfc3339(fields[2]);
  if (!host || host->in_authority() != fields[0] || !first || !last || *last < *first) {
    return std::nullopt;
  }
  Line line;
  line.seen.host = host->text();
  line.seen.first = *first;
  line.seen.last = *last;
  for (std::size_t kind = 0; kind < kClientRefusals; ++kind) {
    const auto count = parse_decimal(fields[3 + kind]);
    // A bound so that a sum of them cannot wrap.
    if (!count || *count > std::uint64_t{1} << 48) return std::nullopt;
    line.seen.by_kind[kind] = *count;
    line.seen.failures += *count;
  }
  for (std::size_t at = kFixedFields; at < fields.size(); ++at) {
    const auto client = parse_hex16(fields[at]);
    if (!client) return std::nullopt;
    add_client(line.clients, *client);
  }
  line.seen.distinct_clients = line.clients.size();
  if (line.seen.failures == 0) return std::nullopt;
  return line;
}

}  // namespace

std::string_view to_string(ClientRefusal refusal) {
  switch (refusal) {
    case ClientRefusal::unknown_ca:
      return "unknown_ca";
    case ClientRefusal::bad_certificate:
      return "bad_certificate";
    case ClientRefusal::certificate_unknown:
      return "certificate_unknown";
    case ClientRefusal::closed_after_certificate:
      return "closed_after_certificate";
  }
  return "certificate_unknown";
}

void PinMemory::record(const Host& host, ClientRefusal refusal, std::string_view client, Time now) {
  if (host.empty()) return;
  auto found = index_.find(host.text());
  if (found == index_.end()) {
    Entry entry;
    entry.seen.host = host.text();
    entry.seen.first = entry.seen.last = now;
    insert(std::move(entry));
    found = index_.find(host.text());
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  Entry& entry = *found->second;
  ++entry.seen.failures;
  ++entry.seen.by_kind[static_cast<std::size_t>(refusal)];
  entry.seen.last = std::max(entry.seen.last, now);  // The wall clock may step back.
  if (add_client(entry.clients, hash_of(client))) ++entry.seen.distinct_clients;
}

std::vector<PinnedHost> PinMemory::suggestions(std::uint64_t min_failures,
                                               std::size_t min_clients) const {
  std::vector<PinnedHost> found;
  for (const Entry& entry : entries_) {
    if (entry.seen.failures >= min_failures && entry.seen.distinct_clients >= min_clients) {
      found.push_back(entry.seen);
    }
  }
  std::sort(found.begin(), found.end(), [](const PinnedHost& a, const PinnedHost& b) {
    if (a.distinct_clients != b.distinct_clients) return a.distinct_clients > b.distinct_clients;
    if (a.failures != b.failures) return a.failures > b.failures;
    return a.host < b.host;
  });
  return found;
}

std::string PinMemory::serialise() const {
  std::vector<const Entry*> sorted;
  for (const Entry& entry : entries_) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const Entry* a, const Entry* b) { return a->seen.host < b->seen.host; });

  std::string text(kMagic);
  text += kVersion;
  text += '\n';
  for (const Entry* entry : sorted) {
    const auto host = Host::parse(entry->seen.host);
    // The text of an IPv6 address parses only in brackets.
    text += host ? entry->seen.host : '[' + entry->seen.host + ']';
    text += ' ' + format_rfc3339(entry->seen.first) + ' ' + format_rfc3339(entry->seen.last);
    for (const std::uint64_t count : entry->seen.by_kind) text += ' ' + std::to_string(count);
    for (const std::uint64_t client : entry->clients) text += ' ' + hex16(client);
    text += '\n';
  }
  return text;
}

Result<PinMemory> PinMemory::parse(std::string_view text, std::size_t* skipped) {
  if (skipped != nullptr) *skipped = 0;
  if (text.size() > kMaxText) {
    return fail(ErrorKind::limit, Side::ours, "the pin memory is larger than 2 MiB");
  }
  auto lines = split(text, '\n');
  if (!lines.front().starts_with(kMagic) || lines.front().substr(kMagic.size()) != kVersion) {
    return fail(ErrorKind::invalid, Side::ours,
                "the pin memory does not begin with 'sallyport-pins 1'");
  }
  std::vector<Line> parsed;
  for (std::size_t at = 1; at < lines.size(); ++at) {
    if (lines[at].empty()) continue;
    if (auto line = parse_line(lines[at])) {
      parsed.push_back(std::move(*line));
    } else if (skipped != nullptr) {
      ++*skipped;
    }
  }
  // So that the order of forgetting is the one from before.
  std::sort(parsed.begin(), parsed.end(), [](const Line& a, const Line& b) {
    return std::tie(a.seen.last, a.seen.host) < std::tie(b.seen.last, b.seen.host);
  });
  PinMemory memory;
  for (Line& line : parsed) {
    if (memory.index_.contains(line.seen.host)) {
      if (skipped != nullptr) ++*skipped;
      continue;
    }
    memory.insert(Entry{std::move(line.seen), std::move(line.clients)});
  }
  return memory;
}

void PinMemory::insert(Entry entry) {
  if (entries_.size() >= kMaxHosts) {
    index_.erase(entries_.back().seen.host);
    entries_.pop_back();
  }
  entries_.push_front(std::move(entry));
  index_.emplace(entries_.front().seen.host, entries_.begin());
}

}  // namespace sallyport::tls
