#include "policy/edit/layout.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

#include "policy/compile/compile.h"
#include "policy/compile/parse.h"
#include "policy/edit/policy_text.h"

namespace sallyport::policy {
namespace {

SourcePtr source(std::string text) {
  return std::make_shared<const Source>(Source{"x.yaml", std::move(text)});
}

// Every policy of a text, key by key.
std::string meaning(const std::string& text) {
  Diagnostics found;
  std::string out;
  for (const Policy& policy : parse_policies(source(text), found)) {
    out += to_yaml(policy, Places::left_out);
  }
  EXPECT_FALSE(found.has_errors()) << render(found);
  return out;
}

std::string laid_out(const std::string& text) {
  const auto once = lay_out(source(text));
  EXPECT_TRUE(once) << render(once.error()) << text;
  if (!once) return {};
  const auto twice = lay_out(source(*once));
  EXPECT_TRUE(twice && *twice == *once) << *once << (twice ? *twice : render(twice.error()));
  EXPECT_EQ(meaning(text), meaning(*once));
  return *once;
}

TEST(PolicyLayout, PutsKeysInOrderAndCommentsAtWhatTheySpeakOf) {
  EXPECT_EQ(laid_out("# All of them.\n"
                     "\n"
                     "# One.\n"
                     "-   then: block   # hard\n"
                     "    when: {app.tag: unsanctioned, activity: [upload,\n"
                     "       share]}\n"
                     "    # why it is so called\n"
                     "    name: \"One\"\n"
                     "    say: >-\n"
                     "       no\n"
                     "    except:\n"
                     "    - user: ana\n"
                     "      reason: 'archive: old'\n"
                     "    - {user: bo}  # for now\n"
                     "- {name: Two, then: allow}\n"),
            "# All of them.\n"
            "\n"
            "# One.\n"
            "# why it is so called\n"
            "- name: One\n"
            "  when:\n"
            "    app.tag: unsanctioned\n"
            "    activity: [upload, share]\n"
            "  except:\n"
            "    - { user: ana, reason: \"archive: old\" }\n"
            "    # for now\n"
            "    - user: bo\n"
            "  then: block  # hard\n"
            "  say: no\n"
            "\n"
            "- name: Two\n"
            "  then: allow\n");
}

TEST(PolicyLayout, ShowsQuestionsAndRestrictionsAsTheyAreWritten) {
  EXPECT_EQ(meaning(laid_out("- {name: a, per: user, for: 30m, say: Why, then: coach}\n"
                             "- name: b\n"
                             "  restrict_youtube: strict\n"
                             "  restrict_tenants: {slack: {requester: T1, workspaces: [T1, E2]}, "
                             "dropbox: [x]}\n")),
            "- name: a\n"
            "  then: coach\n"
            "  say: Why\n"
            "  for: 30m\n"
            "  per: user\n"
            "- name: b\n"
            "  restrict_tenants: { slack: { requester: T1, workspaces: [T1, E2] }, dropbox: x }\n"
            "  restrict_youtube: strict\n");
}

TEST(PolicyLayout, KeepsTheLineEndsOfTheFile) {
  EXPECT_EQ(laid_out("- then: allow\r\n  name: x\r\n"), "- name: x\r\n  then: allow\r\n");
}

TEST(PolicyLayout, RefusesAFileWithErrorsAndNamesThem) {
  const auto text = lay_out(source("- name: x\n  thn: block\n"));
  ASSERT_FALSE(text);
  EXPECT_EQ(render(text.error()),
            "x.yaml:2:3: error: unknown key 'thn' in policy\n"
            "  thn: block\n"
            "  ^~~ did you mean 'then'?\n");
}

std::string cases_laid_out(const std::string& text, const char* name = "x.test.yaml") {
  const auto file = [&](std::string of) {
    return std::make_shared<const Source>(Source{name, std::move(of)});
  };
  const auto once = lay_out(file(text));
  if (!once) return render(once.error());
  const auto twice = lay_out(file(*once));
  EXPECT_TRUE(twice && *twice == *once) << *once;
  return *once;
}

TEST(PolicyLayout, PutsTheKeysOfCasesInOrderAndTheirFactsFirst) {
  constexpr const char* kCases =
      "# Ours.\n"
      "- defaults: {user: ana,   client.ip: 10.1.2.3}\n"
      "# Why this one\n"
      "- policy: p   # ours\n"
      "  case: 'one'\n"
      "  but:\n"
      "  - {expect: block, activity: view, policy: q}   # near\n"
      "  - repeat: {times: 3}\n"
      "    app: [a,\n"
      "       b]\n"
      "  expect: block\n"
      "  given: {host: a.example}\n"
      "- case: two\n";
  constexpr const char* kLaidOut =
      "# Ours.\n"
      "- defaults: { user: ana, client.ip: 10.1.2.3 }\n"
      "\n"
      "# Why this one\n"
      "- case: one\n"
      "  given: { host: a.example }\n"
      "  expect: block\n"
      "  policy: p  # ours\n"
      "  but:\n"
      "    - { activity: view, expect: block, policy: q }  # near\n"
      "    - { app: [a, b], repeat: { times: 3 } }\n"
      "\n"
      "- case: two\n";
  EXPECT_EQ(cases_laid_out(kCases), kLaidOut);
  // Standard input has no name.
  EXPECT_EQ(cases_laid_out(kCases, "standard input"), kLaidOut);
}

TEST(PolicyLayout, RefusesCasesWithErrors) {
  EXPECT_EQ(cases_laid_out("- case: one\n  expct: block\n"),
            "x.test.yaml:2:3: error: unknown key 'expct' in case\n"
            "  expct: block\n"
            "  ^~~~~ did you mean 'expect'?\n");
}

TEST(PolicyLayout, IsThatOfWhatWeShip) {
  std::size_t files = 0;
  for (const char* folder : {"/conf/policies", "/conf/policies/cookbook", "/conf/templates"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(SALLYPORT_SOURCE_DIR) + folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".yaml")) continue;
      std::ifstream in(entry.path());
      std::stringstream text;
      text << in.rdbuf();
      const bool cases = name.ends_with(".test.yaml");
      EXPECT_EQ(cases ? cases_laid_out(text.str()) : laid_out(text.str()), text.str())
          << "run: sallyport policy fmt " << name;
      ++files;
    }
  }
  EXPECT_GE(files, 18u);
}

// Policies of random keys in random order, in every way that YAML has to write them.
class Scribe {
 public:
  explicit Scribe(unsigned seed) : random_(seed) {}

  std::string file() {
    std::string out = chance(3) ? "# head\n\n" : "";
    for (int i = 0, n = pick(1, 4); i < n; ++i) out += policy(i);
    if (chance(3)) out += "\n# the end";
    if (chance(4)) out = crlf(out);
    if (chance(8)) out = "\xef\xbb\xbf" + out;
    return out;
  }

 private:
  int pick(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
  bool chance(int of) { return pick(1, of) == 1; }
  template <class T>
  T one_of(std::initializer_list<T> all) {
    return *(all.begin() + pick(0, static_cast<int>(all.size()) - 1));
  }
  static std::string crlf(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
  }

  std::string text() {
    return one_of<std::string>({"plain", "\"double # no comment\"", "'single: ''quoted'''",
                                "\"\\x41\"", "~ ^/a[0-9]+", "\"\xc3\xa4\"", "it's", "\"*.x\"",
                                "a#b"});
  }
  std::string blanks() { return std::string(static_cast<std::size_t>(pick(1, 3)), ' '); }
  std::string trailing() {
    return chance(4) ? one_of<std::string>({"  # c", " #tab\there", "\t# t"}) : std::string();
  }
  std::string flow_value() {
    return chance(2) ? text_in_flow()
                     : "[" + text_in_flow() + ",  " + text_in_flow() + (chance(4) ? ", ]" : "]");
  }
  std::string text_in_flow() {
    return one_of<std::string>({"plain", "\"a, b\"", "'c: d'", "\"}\"", "x#y"});
  }
  std::string flow_map(int depth) {
    std::string out = "{" + one_of<std::string>({"", " "}) + "user: " + flow_value();
    if (chance(2)) out += ", host: " + flow_value();
    if (depth < 3 && chance(3)) out += ",\n        not: " + flow_map(depth + 1);
    if (depth < 3 && chance(3)) out += ", any: [" + flow_map(depth + 1) + "]";
    return out + one_of<std::string>({"}", " }"});
  }
  std::string block_map(int indentation, int depth) {
    const std::string margin(static_cast<std::size_t>(indentation), ' ');
    std::string out;
    if (chance(4)) out += margin + "# inside\n";
    out += margin + "user:" + blanks() + (chance(2) ? text() : "[" + text_in_flow() + "]") +
           trailing() + "\n";
    if (chance(3))
      out += margin + "app:" + trailing() + "\n" + margin + "  - one\n" + margin + "  - two" +
             trailing() + "\n";
    if (depth < 3 && chance(3))
      out += margin + "not:\n" + block_map(indentation + pick(1, 4), depth + 1);
    if (depth < 3 && chance(3))
      out += margin + "any:\n" + margin + "- " + flow_map(depth + 1) + "\n";
    if (chance(5)) out += margin + "# below\n";
    return out;
  }

  std::string policy(int number) {
    const std::string dash = "-" + blanks();
    const std::string margin(dash.size(), ' ');
    const std::string name = "name: " + one_of<std::string>({"P", "\"P\"", "'P'"});
    if (chance(6)) {
      return "- {name: P" + std::to_string(number) + ", when: " + flow_map(0) + ", then: block}" +
             trailing() + "\n";
    }
    std::vector<std::string> keys = {name + "\n", "then:" + blanks() + "block" + trailing() + "\n"};
    keys.push_back(chance(2) ? "when: " + flow_map(0) + trailing() + "\n"
                             : "when:" + trailing() + "\n" +
                                   block_map(static_cast<int>(margin.size()) + pick(1, 4), 0));
    if (chance(2)) {
      keys.push_back("say: " + one_of<std::string>({"|\n", "|-\n", ">\n", ">-  # fold\n"}) +
                     margin + "   one two\n" + margin + "   three # text\n" +
                     (chance(2) ? "\n" : ""));
    }
    if (chance(2)) keys.push_back("except:\n" + margin + "- " + flow_map(1) + trailing() + "\n");
    if (chance(3)) keys.push_back("references: [a, b]\n");
    if (chance(3))
      keys.push_back("description: plain text that goes\n" + margin + "   on here" + trailing() +
                     "\n");
    std::shuffle(keys.begin(), keys.end(), random_);
    std::string out = chance(3) ? "# above\n" : "";
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i > 0 && chance(6)) out += margin + "# between\n";
      if (i > 0 && chance(8)) out += "\n";
      out += (i == 0 ? dash : margin) + keys[i];
    }
    return out;
  }

  std::mt19937 random_;
};

TEST(PolicyLayout, ChangesNoMeaningHoweverItIsWritten) {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const std::string text = Scribe(seed).file();
    laid_out(text);
    if (HasFailure()) {
      FAIL() << "seed " << seed << ":\n" << text;
    }
  }
}

}  // namespace
}  // namespace sallyport::policy
