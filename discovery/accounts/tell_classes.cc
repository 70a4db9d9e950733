#include "discovery/accounts/tell_classes.h"

#include <algorithm>

namespace sallyport::discovery {

void tell_classes(const MailDomains& domains, policy::Details& details) {
  std::vector<std::string>& classes = details.target_classes;
  classes.clear();
  const auto add = [&](std::optional<MailClass> mail) {
    if (!mail) return;
    const std::string_view word = word_for(*mail);
    if (std::ranges::find(classes, word) == classes.end()) classes.emplace_back(word);
  };
  for (const std::string& address : details.target_emails) add(domains.of_address(address));
  for (const std::string& domain : details.target_domains) add(domains.of_domain(domain));
  std::ranges::sort(classes);
  if (!details.instance_kind.empty()) return;
  const auto mail = domains.of_address(details.account);
  if (!mail) return;
  switch (*mail) {
    case MailClass::internal:
      details.instance_kind = "corporate";
      return;
    case MailClass::personal:
    case MailClass::disposable:
      details.instance_kind = "personal";
      return;
    case MailClass::external:
      details.instance_kind = "other";
      return;
  }
}

}  // namespace sallyport::discovery
