#include "proxy/cli/discover_block.h"

#include <fmt/format.h>

#include "discovery/usage/block_list.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/discover_book.h"

namespace sallyport::cli {

namespace {

constexpr unsigned kMode = 0644;

// "apps tagged unsanctioned", "apps of category games, with a risk score of 0-3"
std::string in_words(const discovery::ReportWords& words) {
  std::vector<std::string> parts;
  const auto tell = [&](const char* what, const std::vector<std::string>& list) {
    if (!list.empty()) parts.push_back(fmt::format("{} {}", what, fmt::join(list, " or ")));
  };
  tell("named", words.apps);
  tell("tagged", words.tags);
  tell("of category", words.categories);
  tell("that have", words.has);
  tell("that lack", words.lacks);
  if (!words.risk_score.empty()) parts.push_back("with a risk score of " + words.risk_score);
  if (!words.query.empty()) parts.push_back("of query " + words.query);
  return fmt::format("apps {}", fmt::join(parts, ", "));
}

}  // namespace

int block_script(const BlockScriptOptions& options) {
  std::string state;
  AskedBook asked;
  if (const int code = open_book(options.asked.common, state, asked); code != kOk) return code;
  discovery::ReportWords words = options.asked.words;
  const bool any = !words.apps.empty() || !words.tags.empty() || !words.categories.empty() ||
                   !words.has.empty() || !words.lacks.empty() || !words.risk_score.empty() ||
                   !words.query.empty();
  if (!any) words.tags = {"unsanctioned"};
  const Time now = system_clock().now();
  const auto question = read_words(words, *asked.book, *asked.snapshot->users, now);
  if (!question) {
    complain(question.error());
    return kWrongInput;
  }
  const discovery::BlockList list = make_block_list(*asked.book, question->filter.apps);
  const std::string text = render(list, *discovery::parse_block_format(options.target),
                                  {.what = in_words(words), .made = now});
  if (options.output.empty()) {
    say(text);
  } else if (const Result<void> done = app::write_file(options.output, text, kMode); !done) {
    complain(describe(done.error()));
    return kMachine;
  }
  if (list.apps.empty()) complain("no app is like that: the list is empty");
  return list.apps.empty() ? kNo : kOk;
}

}  // namespace sallyport::cli
