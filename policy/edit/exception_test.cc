#include "policy/edit/exception.h"

#include <gtest/gtest.h>
#include <random>

#include "policy/compile/compile.h"
#include "policy/compile/parse.h"
#include "policy/edit/policy_text.h"
#include "policy/edit/propose.h"
#include "policy/edit/text_diff.h"

namespace sallyport::policy {
namespace {

SourcePtr source(std::string text) {
  return std::make_shared<const Source>(Source{"x.yaml", std::move(text)});
}

const NewException kAna = {{{"user", "ana"}, {"app", "dropbox"}}, "moves it: slowly", "2027-01-31"};

std::vector<Policy> parsed(const SourcePtr& file) {
  Diagnostics found;
  auto policies = parse_policies(file, found);
  EXPECT_FALSE(found.has_errors()) << render(found) << file->text;
  return policies;
}

// The text with kAna added to its policy of that number. Read again it is one exception more, and
// without the insertion it is the text that it was.
std::string excepted(const std::string& text, std::size_t number = 0) {
  const SourcePtr file = source(text);
  const auto before = parsed(file);
  const auto edited = add_exception(file, before.at(number).place, kAna);
  EXPECT_TRUE(edited) << render(edited.error()) << text;
  if (!edited) return {};
  const auto after = parsed(source(*edited));
  EXPECT_EQ(after.at(number).except.size(), before.at(number).except.size() + 1);
  std::size_t same = 0;
  while (same < text.size() && text[same] == (*edited)[same]) ++same;
  EXPECT_TRUE(edited->ends_with(text.substr(same))) << *edited;
  return *edited;
}

constexpr const char* kItem =
    "{ user: ana, app: dropbox, reason: \"moves it: slowly\", expires: 2027-01-31 }";

TEST(PolicyException, GoesBehindTheConditionsWhereThereIsNoneYet) {
  EXPECT_EQ(excepted("- name: x  # the first\n"
                     "  when:\n"
                     "    app: dropbox  # all of it\n"
                     "  then: block\n"),
            std::string("- name: x  # the first\n"
                        "  when:\n"
                        "    app: dropbox  # all of it\n"
                        "  except:\n"
                        "    - ") +
                kItem + "\n  then: block\n");
}

TEST(PolicyException, GoesBehindTheOthers) {
  EXPECT_EQ(
      excepted(
          "- name: x\n  except:\n  - user: bo\n    reason: old  # why\n  # none\n  then: block\n"),
      std::string("- name: x\n  except:\n  - user: bo\n    reason: old  # why\n  - ") + kItem +
          "\n  # none\n  then: block\n");
}

TEST(PolicyException, GoesIntoBrackets) {
  EXPECT_EQ(
      excepted("- { name: x, when: {app: dropbox}, then: block }\n"),
      std::string("- { name: x, when: {app: dropbox}, except: [") + kItem + "], then: block }\n");
  EXPECT_EQ(excepted("- name: x\n  except: [ {user: bo} , ]\n  then: block\n"),
            std::string("- name: x\n  except: [ {user: bo}, ") + kItem + " , ]\n  then: block\n");
  EXPECT_EQ(excepted("- name: x\n  except: [\n    {user: bo}  # one\n  ]\n  then: block\n"),
            std::string("- name: x\n  except: [\n    {user: bo}, ") + kItem +
                "  # one\n  ]\n  then: block\n");
}

TEST(PolicyException, KeepsWindowsLineEndsMarksAndAMissingLastLineEnd) {
  EXPECT_EQ(
      excepted("\xef\xbb\xbf- name: x\r\n  then: block\r\n  when: {app: dropbox} #\ttab\r\n"),
      std::string("\xef\xbb\xbf- name: x\r\n  then: block\r\n  when: {app: dropbox} #\ttab\r\n"
                  "  except:\r\n    - ") +
          kItem + "\r\n");
  EXPECT_EQ(excepted("- name: x\n  then: block\n  say: >-\n    no\n    way"),
            std::string("- name: x\n  then: block\n  say: >-\n    no\n    way\n  except:\n    - ") +
                kItem);
}

TEST(PolicyException, IsForThePolicyThatIsMeant) {
  EXPECT_EQ(excepted("- name: x\n  then: block\n\n-   name: y\n    then: block\n\n# end\n", 1),
            std::string(
                "- name: x\n  then: block\n\n-   name: y\n    then: block\n    except:\n      - ") +
                kItem + "\n\n# end\n");
}

TEST(PolicyException, IsRefusedWhereThePolicyHasMoved) {
  const SourcePtr file = source("- name: x\n  then: block\n");
  const auto edited = add_exception(file, {.source = file, .line = 2, .column = 3}, kAna);
  ASSERT_FALSE(edited);
  EXPECT_EQ(render(edited.error()),
            "x.yaml:2:3: error: there is no policy at this place any more\n"
            "  then: block\n"
            "  ^ add it by hand: { user: ana, app: dropbox, reason: \"moves it: slowly\", expires: "
            "2027-01-31 }\n");
}

TEST(PolicyException, ChangesNothingElseHoweverThePolicyIsWritten) {
  std::mt19937 random(4);
  const auto one_of = [&random](std::initializer_list<std::string> all) {
    return *(all.begin() + random() % all.size());
  };
  for (int i = 0; i < 2000; ++i) {
    std::string text = one_of({"", "# head\n", "- {name: a, then: block}\n", "\xef\xbb\xbf"});
    const std::size_t number = text.starts_with('-') ? 1 : 0;
    std::vector<std::string> keys = {
        "name: x" + one_of({"", " # c", "  #\tt"}) + "\n",
        one_of({"then: block\n", "then:\n      block\n"}),
        one_of({"when: { app: dropbox, not: {user: [a,\n        b]} }  # w\n",
                "when:\n    app: [dropbox]\n\n    user: x # u\n",
                "when:\n      any:\n      - app: y\n      - app: z\n", ""}),
        one_of({"", "say: |\n      one\n\n      two\n\n", "say: \"a\n     b\"\n",
                "say: >-  # f\n      x\n"}),
        one_of({"", "", "except:\n  - user: bo\n",
                "except:\n    - { user: bo }\n    # more\n    - app: z\n      reason: r # r\n",
                "except: [{user: bo}, ]\n", "except: [ { user: bo }\n     ]\n",
                "except:\n  # first\n  -\n    user: bo\n"}),
        one_of({"", "description: plain that\n     goes on\n", "# a comment\n  owner: me\n"})};
    std::erase(keys, "");
    std::shuffle(keys.begin() + 1, keys.end(), random);
    bool first = true;
    for (const std::string& key : keys) text += (std::exchange(first, false) ? "- " : "  ") + key;
    text += one_of({"", "- name: last\n  then: allow\n", "\n# end\n", "  # tail\n"});
    if (random() % 4 == 0 && text.ends_with('\n')) text.pop_back();
    if (random() % 4 == 0) {
      std::string windows;
      for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
      text = windows;
    }
    excepted(text, number);
    if (HasFailure()) FAIL() << "number " << i << ":\n" << text;
  }
}

// ---- What is proposed

std::shared_ptr<const Program> compiled(const std::string& text) {
  Diagnostics warnings;
  auto program = compile({source(text)}, warnings);
  EXPECT_TRUE(program) << render(program.error());
  return program ? *program : nullptr;
}

Activity event() {
  Activity activity;
  activity.user = "ana";
  activity.client.address = *IpAddress::parse("192.0.2.7");
  activity.host = "www.dropbox.com";
  activity.port = 443;
  activity.scheme = "https";
  activity.app = AppFacts{"dropbox", "Dropbox", "cloud_storage", {"unsanctioned"}};
  activity.method = "POST";
  activity.path = "/upload";
  activity.type = ActivityType::upload;
  activity.groups = {"sales", "staff"};
  return activity;
}

// The lines that an exception adds, or why there is none.
std::string proposed(const std::string& text, const Activity& activity,
                     const std::vector<std::string>& by = {}) {
  const auto program = compiled(text);
  const CompiledPolicy& policy = program->policies().front();
  const auto exception = propose_exception(policy, activity, by);
  if (!exception) return exception.error();
  const auto edited =
      add_exception(policy.written->place.source, policy.written->place, *exception);
  if (!edited) return render(edited.error());
  const auto after = compiled(*edited);
  if (auto why = disprove_exception(policy, after->policies().front(), activity, *exception))
    return *why;
  std::string lines;
  std::string diff = unified_diff("x", text, *edited);
  for (std::size_t at = diff.find("\n+ "); at != diff.npos; at = diff.find("\n+ ", at + 1)) {
    lines += diff.substr(at + 2, diff.find('\n', at + 1) - at - 1);
  }
  return lines;
}

constexpr const char* kUploads =
    "- name: x\n  when: { app.tag: unsanctioned, activity: upload }\n  then: block\n";

TEST(ProposedException, IsOfTheUserInTheApp) {
  EXPECT_EQ(proposed(kUploads, event()), "  except:\n    - { user: ana, app: dropbox }\n");
}

TEST(ProposedException, IsOfTheAddressAndTheHostWhereNobodyAndNoAppIsKnown) {
  Activity activity = event();
  activity.user.reset();
  activity.app.reset();
  EXPECT_EQ(proposed("- name: x\n  when: { activity: upload }\n  then: block\n", activity),
            "  except:\n    - { client.ip: 192.0.2.7, host: =www.dropbox.com }\n");
}

TEST(ProposedException, AsksWhatTheOperatorSays) {
  EXPECT_EQ(proposed(kUploads, event(), {"user.group=sales"}),
            "  except:\n    - { user.group: sales }\n");
  EXPECT_EQ(proposed(kUploads, event(), {"user.group"}),
            "'user.group' has several values here; write which: --by user.group=sales");
  EXPECT_EQ(proposed(kUploads, event(), {"usr"}),
            "there is no attribute 'usr': did you mean 'user'?");
  EXPECT_EQ(proposed(kUploads, event(), {"time.weekday"}),
            "'time.weekday' is no good exception: use --expires");
}

TEST(ProposedException, IsRefusedWhereItWouldLetOthersPassOrNotTheEvent) {
  EXPECT_EQ(proposed(kUploads, event(), {"user=bo"}),
            "the policy would hold for the event with this exception too");
  EXPECT_EQ(proposed(kUploads, event(), {"user=*"}),
            "the exception would let others pass too: those with another 'user'");
  EXPECT_EQ(proposed("- name: x\n  when: { user: ana, app: dropbox }\n  then: block\n", event()),
            "no neighbour of the event is left that the policy would hold for: the exception would "
            "switch it off");
}

TEST(ProposedException, IsRefusedWhereThePolicyDoesNotHold) {
  EXPECT_EQ(
      proposed("- name: x\n  when: { activity: share }\n  then: block\n", event()),
      "'x' does not hold for this event as the policy stands now and as far as the record tells");
}

TEST(UnifiedDiff, ShowsTheLinesAround) {
  EXPECT_EQ(unified_diff("f", "1\n2\n3\n4\n5\n6\n7\n8", "1\n2\n3\n4\nnew\n5\n6\n7\n8"),
            "--- f\n+++ f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n");
  EXPECT_EQ(unified_diff("f", "", "a"),
            "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n\\ No newline at end of file\n");
  EXPECT_EQ(unified_diff("f", "a\n", "a\n"), "");
}

}  // namespace
}  // namespace sallyport::policy
