#pragma once
// Whose a mail address is: one of the organization's own, a personal one of a free service, one
// that is thrown away after use, or somebody else's.
//
//   # conf/tags/mail_domains.yaml
//   internal: [corp.example]                 # our own
//   personal: [gmail.com]                    # anybody may have an address there
//   disposable: [mailinator.com]
//   disposable_list: /usr/local/share/disposable.txt   # more of them, one a line or a list of JSON
//
// A name stands for itself and everything below, "*.example" only for what is below. What is
// internal is never anything else; of the others the longer name says.
//
// Immutable after making; share it between threads. Limits: kMostDomains names, lists of 16 MiB.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/host_index.h"

namespace sallyport::discovery {

// In the order of policy::target_class_words().
enum class MailClass : std::uint8_t { disposable, external, internal, personal };
std::string_view word_for(MailClass mail);

// The domain of a mail address in canonical spelling (Host): "ana@Corp.example", "Ana
// <ana@corp.example>", "mailto:ana@corp.example". Of several @ the last counts, as in RFC 5321.
// Nothing where it is no address; a domain alone is none.
std::optional<std::string> mail_domain(std::string_view address);

class MailDomains {
 public:
  static constexpr std::size_t kMostDomains = 500'000;

  MailDomains() = default;  // Everything is external.

  // Nothing where it is no address, or no domain.
  std::optional<MailClass> of_address(std::string_view address) const;
  std::optional<MailClass> of_domain(std::string_view domain) const;

  // How many names of each class were read.
  std::size_t count(MailClass mail) const { return counts_[static_cast<std::size_t>(mail)]; }

 private:
  friend class MailDomainsReader;
  MailClass classify(std::string_view host) const;

  HostIndex own_;
  HostIndex others_;  // To MailClass.
  std::size_t counts_[4] = {};
};

// Lists that the file names are looked for from its folder on.
Checked<std::shared_ptr<const MailDomains>> load_mail_domains(const std::string& path);
// Without lists: one that is named is reported.
Checked<std::shared_ptr<const MailDomains>> parse_mail_domains(SourcePtr source);

// The names of a list as operators install them: one a line, # begins a comment, or a JSON list of
// texts. What is no domain is left out and counted.
struct MailList {
  std::vector<std::string> domains;  // canonical
  std::size_t refused = 0;
  bool too_many = false;
};
MailList read_mail_list(std::string_view text);

}  // namespace sallyport::discovery
