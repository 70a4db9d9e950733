#include "discovery/accounts/mail_domain.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <map>

#include "base/core/file.h"
#include "base/core/host.h"
#include "base/core/text.h"
#include "base/json/cursor.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kLargestList = 16 * 1024 * 1024;  // bytes
constexpr std::size_t kLongestAddress = 1024;           // RFC 5321 allows 254

constexpr std::array<std::string_view, 4> kWords = {"disposable", "external", "internal",
                                                    "personal"};

// "*." stays where it stands.
std::optional<std::string> canonical(std::string_view written) {
  written = trim(written);
  const bool below = written.starts_with("*.");
  const auto host = Host::parse(written.substr(below ? 2 : 0));
  if (!host || host->is_address()) return std::nullopt;
  return (below ? "*." : "") + host->text();
}

}  // namespace

std::string_view word_for(MailClass mail) { return kWords[static_cast<std::size_t>(mail)]; }

std::optional<std::string> mail_domain(std::string_view address) {
  if (address.size() > kLongestAddress) return std::nullopt;
  if (istarts_with(address, "mailto:")) {
    address = address.substr(7, address.substr(7).find('?'));
  }
  // RFC 5322 section 3.4: a name may stand before the address in angle brackets.
  const std::size_t open = address.rfind('<');
  if (open != address.npos) {
    const std::size_t close = address.find('>', open);
    if (close == address.npos) return std::nullopt;
    address = address.substr(open + 1, close - open - 1);
  }
  address = trim(address);
  const std::size_t at = address.rfind('@');
  if (at == address.npos || at == 0) return std::nullopt;
  const auto host = Host::parse(address.substr(at + 1));
  if (!host || host->is_address()) return std::nullopt;
  return host->text();
}

MailClass MailDomains::classify(std::string_view host) const {
  if (own_.find(host)) return MailClass::internal;
  const auto other = others_.find(host);
  return other ? static_cast<MailClass>(*other) : MailClass::external;
}

std::optional<MailClass> MailDomains::of_domain(std::string_view domain) const {
  const auto host = Host::parse(trim(domain));
  if (!host || host->is_address()) return std::nullopt;
  return classify(host->text());
}

std::optional<MailClass> MailDomains::of_address(std::string_view address) const {
  const auto domain = mail_domain(address);
  if (!domain) return std::nullopt;
  return classify(*domain);
}

MailList read_mail_list(std::string_view text) {
  MailList list;
  const auto add = [&](std::string_view written) {
    if (list.domains.size() == MailDomains::kMostDomains) {
      list.too_many = true;
    } else if (auto domain = canonical(written)) {
      list.domains.push_back(std::move(*domain));
    } else {
      ++list.refused;
    }
  };
  JsonCursor cursor(text);
  if (cursor.next() == JsonCursor::Kind::array) {
    std::string domain;
    const bool read = cursor.array([&] {
      const bool good = cursor.string(domain);
      if (good) add(domain);
      return good;
    });
    if (!read) ++list.refused;
    return list;
  }
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    line = line.substr(0, line.find_first_of("#\r"));
    if (!trim(line).empty()) add(line);
  }
  return list;
}

class MailDomainsReader {
 public:
  using Open = Result<std::string> (*)(const std::string& folder, const std::string& path);

  static Checked<std::shared_ptr<const MailDomains>> read(SourcePtr source,
                                                          const std::string& folder, Open open) {
    const auto parsed = yaml::parse(std::move(source));
    if (!parsed) return std::unexpected(parsed.error());
    Diagnostics found;
    auto made = std::make_shared<MailDomains>();
    std::map<std::string, Place, std::less<>> places;  // By name without "*.".
    yaml::MapReader map(*parsed, found, "mail domains");
    for (const MailClass mail : {MailClass::internal, MailClass::personal, MailClass::disposable}) {
      for (const auto& written : map.texts(word_for(mail))) {
        const auto domain = canonical(*written);
        if (!domain) {
          found.error(written.place, fmt::format("'{}' is no domain", *written),
                      "a name such as 'example.com' or '*.example.com'");
          continue;
        }
        const auto name = std::string_view(*domain).substr(domain->starts_with("*.") ? 2 : 0);
        const auto [before, fresh] = places.emplace(name, written.place);
        if (!fresh) {
          found.error(written.place, fmt::format("domain '{}' is listed already, in line {}",
                                                 *domain, before->second.line));
          continue;
        }
        claim(*made, *domain, mail);
      }
    }
    // What the file itself says goes before lists of others.
    for (const MailClass mail : {MailClass::personal, MailClass::disposable}) {
      for (const auto& path : map.texts(fmt::format("{}_list", word_for(mail)))) {
        const auto text = open(folder, *path);
        if (!text) {
          found.error(path.place,
                      fmt::format("list '{}' cannot be read: {}", *path, text.error().detail));
          continue;
        }
        const MailList list = read_mail_list(*text);
        if (list.domains.empty() || list.too_many) {
          found.error(path.place, list.too_many ? fmt::format("list '{}' has more than {} domains",
                                                              *path, MailDomains::kMostDomains)
                                                : fmt::format("list '{}' holds no domain", *path));
          continue;
        }
        if (list.refused > 0) {
          found.warning(path.place,
                        fmt::format("{} lines of list '{}' are no domains", list.refused, *path));
        }
        for (const std::string& domain : list.domains) claim(*made, domain, mail);
      }
    }
    map.finish();
    if (found.has_errors()) return std::unexpected(std::move(found));
    return made;
  }

 private:
  // The first claim stands.
  static void claim(MailDomains& made, std::string_view domain, MailClass mail) {
    HostIndex& index = mail == MailClass::internal ? made.own_ : made.others_;
    if (index.find_pattern(domain) || index.claim(domain, static_cast<std::uint32_t>(mail))) return;
    ++made.counts_[static_cast<std::size_t>(mail)];
  }
};

Checked<std::shared_ptr<const MailDomains>> load_mail_domains(const std::string& path) {
  auto source = yaml::read_source(path);
  if (!source) return std::unexpected(std::move(source.error()));
  return MailDomainsReader::read(std::move(*source),
                                 std::filesystem::path(path).parent_path().string(),
                                 [](const std::string& folder, const std::string& list) {
                                   // An absolute path stays as it is.
                                   const auto whole = std::filesystem::path(folder) / list;
                                   return read_regular_file(whole.string(), kLargestList);
                                 });
}

Checked<std::shared_ptr<const MailDomains>> parse_mail_domains(SourcePtr source) {
  return MailDomainsReader::read(
      std::move(source), {}, [](const std::string&, const std::string&) -> Result<std::string> {
        return fail(ErrorKind::not_found, Side::ours, "lists are not read here");
      });
}

}  // namespace sallyport::discovery
