#include "discovery/directory/ldap.h"

#include <fmt/format.h>
#include <ldap.h>
#include <memory>
#include <utility>

#include "base/core/address.h"
#include "base/core/text.h"

namespace sallyport::discovery::directory {
namespace {

constexpr int kPage = 500;               // entries
constexpr std::size_t kMostEmpty = 100;  // pages
constexpr const char* kPeopleAndGroups =
    "(|(objectClass=person)(objectClass=inetOrgPerson)(objectClass=user)(objectClass=posixAccount)"
    "(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)"
    "(objectClass=posixGroup))";

// What people.h reads, and no more: a directory holds photographs and certificates too. Those that
// servers compute have to be asked for by name.
const char* const kAttributes[] = {"objectClass",
                                   "cn",
                                   "uid",
                                   "sAMAccountName",
                                   "displayName",
                                   "userPrincipalName",
                                   "krbPrincipalName",
                                   "mail",
                                   "mailAlternateAddress",
                                   "proxyAddresses",
                                   "otherMails",
                                   "memberOf",
                                   "member",
                                   "uniqueMember",
                                   "memberUid",
                                   "manager",
                                   "userAccountControl",
                                   "accountExpires",
                                   "nsAccountLock",
                                   "loginDisabled",
                                   "pwdAccountLockedTime",
                                   "shadowExpire",
                                   "lastLogon",
                                   "lastLogonTimestamp",
                                   "authTimestamp",
                                   "pwdLastSuccess",
                                   "lastLoginTime",
                                   "krbLastSuccessfulAuth",
                                   "loginTime",
                                   nullptr};

struct Unbind {
  void operator()(LDAP* session) const { ::ldap_unbind_ext_s(session, nullptr, nullptr); }
};
using Session = std::unique_ptr<LDAP, Unbind>;

struct FreeMessage {
  void operator()(LDAPMessage* message) const { ::ldap_msgfree(message); }
};
using Message = std::unique_ptr<LDAPMessage, FreeMessage>;

struct FreeUrl {
  void operator()(LDAPURLDesc* url) const { ::ldap_free_urldesc(url); }
};

bool is_of_this_machine(const std::string& host) {
  static const IpPrefix kLoopback4 = *IpPrefix::parse("127.0.0.0/8");
  static const IpAddress kLoopback6 = *IpAddress::parse("::1");
  const auto address = IpAddress::parse(host);
  return host == "localhost" ||
         (address && (kLoopback4.contains(*address) || *address == kLoopback6));
}

class Reader {
 public:
  Reader(const LdapOptions& options, const Limits& limits) : options_(options), limits_(limits) {}

  Result<Entries> read(const std::function<bool(std::size_t)>& progress) {
    if (auto ready = connect(); !ready) return pass_on(std::move(ready));
    std::string cookie;
    std::size_t empty = 0;  // pages without an entry, one behind the other
    do {
      const std::size_t before = entries_.size();
      if (auto page = read_page(cookie); !page) return pass_on(std::move(page));
      empty = entries_.size() == before ? empty + 1 : 0;
      if (empty > kMostEmpty) {
        return fail(ErrorKind::unavailable, Side::ours,
                    options_.url + ": page after page with nobody on it: nothing was imported");
      }
      if (progress && !progress(entries_.size())) {
        return fail(ErrorKind::cancelled, Side::ours, "given up");
      }
    } while (!cookie.empty());
    return std::move(entries_);
  }

 private:
  std::unexpected<Error> failed(std::string_view doing, int code) {
    std::string text = fmt::format("{}: {}: {}", options_.url, doing, ::ldap_err2string(code));
    char* detail = nullptr;
    if (session_ &&
        ::ldap_get_option(session_.get(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &detail) ==
            LDAP_OPT_SUCCESS &&
        detail != nullptr && *detail != '\0') {
      text += fmt::format(" ({})", printable(detail));
    }
    ::ldap_memfree(detail);
    return fail(ErrorKind::unavailable, Side::ours, std::move(text));
  }

  static std::unexpected<Error> wrong(std::string text) {
    return fail(ErrorKind::invalid, Side::ours, std::move(text));
  }

  // Whether what is said stays on this machine or is encrypted.
  Result<void> check_url() {
    LDAPURLDesc* parsed = nullptr;
    if (::ldap_url_parse(options_.url.c_str(), &parsed) != LDAP_URL_SUCCESS) {
      return wrong(fmt::format(
          "'{}' is no address of a directory, such as ldaps://dc1.corp.example", options_.url));
    }
    const std::unique_ptr<LDAPURLDesc, FreeUrl> url(parsed);
    const std::string_view scheme = url->lud_scheme == nullptr ? "" : url->lud_scheme;
    const std::string host = url->lud_host == nullptr ? "" : url->lud_host;
    if (scheme == "ldaps" || scheme == "ldapi") return {};
    if (scheme != "ldap") return wrong(fmt::format("'{}': not ldaps, ldap or ldapi", options_.url));
    if (options_.start_tls || options_.plain || is_of_this_machine(host)) return {};
    return wrong(fmt::format(
        "{} would send names and passwords unencrypted: write ldaps://, or add --start-tls; "
        "--plain does it all the same",
        options_.url));
  }

  Result<void> connect() {
    if (auto checked = check_url(); !checked) return checked;
    LDAP* made = nullptr;
    if (const int code = ::ldap_initialize(&made, options_.url.c_str()); code != LDAP_SUCCESS) {
      return failed("cannot begin", code);
    }
    session_.reset(made);
    const int version = LDAP_VERSION3;
    ::ldap_set_option(made, LDAP_OPT_PROTOCOL_VERSION, &version);
    ::ldap_set_option(made, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    const timeval patience{options_.timeout.count(), 0};
    ::ldap_set_option(made, LDAP_OPT_NETWORK_TIMEOUT, &patience);
    ::ldap_set_option(made, LDAP_OPT_TIMEOUT, &patience);
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    ::ldap_set_option(made, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    const int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    ::ldap_set_option(made, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest);
    if (!options_.ca_file.empty() &&
        ::ldap_set_option(made, LDAP_OPT_X_TLS_CACERTFILE, options_.ca_file.c_str()) !=
            LDAP_OPT_SUCCESS) {
      return wrong("cannot use '" + options_.ca_file + "' as certificates to believe");
    }
    const int client = 0;
    if (const int code = ::ldap_set_option(made, LDAP_OPT_X_TLS_NEWCTX, &client);
        code != LDAP_OPT_SUCCESS) {
      return wrong("TLS cannot be set up: is '" + options_.ca_file +
                   "' a PEM file of certificates?");
    }
    if (options_.start_tls) {
      if (const int code = ::ldap_start_tls_s(made, nullptr, nullptr); code != LDAP_SUCCESS) {
        return failed("StartTLS", code);
      }
    }
    berval password{options_.password.size(), const_cast<char*>(options_.password.data())};
    const int code = ::ldap_sasl_bind_s(made, options_.bind_dn.c_str(), LDAP_SASL_SIMPLE, &password,
                                        nullptr, nullptr, nullptr);
    if (code != LDAP_SUCCESS) {
      return failed(options_.bind_dn.empty() ? "connecting" : "signing in as " + options_.bind_dn,
                    code);
    }
    return {};
  }

  // One page more; `cookie` is what the server wants to hear for the next, "" behind the last.
  Result<void> read_page(std::string& cookie) {
    berval said{cookie.size(), cookie.data()};
    LDAPControl* paged = nullptr;
    if (const int code = ::ldap_create_page_control(session_.get(), kPage,
                                                    cookie.empty() ? nullptr : &said, 0, &paged);
        code != LDAP_SUCCESS) {
      return failed("asking for pages", code);
    }
    const std::unique_ptr<LDAPControl, void (*)(LDAPControl*)> owned(paged, ::ldap_control_free);
    LDAPControl* controls[] = {paged, nullptr};
    const timeval patience{options_.timeout.count(), 0};
    LDAPMessage* got = nullptr;
    const int code =
        ::ldap_search_ext_s(session_.get(), options_.base.c_str(), LDAP_SCOPE_SUBTREE,
                            options_.filter.empty() ? kPeopleAndGroups : options_.filter.c_str(),
                            const_cast<char**>(kAttributes), 0, controls, nullptr,
                            const_cast<timeval*>(&patience), LDAP_NO_LIMIT, &got);
    const Message message(got);
    if (code == LDAP_SIZELIMIT_EXCEEDED) {
      return fail(
          ErrorKind::unavailable, Side::ours,
          fmt::format(
              "{}: the server gives no more than a part of them to '{}': nothing was imported",
              options_.url, options_.bind_dn.empty() ? "anybody" : options_.bind_dn));
    }
    if (code == LDAP_FILTER_ERROR)
      return wrong(fmt::format("'{}' is no filter of LDAP (RFC 4515)", options_.filter));
    if (code != LDAP_SUCCESS) return failed("searching below '" + options_.base + "'", code);
    for (LDAPMessage* one = ::ldap_first_entry(session_.get(), got); one != nullptr;
         one = ::ldap_next_entry(session_.get(), one)) {
      if (entries_.size() == limits_.entries) {
        return fail(ErrorKind::limit, Side::ours,
                    fmt::format("more than {} entries", limits_.entries));
      }
      if (!take(one)) {
        return fail(ErrorKind::limit, Side::ours,
                    fmt::format("{}: more than {} values", entries_.back().dn, limits_.values));
      }
    }
    return take_cookie(got, cookie);
  }

  Result<void> take_cookie(LDAPMessage* result, std::string& cookie) {
    LDAPControl** controls = nullptr;
    int answer = LDAP_SUCCESS;
    if (const int code = ::ldap_parse_result(session_.get(), result, &answer, nullptr, nullptr,
                                             nullptr, &controls, 0);
        code != LDAP_SUCCESS) {
      return failed("reading the answer", code);
    }
    const std::unique_ptr<LDAPControl*, void (*)(LDAPControl**)> owned(controls,
                                                                       ::ldap_controls_free);
    cookie.clear();
    LDAPControl* paged = controls == nullptr
                             ? nullptr
                             : ::ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nullptr);
    if (paged == nullptr) return {};  // a server without pages gave all at once
    ber_int_t estimate = 0;
    berval next{};
    if (::ldap_parse_pageresponse_control(session_.get(), paged, &estimate, &next) !=
        LDAP_SUCCESS) {
      return fail(ErrorKind::unavailable, Side::ours,
                  options_.url + ": a page that cannot be read");
    }
    if (next.bv_val != nullptr) cookie.assign(next.bv_val, next.bv_len);
    ::ldap_memfree(next.bv_val);
    return {};
  }

  // False where it has too many values.
  bool take(LDAPMessage* message) {
    Entry& entry = entries_.emplace_back();
    entry.line = entries_.size();
    if (char* dn = ::ldap_get_dn(session_.get(), message)) {
      entry.dn = dn;
      ::ldap_memfree(dn);
    }
    std::size_t values = 0;
    BerElement* walk = nullptr;
    for (char* name = ::ldap_first_attribute(session_.get(), message, &walk); name != nullptr;
         name = ::ldap_next_attribute(session_.get(), message, walk)) {
      std::string plain = lower(name);
      if (const std::size_t option = plain.find(';'); option != plain.npos) plain.resize(option);
      if (berval** list = ::ldap_get_values_len(session_.get(), message, name)) {
        auto& into = entry.attributes[plain];
        for (std::size_t i = 0; list[i] != nullptr; ++i) {
          if (++values > limits_.values) break;
          if (list[i]->bv_len <= limits_.value) into.emplace_back(list[i]->bv_val, list[i]->bv_len);
        }
        ::ldap_value_free_len(list);
      }
      ::ldap_memfree(name);
    }
    ::ber_free(walk, 0);
    return values <= limits_.values;
  }

  const LdapOptions& options_;
  const Limits& limits_;
  Session session_;
  Entries entries_;
};

}  // namespace

Result<Entries> read_ldap(const LdapOptions& options, const Limits& limits,
                          const std::function<bool(std::size_t)>& progress) {
  return Reader(options, limits).read(progress);
}

}  // namespace sallyport::discovery::directory
