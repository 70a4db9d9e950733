#include "proxy/session/rewrite.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/core/text.h"
#include "base/http/normal_path.h"
#include "discovery/classify/file_name.h"

namespace sallyport::session {

namespace {

// Set by gateways that origins or parents trust; from a client they are claims.
constexpr std::array<std::string_view, 12> kClaims = {
    "forwarded",       "x-real-ip",           "x-client-ip",       "true-client-ip",
    "x-remote-user",   "remote-user",         "x-client-username", "x-server-ip",
    "x-subscriber-id", "x-cluster-client-ip", "x-originating-ip",  "proxy"};  // the last: httpoxy
constexpr std::array<std::string_view, 4> kClaimFamilies = {"proxy-", "x-forwarded-",
                                                            "x-authenticated-", "x-auth-request-"};

// As origins behind CGI and WSGI read names: '_' and '-' are one to them (CVE-2015-0219).
bool same_name(std::string_view written, std::string_view claim) {
  const auto plain = [](char c) { return c == '_' ? '-' : to_lower(c); };
  return std::equal(written.begin(), written.end(), claim.begin(), claim.end(),
                    [&](char a, char b) { return plain(a) == plain(b); });
}

constexpr std::size_t kRoomForVia = 64;  // bytes

bool is_claim(std::string_view name) {
  // Nearly every field is told apart by its first letter.
  if (std::string_view("fprtx").find(to_lower(name.front())) == std::string_view::npos)
    return false;
  for (const std::string_view family : kClaimFamilies) {
    if (same_name(name.substr(0, family.size()), family)) return true;
  }
  for (const std::string_view claim : kClaims) {
    if (same_name(name, claim)) return true;
  }
  return false;
}

void add_via(http::Headers& headers, std::string_view protocol, std::string_view pseudonym) {
  // RFC 9110 section 7.6.3: appended to what is there.
  const bool first = !headers.has("Via");
  std::string via = first ? std::string() : headers.joined("Via") + ", ";
  via += protocol;
  via += ' ';
  via += pseudonym;
  if (first) {
    headers.add("Via", via);
  } else {
    headers.set("Via", via);
  }
}

}  // namespace

bool has_looped(const http::RequestHead& request, std::string_view pseudonym) {
  if (!request.headers.has("Via")) return false;
  const std::string via = request.headers.joined("Via");
  for (const std::string_view hop : split(via, ',')) {
    // protocol, blanks, pseudonym, and perhaps a comment
    const std::string_view text = trim(hop);
    const std::size_t blank = text.find_first_of(" \t");
    if (blank == std::string_view::npos) continue;
    const std::string_view rest = trim(text.substr(blank));
    if (iequals(rest.substr(0, rest.find_first_of(" \t")), pseudonym)) return true;
  }
  return false;
}

void copy_request(const http::RequestHead& asked, http::RequestHead& into) {
  into.method = asked.method;
  into.scheme = asked.scheme;
  into.authority = asked.authority;
  into.path = asked.path;
  into.headers.copy_with_room(asked.headers, kRoomForVia);
  into.upgrade = asked.upgrade;
  into.expects_continue = asked.expects_continue;
  into.takes_trailers = asked.takes_trailers;
  into.protocol = asked.protocol;
}

void rewrite_request(http::RequestHead& request, std::string_view pseudonym) {
  request.headers.remove_if([](const http::Headers::Field& field) { return is_claim(field.name); });
  add_via(request.headers, request.protocol, pseudonym);
}

bool edit_request(std::span<const policy::CompiledPolicy* const> policies, std::string_view host,
                  http::Headers& fields) {
  const auto remove = [&](std::string_view name) {
    fields.remove_if(
        [&](const http::Headers::Field& field) { return same_name(field.name, name); });
  };
  const auto put = [&](std::string_view name, std::string_view value) {
    remove(name);
    return fields.add(name, value);
  };
  for (const policy::CompiledPolicy* policy : policies) {
    for (const policy::HeaderOnHosts& field : policy->restrictions) {
      if (!policy::is_on(field.hosts, host)) continue;
      for (const std::string_view name : field.family) remove(name);
    }
  }
  for (const policy::CompiledPolicy* policy : policies) {
    for (const std::string& name : policy->remove_headers) remove(name);
    for (const policy::HeaderToAdd& field : policy->add_headers) {
      if (!put(field.name, field.value)) return false;
    }
    for (const policy::HeaderOnHosts& field : policy->restrictions) {
      if (policy::is_on(field.hosts, host) && !put(field.name, field.value)) return false;
    }
  }
  return true;
}

std::vector<const policy::ParameterOnHosts*> parameters_for(
    std::span<const policy::CompiledPolicy* const> policies, const http::RequestHead& request) {
  std::vector<const policy::ParameterOnHosts*> found;
  const std::string host = request.authority.host.text();
  std::string path;  // without parameters of it, and no slash at its end: engines take both
  std::string bare;
  for (const policy::CompiledPolicy* policy : policies) {
    for (const policy::ParameterOnHosts& one : policy->parameters) {
      if (!policy::is_on(one.hosts, host)) continue;
      if (path.empty()) {
        path = lower(http::normal_path(request.path_only()));
        path.resize(std::min(path.find(';'), path.size()));
        bare = path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
      }
      const bool there = std::ranges::any_of(one.paths, [&](std::string_view known) {
        // "/" is the start page alone.
        return known.size() > 1 && known.ends_with('/') ? path.starts_with(known) : bare == known;
      });
      if (there) found.push_back(&one);
    }
  }
  return found;
}

std::string with_parameter(std::string_view form, const policy::ParameterOnHosts& wanted) {
  std::string out;
  const auto keep = [&](std::string_view parameter) {
    if (!out.empty()) out += '&';
    out += parameter;
  };
  const auto is_wanted = [&](std::string_view parameter) {
    std::string name = discovery::decode_percent(parameter.substr(0, parameter.find('=')));
    name.resize(std::min(name.find('\0'), name.size()));
    std::ranges::replace(name, '+', ' ');  // as forms write it
    return iequals(trim(name), wanted.name);
  };
  for (const std::string_view parameter : split(form, '&')) {
    std::string left;
    bool first = true;
    for (const std::string_view part : split(parameter, ';')) {
      if (is_wanted(part)) continue;
      if (!first) left += ';';
      first = false;
      left += part;
    }
    if (!left.empty()) keep(left);
  }
  keep(std::string(wanted.name) + "=" + std::string(wanted.value));
  return out;
}

bool may_be_form(const http::Headers& fields) {
  for (const http::Headers::Field field : fields) {
    if (!iequals(field.name, "Content-Type")) continue;
    const std::string_view type = trim(field.value);
    if (iequals(type.substr(0, type.find_first_of(";, \t")), "application/x-www-form-urlencoded")) {
      return true;
    }
  }
  return false;
}

bool is_plain_form(const http::Headers& fields) {
  static constexpr std::string_view kOther[] = {"utf-16", "utf-32", "utf-7",
                                                "ucs-",   "ebcdic", "cp037"};
  for (const http::Headers::Field field : fields) {
    if (iequals(field.name, "Content-Encoding") && !iequals(trim(field.value), "identity")) {
      return false;
    }
    if (!iequals(field.name, "Content-Type")) continue;
    const std::string type = lower(field.value);
    for (const std::string_view charset : kOther) {
      if (type.find(charset) != type.npos) return false;
    }
  }
  return true;
}

bool edit_query(std::span<const policy::ParameterOnHosts* const> wanted,
                http::RequestHead& request) {
  constexpr std::size_t kMostTarget = 32 * 1024;  // bytes; what may come is less
  for (const policy::ParameterOnHosts* one : wanted) {
    std::string target(request.path_only());
    target.append(1, '?').append(with_parameter(request.query(), *one));
    if (target.size() > kMostTarget) return false;
    request.path = std::move(target);
  }
  return true;
}

std::vector<std::string> names_of(const http::Headers& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const auto field : fields) names.push_back(lower(field.name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void clean_reply(http::ReplyHead& reply) {
  reply.headers.remove_if([](const http::Headers::Field& field) {
    const char first = to_lower(field.name.front());
    return (first == 'p' && istarts_with(field.name, "proxy-")) ||
           (first == 'a' && iequals(field.name, "alt-svc"));
  });
}

void rewrite_reply(http::ReplyHead& reply, std::string_view pseudonym) {
  clean_reply(reply);
  add_via(reply.headers, reply.protocol, pseudonym);
}

bool binds_connection(const http::Headers& headers, std::string_view field) {
  if (!headers.has(field)) return false;
  for (const auto one : headers) {
    if (!iequals(one.name, field)) continue;
    if (istarts_with(one.value, "ntlm") || istarts_with(one.value, "negotiate")) return true;
  }
  return false;
}

}  // namespace sallyport::session
