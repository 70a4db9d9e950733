#include "discovery/signatures/recognition.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/http/normal_path.h"
#include "discovery/classify/file_name.h"
#include "discovery/files/content_decoder.h"
#include "discovery/signatures/oauth.h"
#include "discovery/signatures/operation.h"
#include "discovery/signatures/prefix.h"
#include "discovery/signatures/value_steps.h"

namespace sallyport::discovery {
namespace {

using policy::ActivityType;
using policy::Details;

std::string cut(std::string text) {
  if (text.size() > policy::kMostDetailText) {
    std::size_t end = policy::kMostDetailText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
  }
  return text;
}

// Each once, sorted, none too long, not too many.
// `all`: whether none is left out.
std::vector<std::string> tidy(std::vector<std::string> list, bool* all = nullptr) {
  for (std::string& one : list) one = cut(std::move(one));
  std::ranges::sort(list);
  const auto again = std::ranges::unique(list);
  list.erase(again.begin(), again.end());
  if (list.size() > policy::kMostDetailItems) {
    if (all != nullptr) *all = false;
    list.resize(policy::kMostDetailItems);
  }
  return list;
}

// What looks like one: "a@b.example".
bool is_mail(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size() && text.find('@', at + 1) == text.npos &&
         text.find('.', at) != text.npos && text.find_first_of(" \t\r\n,;<>") == text.npos;
}

// "bob@a.example, Eve <eve@b.example>; staff: c@d.example": each of them, without comments (RFC
// 5322 section 3.4). Names in quotes may hold any sign.
std::vector<std::string> addresses_of(std::string_view text) {
  std::vector<std::string> found(1);
  bool quoted = false;
  std::size_t comment = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && (quoted || comment > 0) && i + 1 < text.size()) {
      if (comment == 0) found.back().append(text.substr(i, 2));
      ++i;
      continue;
    }
    if (comment > 0) {
      comment += c == '(' ? 1 : 0;
      comment -= c == ')' ? 1 : 0;
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '(') {
      ++comment;
    } else if (!quoted && (c == ',' || c == ';' || c == ':')) {
      if (!found.back().empty()) found.emplace_back();
    } else {
      found.back() += c;
    }
  }
  // A quote or a comment that does not end hides nobody.
  if (quoted || comment > 0) {
    for (const std::string_view part : split(text, ',')) found.emplace_back(part);
  }
  if (found.back().empty()) found.pop_back();
  return found;
}

// "Eve <eve@rival.example>", " eve@rival.example. ": the address (RFC 5322 section 3.4), as mail
// servers take it.
std::string mail_of(std::string_view text) {
  text = trim(text);
  if (const std::size_t open = text.rfind('<'); open != text.npos && text.ends_with('>')) {
    text = text.substr(open + 1, text.size() - open - 2);
  }
  text = trim(text);
  while (text.ends_with('.')) text.remove_suffix(1);
  // A name in quotes may hold an at sign.
  std::string mail = lower(text);
  if (mail.starts_with('"') && mail.find('@') != mail.rfind('@')) {
    mail = "quoted" + mail.substr(mail.rfind('@'));
  }
  // Signs that domain names know as a full stop (UTS #46).
  for (const std::string_view stop : {"\u3002", "\uff0e", "\uff61"}) {
    for (std::size_t at = mail.find(stop); at != mail.npos; at = mail.find(stop)) {
      mail.replace(at, stop.size(), ".");
    }
  }
  return mail;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

std::string domain_of(std::string_view mail) { return lower(mail.substr(mail.rfind('@') + 1)); }

bool is_allowed(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_head_only(const Condition& condition) {
  return (condition.value.draws & (set_of(ValueSource::body) | set_of(ValueSource::operation) |
                                   set_of(ValueSource::raw))) == 0;
}

// Whether "Content-Range: bytes 5-9/10" ends what it is a part of (RFC 9110 section 14.4).
bool ends_range(const http::Headers* headers) {
  if (headers == nullptr) return false;
  std::string_view range = trim(headers->find("Content-Range").value_or(""));
  if (!istarts_with(range, "bytes ")) return false;
  range.remove_prefix(6);
  const std::size_t slash = range.find('/');
  if (slash == range.npos) return false;
  const std::string_view place = range.substr(0, slash);
  const std::size_t dash = place.find('-');
  const auto size = parse_decimal(range.substr(slash + 1));
  if (dash == place.npos || !size) return false;
  const auto end = parse_decimal(place.substr(dash + 1));
  return end && *end + 1 == *size;
}

std::optional<std::uint64_t> range_offset(const http::Headers* headers) {
  if (headers == nullptr) return std::nullopt;
  std::string_view range = trim(headers->find("Content-Range").value_or(""));
  if (!istarts_with(range, "bytes ")) return std::nullopt;
  range.remove_prefix(6);
  return parse_decimal(range.substr(0, std::min(range.find('-'), range.size())));
}

// The numbers in "<PartNumber>2</PartNumber>", with any prefix of a namespace.
std::vector<std::uint64_t> listed_parts(std::string_view xml) {
  constexpr std::size_t kMost = 10'001;  // S3 takes 10000
  constexpr std::string_view kName = "partnumber";
  std::vector<std::uint64_t> numbers;
  const std::string text = lower(xml);
  for (std::size_t at = text.find(kName); at != text.npos && numbers.size() < kMost;
       at = text.find(kName, at + 1)) {
    const std::size_t open = text.find('>', at);
    if (open == text.npos) break;
    std::string_view digits = trim(std::string_view(text).substr(open + 1));
    digits = digits.substr(0, std::min(digits.find('<'), digits.size()));
    // The end of the element has none behind it.
    const bool begins = text.rfind('<', at) != text.npos && text[text.rfind('<', at) + 1] != '/';
    if (begins) numbers.push_back(parse_decimal(trim(digits)).value_or(0));
  }
  return numbers;
}

// Methods that a server may take instead of that of the request line.
std::vector<std::string> overrides(std::string_view method, const http::RequestHead& head) {
  std::vector<std::string> said;
  if (method != "POST" && method != "GET") return said;
  const auto add = [&](std::string_view text) {
    std::string other = upper(trim(text));
    if (!other.empty() && other.size() <= 16 && other != method) said.push_back(std::move(other));
  };
  for (const std::string_view name :
       {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}) {
    if (const auto text = head.headers.find(name)) add(*text);
  }
  if (head.query().find("ethod=") != head.query().npos) {
    for (const auto& [name, value] : read_form(head.query())) {
      if (name == "_method" || name == "$httpMethod") add(value);
    }
  }
  return said;
}

bool fits_status(const OutcomeRule& rule, int status) {
  return rule.statuses.empty() || std::ranges::any_of(rule.statuses, [&](const auto& range) {
           return status >= range.first && status <= range.second;
         });
}

}  // namespace

// Methods are of one spelling (RFC 9110 section 9.1), but many servers do not mind.
Recognition::Asked::Asked(const http::RequestHead& the_head)
    : head(the_head),
      method(upper(head.method)),
      has{names_in_query(head.query()), &head.headers},
      overrides(discovery::overrides(method, head)) {}

Recognition::Recognition(const AppSignatures& signatures, Asked asked, std::string_view host,
                         std::string_view path)
    : signatures_(signatures),
      method_(std::move(asked.method)),
      overrides_(std::move(asked.overrides)),
      headers_(&asked.head.headers) {
  const http::RequestHead& head = asked.head;
  const PathSegments segments(path);
  candidates_ = signatures.find(host, method_, segments, asked.has);
  if (nothing()) return;
  host_ = host;
  path_ = path;
  content_type_ = head.headers.find("Content-Type").value_or("");
  requests_.push_back(std::make_unique<Owned>());
  ExchangeValues& values = requests_.front()->values.emplace(
      RequestText{host_, method_, path_, head.query(), headers_, content_type_, {}});

  // What the head alone rules out; behind one that the head alone proves nothing is asked.
  std::size_t kept = 0;
  for (AppSignatures::Candidate& candidate : candidates_) {
    bool proven = true;
    bool possible = true;
    bool bound = false;
    const auto bind = [&] {
      if (!bound) AppSignatures::bind(candidate, host_, segments);
      bound = true;
    };
    for (const Condition& condition : candidate.signature->conditions) {
      if (!is_head_only(condition)) {
        proven = false;
        continue;
      }
      if (draws_on(condition.value, ValueSource::variable)) bind();
      possible = values.holds(condition, candidate.signature, candidate.variables);
      if (!possible) break;
    }
    if (!possible) continue;
    bind();
    may_be_batch_ = may_be_batch_ || candidate.signature->batch.has_value();
    wants_body_ = wants_body_ || candidate.signature->reads_body || may_be_batch_;
    if (&candidates_[kept] != &candidate) candidates_[kept] = std::move(candidate);
    ++kept;
    if (proven) break;
  }
  candidates_.resize(kept);
  for (const std::string& said : overrides_) {  // The body is that of either.
    const auto others = signatures_.find(host_, said, segments, {});
    wants_body_ = wants_body_ || std::ranges::any_of(others, [](const auto& one) {
                    return one.signature->reads_body || one.signature->batch.has_value();
                  });
  }
}

std::vector<AppSignatures::Candidate> Recognition::find(std::string_view method,
                                                        std::string_view path) const {
  const PathSegments segments(path);
  std::vector<AppSignatures::Candidate> found = signatures_.find(host_, method, segments, {});
  for (AppSignatures::Candidate& candidate : found) {
    AppSignatures::bind(candidate, host_, segments);
  }
  return found;
}

bool Recognition::holds(const AppSignatures::Candidate& candidate, ExchangeValues& values) const {
  return std::ranges::all_of(candidate.signature->conditions, [&](const Condition& condition) {
    return values.holds(condition, candidate.signature, candidate.variables);
  });
}

// Those that look at operations read lists of them too.
bool Recognition::may_be_list() const {
  return std::ranges::any_of(candidates_,
                             [](const auto& one) { return one.signature->asks_operation; });
}

bool Recognition::wants_more(std::string_view prefix) const {
  if (may_be_batch_) return true;
  if (!wants_body_ || !may_be_list()) return false;
  if (headers_->has("Content-Encoding")) return true;
  const std::size_t first = prefix.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != prefix.npos && prefix[first] == '[';
}

void Recognition::read_request(std::string_view prefix, bool ended) {
  if (nothing()) return;
  Owned& own = *requests_.front();
  bool all = false;
  own.body = decompress_prefix(prefix, headers_->find("Content-Encoding").value_or(""),
                               may_be_batch_ || may_be_list() || prefix.size() > kMostBodyRead
                                   ? kMostBatchRead
                                   : kMostBodyRead,
                               &all);
  ended_ = ended && all;
  if (!all && wants_body_ && headers_->has("Content-Encoding")) {
    ContentDecoder decoder(headers_->joined("Content-Encoding"));
    decoder.feed(prefix, [](std::string_view) {});
    closed_ = decoder.state() == ContentDecoder::State::closed;
  }
  own.values->set_body(own.body);
  std::vector<AppSignatures::Candidate> kept;
  if (may_be_list()) kept = candidates_;
  if (!open_list()) settle(0, std::move(candidates_), false);
  candidates_.clear();
  read_override();
  by_name_ = found_.size();
  if (!kept.empty()) add_mutations(kept);
  describe_all();
  drop_told_mutations();
}

// GraphQL is called what its client likes; what it does are the fields of its mutations.
void Recognition::add_mutations(const std::vector<AppSignatures::Candidate>& candidates) {
  const std::size_t count = requests_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& called = requests_[i]->values->operation();
    for (std::string& name : requests_[i]->values->mutations()) {
      if (name == called) continue;
      if (requests_.size() - count == kMostMutations) {
        hides_ = true;
        return;
      }
      const RequestText text = requests_[i]->values->request();
      requests_.push_back(std::make_unique<Owned>());
      requests_.back()->values.emplace(text);
      requests_.back()->values->set_operation(std::move(name));
      settle(requests_.size() - 1, candidates, true);
    }
  }
}

// Most say in their name what they do.
void Recognition::drop_told_mutations() {
  std::size_t kept = by_name_;
  for (std::size_t i = by_name_; i < found_.size(); ++i) {
    const ActivityType type = activities_[i].type;
    const auto before = std::span(activities_).first(kept);
    const bool told = type == ActivityType::view || type == ActivityType::other ||
                      std::ranges::find(before, type, &Recognised::type) != before.end();
    if (told) continue;
    if (kept != i) {
      found_[kept] = std::move(found_[i]);
      activities_[kept] = std::move(activities_[i]);
    }
    ++kept;
  }
  found_.resize(std::min(kept, found_.size()));
  activities_.resize(found_.size());
}

// Some servers do what this field says instead of POST, others do not: so both counts.
void Recognition::read_override() {
  RequestText text = requests_.front()->values->request();
  for (const std::string& said : overrides_) {
    if (found_.size() >= kMostBatch) return;
    Owned& owned = *requests_.emplace_back(std::make_unique<Owned>());
    owned.method = said;
    text.method = owned.method;
    owned.values.emplace(text);
    const std::size_t before = found_.size();
    settle(requests_.size() - 1, find(owned.method, path_), true);
    if (found_.size() == before) continue;
    const auto same = [&](const Found& one) {
      return one.candidate.signature == found_.back().candidate.signature;
    };
    if (std::any_of(found_.begin(), found_.end() - 1, same)) found_.pop_back();
    return;
  }
}

// A list of requests as one body: GraphQL and JSON-RPC batches.
bool Recognition::open_list() {
  std::string_view body = requests_.front()->body;
  const std::size_t first = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first == body.npos || body[first] != '[' || !may_be_list()) return false;
  const JsonElements list = json_elements(body.substr(first), "[]", ended_);
  for (const std::string_view element : list.elements) {
    if (!element.starts_with('{')) continue;
    Owned& owned = *requests_.emplace_back(std::make_unique<Owned>());
    RequestText text = requests_.front()->values->request();
    text.body = element.substr(0, kMostBodyRead);
    owned.values.emplace(text);
    settle(requests_.size() - 1, candidates_, true);
  }
  hides_ = hides_ || !list.whole;
  return !found_.empty();
}

void Recognition::settle(std::size_t request, std::vector<AppSignatures::Candidate> candidates,
                         bool inside) {
  for (AppSignatures::Candidate& candidate : candidates) {
    if (!holds(candidate, *requests_[request]->values)) continue;
    if (candidate.signature->batch && !inside) {
      open_batch(request, candidate);
      if (!found_.empty()) return;
    }
    if (found_.size() >= kMostBatch) return;
    found_.push_back({request, std::move(candidate)});
    const AppSignatures::Candidate beside = found_.back().candidate;
    if (!beside.signature->also.empty()) add_beside(request, beside);
    return;
  }
}

std::size_t Recognition::add_request(std::string_view method, std::string_view url,
                                     std::string body) {
  // "https://host/path?query" or "/path?query".
  if (const std::size_t scheme = url.find("://"); scheme != url.npos) {
    const std::size_t slash = url.find('/', scheme + 3);
    url = slash == url.npos ? std::string_view("/") : url.substr(slash);
  }
  url = trim(url);
  url = url.substr(0, url.find('#'));
  const std::size_t question = std::min(url.find('?'), url.size());
  Owned& owned = *requests_.emplace_back(std::make_unique<Owned>());
  owned.method = upper(trim(method));
  // As the paths of exchanges are spelt.
  owned.path = '/' + std::string(url.substr(0, question));
  owned.path = http::normal_path(owned.path);
  owned.query = url.substr(std::min(question + 1, url.size()));
  owned.body = std::move(body);
  owned.inside = true;
  return requests_.size() - 1;
}

void Recognition::add_beside(std::size_t request, const AppSignatures::Candidate& candidate) {
  for (const Signature::Also& also : candidate.signature->also) {
    AppSignatures::Candidate other = candidate;
    other.signature = &signatures_.all()[also.signature];
    if (also.each.empty()) {
      if (holds(other, *requests_[request]->values)) found_.push_back({request, std::move(other)});
      continue;
    }
    RequestText text = requests_[request]->values->request();
    const JsonElements list = json_elements(text.body, also.each, ended_, kMostBatch);
    for (const std::string_view element : list.elements) {
      if (!element.starts_with('{') || found_.size() >= kMostElements) continue;
      Owned& owned = *requests_.emplace_back(std::make_unique<Owned>());
      text.body = element;
      owned.inside = true;
      owned.values.emplace(text);
      found_.push_back({requests_.size() - 1, other});
    }
    // A body that is something else has none.
    hides_ = hides_ || (!list.whole && !list.elements.empty());
  }
}

// Each is told as if the request had named it alone: what holds of one need not hold of another.
void Recognition::open_elements(std::size_t request, const AppSignatures::Candidate& candidate) {
  RequestText text = requests_[request]->values->request();
  const JsonElements list =
      json_elements(text.body, candidate.signature->batch->each, ended_, kMostElements);
  for (const std::string_view element : list.elements) {
    if (!element.starts_with('{') || found_.size() >= kMostElements) continue;
    Owned& owned = *requests_.emplace_back(std::make_unique<Owned>());
    text.body = element;
    owned.inside = true;
    owned.values.emplace(text);
    found_.push_back({requests_.size() - 1, candidate});
  }
  hides_ = hides_ || !list.whole;
}

void Recognition::open_batch(std::size_t request, const AppSignatures::Candidate& candidate) {
  if (candidate.signature->batch->plain) return open_elements(request, candidate);
  const ExchangeValues& values = *requests_[request]->values;
  Batch batch =
      read_batch(*candidate.signature->batch, values.request().body, content_type_, ended_);
  hides_ = hides_ || !batch.whole;
  std::vector<std::size_t> inside;
  for (BatchRequest& one : batch.requests) {
    inside.push_back(add_request(one.method, one.url, std::move(one.body)));
  }
  const std::string_view outer = values.request().path;
  for (const std::size_t index : inside) {
    Owned& owned = *requests_[index];
    auto candidates = find(owned.method, owned.path);
    if (candidates.empty()) {  // "/me/messages" of a batch at "/v1.0/$batch"
      owned.path.insert(0, outer.substr(0, outer.rfind('/')));
      candidates = find(owned.method, owned.path);
    }
    if (candidates.empty() && owned.path.find('%') != owned.path.npos) {  // "%2Fme%2Fmessages"
      std::string plain = http::normal_path("/" + decode_percent(owned.path));
      candidates = find(owned.method, plain);
      if (!candidates.empty()) owned.path = std::move(plain);
    }
    owned.values.emplace(RequestText{host_, owned.method, owned.path, owned.query, nullptr,
                                     "application/json", owned.body});
    settle(index, std::move(candidates), true);
  }
}

bool Recognition::wants_reply() const {
  return std::ranges::any_of(found_,
                             [](const Found& one) { return one.candidate.signature->reads_reply; });
}

bool Recognition::read_reply(int status, const http::Headers& headers, std::string_view prefix) {
  if (found_.empty()) return false;
  if (!prefix.empty()) {
    reply_text_ =
        decompress_prefix(prefix, headers.find("Content-Encoding").value_or(""), kMostReplyRead);
  }
  reply_ = ReplyText{status, &headers, reply_text_};
  for (const auto& one : requests_) {
    if (one->values) one->values->set_reply(*reply_);
  }
  // What only the body tells waits for it.
  const bool body = !reply_text_.empty();
  bool more = false;
  for (std::size_t i = 0; i < found_.size(); ++i) {
    const Signature& signature = *found_[i].candidate.signature;
    const bool lost = !activities_[i].details;
    if (lost || signature.tells_by_reply_head || (body && signature.reads_reply)) {
      describe(found_[i], activities_[i]);
      more = true;
    } else {
      tell_outcome(found_[i], activities_[i]);
    }
  }
  return more;
}

void Recognition::describe_all() {
  activities_.clear();
  activities_.reserve(found_.size());
  for (const Found& found : found_) describe(found, activities_.emplace_back());
}

void Recognition::describe(const Found& found, Recognised& seen) {
  const Signature& signature = *found.candidate.signature;
  ExchangeValues& values = *requests_[found.request]->values;
  // Most signatures have few values, and of few of these something stands in the reply.
  const bool told = static_cast<bool>(seen.details);
  const auto tells = [&](const Value& value) {
    return !value.empty() && (!told || (value.draws & kOfReply) != 0);
  };
  const auto first = [&](const Value& value) {
    return cut(values.first(value, &signature, found.candidate.variables));
  };
  const auto list = [&](const Value& value) {
    return tidy(values.all(value, &signature, found.candidate.variables));
  };
  const auto take = [&](const Value& value, std::string& to) {
    if (tells(value)) to = first(value);
  };
  const auto take_all = [&](const Value& value, std::vector<std::string>& to) {
    if (tells(value)) to = list(value);
  };
  Details& details = told ? *seen.details : seen.details.emplace();
  if (!told) {
    seen.signature = &signature;
    seen.app = signature.app;
    seen.personal = signature.personal;
    details.signature = signature.id;
    if (signature.reads_body || signature.batch) details.reading = ended_ ? "whole" : "partial";
  }
  // A login that failed is told anew from the reply.
  if (tells(signature.verb) || seen.type == ActivityType::login_failed) {
    seen.type =
        signature.type
            ? *signature.type
            : policy::parse_activity_type(first(signature.verb)).value_or(ActivityType::other);
  }
  if (tells(signature.admin)) {
    const std::string admin = first(signature.admin);
    seen.admin.reset();
    if (!admin.empty()) seen.admin = admin == "true";
  }

  take(signature.object_kind, details.object_kind);
  // What the signature's author wrote was looked at when it was read.
  if (signature.object_kind.draws != set_of(ValueSource::literal) &&
      !is_allowed(details.object_kind, policy::object_kind_words())) {
    details.object_kind.clear();
  }
  take(signature.object_id, details.object_id);
  take(signature.object_name, details.object_name);
  take(signature.object_parent, details.object_parent);

  if (tells(signature.target_email) || tells(signature.target_domain)) {
    // Their domains are in one list.
    details.target_domains.clear();
    details.target_emails.clear();
    const auto said = values.all(signature.target_email, &signature, found.candidate.variables);
    hides_ = hides_ || said.size() == ExchangeValues::kMostValues;
    for (const std::string& text : said) {
      for (const std::string& one : addresses_of(text)) {
        std::string mail = mail_of(one);
        if (mail.empty()) continue;
        if (is_mail(mail)) details.target_domains.push_back(domain_of(mail));
        details.target_emails.push_back(std::move(mail));
      }
    }
    for (std::string& domain : list(signature.target_domain)) {
      while (domain.ends_with('.')) domain.pop_back();
      details.target_domains.push_back(lower(domain));
    }
    details.target_emails = tidy(std::move(details.target_emails));
    bool all = true;
    details.target_domains = tidy(std::move(details.target_domains), &all);
    hides_ = hides_ || !all;
  }
  take_all(signature.target_user, details.target_users);
  take_all(signature.target_group, details.target_groups);
  take_all(signature.target_link, details.target_links);
  take_all(signature.target_role, details.target_roles);

  if (!told || tells(signature.account) || tells(signature.instance)) {
    take(signature.account, details.account);
    details.account_domain = is_mail(details.account) ? domain_of(details.account) : std::string();
    take(signature.instance, details.instance);
    const bool personal = seen.personal || signatures_.is_personal(host_, details.instance);
    details.instance_kind = personal ? "personal" : "";
  }

  take(signature.model, details.model);
  take(signature.conversation, details.conversation);
  take(signature.consent_client, details.consent_client);
  take(signature.consent_name, details.consent_name);
  if (tells(signature.consent_redirect)) {
    details.consent_redirect = redirect_host(first(signature.consent_redirect));
  }
  if (tells(signature.consent_scopes)) {
    details.consent_scopes.clear();
    details.consent_level.clear();
    for (const std::string& scopes : list(signature.consent_scopes)) {
      for (std::string& scope : split_scopes(scopes)) {
        details.consent_scopes.push_back(std::move(scope));
      }
    }
    details.consent_scopes = tidy(std::move(details.consent_scopes));
  }

  if (signature.transfer) describe_transfer(found, seen);
  const bool named = tells(signature.file_name) || tells(signature.object_name);
  if (named || tells(signature.verb)) {
    seen.file_name = safe_file_name(first(signature.file_name));
  }
  if (tells(signature.file_type)) seen.file_type = http::media_type(first(signature.file_type));
  if (tells(signature.file_size)) seen.file_size = parse_decimal(first(signature.file_size));
  if (!seen.file_size && signature.transfer) {
    seen.file_size = parse_decimal(first(signature.transfer->size));
  }
  using Content = Signature::Content;
  const bool step_without_bytes = signature.transfer && !seen.carries;
  seen.body_is_file = signature.content != Content::none && signature.content != Content::in_json &&
                      !step_without_bytes && !requests_[found.request]->inside;
  if (signature.content == Content::in_json && tells(signature.content_value)) {
    std::string text = values.first(signature.content_value, &signature, found.candidate.variables);
    const bool plain = first(signature.content_as) == "text";
    seen.content = plain ? std::move(text) : decode_any_base64(text);
    // Of one that goes on behind what was read the beginning is there.
    seen.content_unseen = seen.content.empty() || !ended_;
  }
  const bool carries = seen.type == ActivityType::upload || seen.type == ActivityType::download;
  if (carries && seen.file_name.empty() && details.object_kind == "file") {
    seen.file_name = safe_file_name(details.object_name);
  }

  if (reply_) tell_outcome(found, seen);
}

// Few are steps of one, so all of it is told each time.
void Recognition::describe_transfer(const Found& found, Recognised& seen) {
  const Signature& signature = *found.candidate.signature;
  const TransferRule& rule = *signature.transfer;
  ExchangeValues& values = *requests_[found.request]->values;
  const http::Headers* headers = values.request().headers;
  const auto first = [&](const Value& value) {
    return cut(values.first(value, &signature, found.candidate.variables));
  };
  Details& details = *seen.details;
  details.transfer_step = rule.step;
  details.transfer_session = first(rule.session);
  const bool last = first(rule.last) == "true" || ends_range(headers);
  seen.goes_on = details.transfer_step != "finish" && !last;
  seen.part_offset = parse_decimal(first(rule.offset));
  if (!seen.part_offset) seen.part_offset = range_offset(headers);
  seen.part_number = parse_decimal(first(rule.number));
  seen.carries = rule.carries || details.transfer_step == "part";
  seen.open = rule.open;
  if (!rule.parts.empty()) {
    seen.listed = listed_parts(values.first(rule.parts, &signature, found.candidate.variables));
    // What goes on behind what was read may list anything.
    if (!ended_) seen.listed.assign(1, 0);
  }
  // RFC 9110 section 10.2.2: a Location may be relative.
  if (details.transfer_session.starts_with('/')) {
    details.transfer_session.insert(0, "https://" + host_);
  }
  // The address of a session is written with escapes by one, and without by another.
  if (details.transfer_session.find("://") != std::string::npos) {
    details.transfer_session = decode_percent(details.transfer_session);
  }
}

void Recognition::tell_outcome(const Found& found, Recognised& seen) {
  const Signature& signature = *found.candidate.signature;
  ExchangeValues& values = *requests_[found.request]->values;
  std::string& outcome = seen.details->outcome;
  outcome = reply_->status >= 200 && reply_->status < 400 ? "success" : "failed";
  for (const OutcomeRule& rule : signature.outcome) {
    const bool fits = fits_status(rule, reply_->status) &&
                      std::ranges::all_of(rule.where, [&](const Condition& condition) {
                        return values.holds(condition, &signature, found.candidate.variables);
                      });
    if (!fits) continue;
    outcome = rule.is;
    break;
  }
  if (seen.type == ActivityType::login && outcome == "failed") {
    seen.type = ActivityType::login_failed;
  }
}

}  // namespace sallyport::discovery
