#include "discovery/accounts/tell_classes.h"

#include <algorithm>

namespace sallyport::discovery {
namespace {

InstanceKind kind_of(MailClass mail) {
  switch (mail) {
    case MailClass::internal:
      return InstanceKind::corporate;
    case MailClass::personal:
    case MailClass::disposable:
      return InstanceKind::personal;
    case MailClass::external:
      break;
  }
  return InstanceKind::other;
}

// Steps 3 to 6 of tell_instance().
std::optional<InstanceKind> guess(const MailDomains& domains, const OwnTenants& tenants,
                                  std::string_view app, const policy::Details& details) {
  if (tenants.is_elsewhere(app, details.instance)) return InstanceKind::other;
  if (domains.of_domain(details.instance) == MailClass::internal) return InstanceKind::corporate;
  const auto domain = mail_domain(details.account);
  if (!domain) return std::nullopt;
  if (const auto kind = tenants.of_account(app, *domain)) return kind;
  const auto mail = domains.of_domain(*domain);
  if (!mail) return std::nullopt;
  return kind_of(*mail);
}

}  // namespace

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
}

void tell_instance(const MailDomains& domains, const OwnTenants& tenants,
                   policy::Activity& activity) {
  const std::string_view app = activity.app ? std::string_view(activity.app->id) : "";
  const bool described = static_cast<bool>(activity.details);
  const std::string_view instance =
      described ? std::string_view(activity.details->instance) : std::string_view();
  std::optional<InstanceKind> kind = tenants.of_tenant(app, instance, activity.host);
  if (!kind) {
    if (!described || !activity.details->instance_kind.empty()) return;
    kind = guess(domains, tenants, app, *activity.details);
  }
  if (!kind) return;
  if (!described) activity.details.emplace();
  activity.details->instance_kind = word_for(*kind);
}

}  // namespace sallyport::discovery
