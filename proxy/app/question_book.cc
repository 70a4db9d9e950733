#include "proxy/app/question_book.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"

namespace sallyport::app {

namespace {

using discovery::StateEntry;
using portal::Question;
using portal::Said;
using Kept = QuestionBook::Kept;

constexpr std::string_view kQuestion = "question";

std::string text_of(const Kept& kept) {
  std::string text;
  JsonWriter json(text);
  const auto member = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  const Question& question = kept.question;
  json.begin_object();
  member("user", question.user);
  member("say", question.say);
  member("event", question.event);
  member("app", question.app);
  member("what", question.what);
  member("alert", kept.alert);
  member("by", kept.by);
  if (question.when != Time{}) json.member("when", format_rfc3339(question.when));
  json.member("until", format_rfc3339(question.expires));
  if (kept.said) {
    json.member("asked", format_rfc3339(kept.asked));
    json.member("said", to_string(*kept.said));
    json.member("answered", format_rfc3339(kept.answered));
    member("client", kept.client);
  }
  json.end_object();
  return text;
}

std::optional<Said> parse_said(std::string_view word) {
  for (const Said said : {Said::yes, Said::mistake, Said::no}) {
    if (word == to_string(said)) return said;
  }
  return std::nullopt;
}

std::optional<Kept> read_kept(const StateEntry& entry) {
  Kept kept;
  Question& question = kept.question;
  std::string when, until, asked, said, answered;
  JsonCursor cursor(entry.value);
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "user") return cursor.string(question.user);
    if (key == "say") return cursor.string(question.say);
    if (key == "event") return cursor.string(question.event);
    if (key == "app") return cursor.string(question.app);
    if (key == "what") return cursor.string(question.what);
    if (key == "alert") return cursor.string(kept.alert);
    if (key == "by") return cursor.string(kept.by);
    if (key == "when") return cursor.string(when);
    if (key == "until") return cursor.string(until);
    if (key == "asked") return cursor.string(asked);
    if (key == "said") return cursor.string(said);
    if (key == "answered") return cursor.string(answered);
    if (key == "client") return cursor.string(kept.client);
    return cursor.skip();
  }) && cursor.at_end();
  const auto end = parse_rfc3339(until);
  if (!read || !end || question.user.empty()) return std::nullopt;
  question.id = entry.key;
  question.expires = *end;
  if (const auto time = parse_rfc3339(when)) question.when = *time;
  kept.asked = parse_rfc3339(asked).value_or(entry.at);
  if (kept.by.empty()) kept.by = entry.who;
  if (said.empty()) return kept;
  kept.said = parse_said(said);
  const auto time = parse_rfc3339(answered);
  if (!kept.said || !time) return std::nullopt;
  kept.answered = *time;
  return kept;
}

bool waits(const Kept& kept, Time now) { return !kept.said && kept.question.expires > now; }

// For a line of the log.
std::string about(const Question& question) {
  if (question.event.empty()) return fmt::format("'{}'", question.say);
  return fmt::format("{} in {}, event {}", question.what.empty() ? "something" : question.what,
                     question.app, question.event);
}

}  // namespace

std::string_view state_of(const Kept& kept, Time now) {
  if (kept.said) return to_string(*kept.said);
  return waits(kept, now) ? "open" : "expired";
}

std::string_view said_words(const Kept& kept) {
  if (!kept.said) return {};
  if (*kept.said == Said::no) return "this was not me";
  return *kept.said == Said::yes ? "this was me" : "by mistake";
}

void tell_about(const discovery::Event& event, Question& question) {
  const policy::Activity& facts = event.activity;
  question.event = event.id.to_string();
  question.app = facts.app ? facts.app->name : facts.host;
  question.when = event.start;
  // "other" tells nobody anything.
  if (facts.type && *facts.type != policy::ActivityType::other)
    question.what = to_string(*facts.type);
  if (facts.file && !facts.file->name.empty()) question.what += ' ' + printable(facts.file->name);
  question.what = std::string(trim(question.what));
}

Result<void> QuestionBook::load(Time now) {
  loaded_ = now;
  auto entries = store_.entries(kQuestion, now);
  if (!entries) return pass_on(std::move(entries));
  for (const StateEntry& entry : *entries) {
    if (auto kept = read_kept(entry)) {
      if (names_) kept->question.user = names_->asked(kept->question.user);
      questions_.insert_or_assign(entry.key, std::move(*kept));
    } else {
      log::warning("a question to somebody cannot be read and is left out: " + entry.key);
    }
  }
  return {};
}

void QuestionBook::publish_to(Publish publish) {
  publish_ = std::move(publish);
  this->publish(loaded_);
}

void QuestionBook::publish(Time now) {
  if (!publish_) return;
  std::vector<Question> waiting;
  for (const auto& [id, kept] : questions_) {
    if (!waits(kept, now)) continue;
    waiting.push_back(kept.question);
    if (names_) waiting.back().user = names_->revealed(kept.question.user);
  }
  publish_(std::make_shared<const portal::Questions>(std::move(waiting)));
}

Result<void> QuestionBook::put(const Kept& kept) {
  const Time end = std::max(kept.asked + Time::duration(kKept), kept.question.expires);
  // Who did this, and when: asked, or answered.
  const StateEntry entry{std::string(kQuestion),
                         kept.question.id,
                         text_of(kept),
                         kept.said ? kept.question.user : kept.by,
                         kept.said ? kept.answered : kept.asked,
                         end};
  return store_.put({&entry, 1});
}

std::expected<Kept, QuestionBook::Refusal> QuestionBook::ask(Question question,
                                                             std::chrono::seconds lasts,
                                                             std::string by, Time now,
                                                             std::string alert) {
  if (question.user.empty() || (question.say.empty() && question.event.empty())) {
    return std::unexpected(Refusal{400, "a question is to a user, about an event or in words"});
  }
  if (question.say.size() > kMostSay || printable(question.say) != question.say) {
    return std::unexpected(
        Refusal{400, fmt::format("what is said is one line of at most {} bytes", kMostSay)});
  }
  if (lasts.count() == 0) lasts = kUsual;
  if (lasts < std::chrono::minutes(1) || lasts > kLongest) {
    return std::unexpected(Refusal{400, "a question waits from 1m to 90d"});
  }
  std::size_t open = 0, own = 0;
  for (const auto& [id, kept] : questions_) {
    if (!waits(kept, now)) continue;
    ++open;
    if (kept.question.user != question.user) continue;
    ++own;
    if (!question.event.empty() && kept.question.event == question.event) {
      return std::unexpected(
          Refusal{409, fmt::format("'{}' is asked about that already", question.user)});
    }
  }
  if (own >= kMostOpenOfOne || open >= kMostOpen) {
    return std::unexpected(Refusal{
        409, fmt::format("{} questions wait for {} already", own >= kMostOpenOfOne ? own : open,
                         own >= kMostOpenOfOne ? question.user : "people")});
  }
  question.id = ids_.make(now).to_string();
  question.expires = now + lasts;
  Kept kept{std::move(question), now, std::move(by), std::move(alert), std::nullopt, {}, ""};
  if (const Result<void> done = put(kept); !done) {
    return std::unexpected(Refusal{503, "it could not be kept: " + done.error().detail});
  }
  log::info(fmt::format("{} is asked by {}: {} (question {})", kept.question.user,
                        kept.by.empty() ? "somebody" : kept.by, about(kept.question),
                        kept.question.id));
  questions_.insert_or_assign(kept.question.id, kept);
  forget_old_ones(now);
  publish(now);
  return kept;
}

Result<void> QuestionBook::answer(std::string_view id, std::string_view user, Said said,
                                  std::string_view client, Time now) {
  const auto found = questions_.find(id);
  if (found == questions_.end() || !waits(found->second, now) ||
      found->second.question.user != user || said == Said::went_back) {
    return fail(ErrorKind::not_found, Side::client, "no such question waits");
  }
  Kept kept = found->second;
  kept.said = said;
  kept.answered = now;
  kept.client = client;
  Result<void> done = put(kept);
  if (!done) return done;
  const std::string line = fmt::format("{} from {}: {} (question {})", kept.question.user, client,
                                       about(kept.question), id);
  const std::string told = fmt::format("\"{}\", says {}", said_words(kept), line);
  if (said == Said::no) {
    log::warning(told);
  } else {
    log::info(told);
  }
  found->second = std::move(kept);
  publish(now);
  if (answered_) answered_(found->second);
  return {};
}

void QuestionBook::drop(const std::function<bool(const Kept&)>& gone, Time now) {
  std::erase_if(questions_, [&](const auto& one) { return gone(one.second); });
  publish(now);
}

std::optional<QuestionBook::Refusal> QuestionBook::withdraw(std::string_view id,
                                                            std::string_view who, Time now) {
  const auto found = questions_.find(id);
  if (found == questions_.end()) {
    return Refusal{404, fmt::format("there is no question '{}'", printable(id))};
  }
  if (found->second.said) return Refusal{409, "it was answered already"};
  if (const Result<void> gone = store_.remove(kQuestion, id, who, now); !gone) {
    return Refusal{503, "it could not be taken back: " + gone.error().detail};
  }
  log::info(fmt::format("the question {} to {} is taken back by {}", id,
                        found->second.question.user, who.empty() ? "somebody" : who));
  questions_.erase(found);
  publish(now);
  return std::nullopt;
}

void QuestionBook::forget_old_ones(Time now) {
  std::size_t over = 0;
  for (const auto& [id, kept] : questions_) over += waits(kept, now) ? 0 : 1;
  // By id is by time: the oldest first.
  for (auto one = questions_.begin(); one != questions_.end() && over > kMostKept;) {
    if (waits(one->second, now)) {
      ++one;
      continue;
    }
    const Result<void> gone = store_.remove(kQuestion, one->first, "", now);
    if (!gone) log::warning("an old question is still kept: " + describe(gone.error()));
    one = questions_.erase(one);
    --over;
  }
}

}  // namespace sallyport::app
